"""Pages of a chart."""
