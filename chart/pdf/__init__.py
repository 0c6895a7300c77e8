"""What the chart prints."""
