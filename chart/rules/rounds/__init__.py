"""When is somebody to be looked in on, and what became of it? Pure rules."""
