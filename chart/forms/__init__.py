"""What is typed into a chart."""
