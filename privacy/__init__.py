"""42 CFR Part 2: the notice that travels with a disclosure; later the consents, the one gate and the accounting."""
