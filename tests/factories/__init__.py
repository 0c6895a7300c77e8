"""Small readable rows for tests. ``world()`` is a program with one of everything and the three standing people."""

from tests.factories.people import assign, person
from tests.factories.places import World, admit, client, world

__all__ = ["World", "admit", "assign", "client", "person", "world"]
