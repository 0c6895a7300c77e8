"""What is recorded of who is where, in which step."""

from programs.models.access_policy import SiteAccess
from programs.models.bands import Wristband
from programs.models.clients import Client, Episode, ExpectedDischarge, Leave, Placement
from programs.models.merges import Merge
from programs.models.minding import KeepApart, Precaution
from programs.models.places import Organisation, Program, Site
from programs.models.requests import CapacityNotice, PlacementRequest
from programs.models.routine import SiteRoutine

__all__ = [
    "CapacityNotice", "Client", "Episode", "ExpectedDischarge", "KeepApart", "Leave", "Merge", "Organisation", "Placement",
    "PlacementRequest", "Precaution", "Program", "Site", "SiteAccess", "SiteRoutine", "Wristband",
]  # fmt: skip
