"""What is recorded of who is where, in which step."""

from programs.models.clients import Client, Episode, Leave, Placement, PlacementRequest
from programs.models.places import Organisation, Program, Site

__all__ = ["Client", "Episode", "Leave", "Organisation", "Placement", "PlacementRequest", "Program", "Site"]
