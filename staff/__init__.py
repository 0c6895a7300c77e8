"""The people who work here: accounts, roles held per site, capabilities."""
