"""Template tags of a chart."""
