"""What is right in a chart: pure functions, no Django, no clock, no I/O."""
