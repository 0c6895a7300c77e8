"""What crosses apps: admit, leave and return, step to another level, discharge; each one transaction."""
