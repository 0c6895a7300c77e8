"""Template filters of the bed room."""
