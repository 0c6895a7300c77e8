"""Papers of the use cases that cross rooms."""
