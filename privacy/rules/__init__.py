"""42 CFR Part 2 as pure rules."""
