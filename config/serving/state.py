"""What this process knows about itself."""


class _Process:
    """``draining``: it was asked to end, takes nothing new and finishes what it has."""

    draining = False


PROCESS = _Process()
