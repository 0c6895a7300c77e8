"""Configuration of the organisation, its sites and programs; who is where is read-only here."""

from django.contrib import admin

from audit.admin import Kept, ReadOnly
from programs.models import (
    CapacityNotice,
    Client,
    Episode,
    ExpectedDischarge,
    KeepApart,
    Leave,
    Organisation,
    Placement,
    PlacementRequest,
    Precaution,
    Program,
    Site,
)

admin.site.register([Organisation, Site, Program], Kept)
admin.site.register(
    [Client, Episode, Placement, Leave, ExpectedDischarge, PlacementRequest, Precaution, KeepApart, CapacityNotice],
    ReadOnly,
)
