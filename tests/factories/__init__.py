"""Small readable rows for tests. ``world()`` is a program with one of everything and the three standing people."""

from tests.factories.people import PIN, assign, person, signs
from tests.factories.places import World, admit, client, keep_apart, last_noon, precaution, world

__all__ = [
    "PIN",
    "World",
    "admit",
    "assign",
    "client",
    "keep_apart",
    "last_noon",
    "person",
    "precaution",
    "signs",
    "world",
]
