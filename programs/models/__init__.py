"""What is recorded of who is where, in which step."""

from programs.models.bands import Wristband
from programs.models.clients import Client, Episode, ExpectedDischarge, Leave, Placement
from programs.models.minding import KeepApart, Precaution
from programs.models.places import Organisation, Program, Site
from programs.models.requests import CapacityNotice, PlacementRequest

__all__ = [
    "CapacityNotice", "Client", "Episode", "ExpectedDischarge", "KeepApart", "Leave", "Organisation", "Placement",
    "PlacementRequest", "Precaution", "Program", "Site", "Wristband",
]  # fmt: skip
