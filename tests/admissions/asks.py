"""Lines of the placement list for tests."""

from datetime import date, datetime
from typing import Any

from admissions.actions.inquiry import ask
from programs.models import PlacementRequest
from tests.factories import World

BORN = date(1991, 9, 2)


def asks(here: World, at: datetime | None = None, **known: Any) -> PlacementRequest:
    """An inquiry by the intake coordinator; Sara Amari, where nothing else is said."""
    person = {"first_name": "Sara", "last_name": "Amari", "born_on": BORN}
    if "client_id" in known:
        person = {}
    values = {**person, **known}
    return ask(
        by=values.pop("by", here.intake), at=at or here.now, site_id=values.pop("site_id", here.site.pk), **values
    )


def settled(request: PlacementRequest) -> PlacementRequest:
    """The line as the database has it."""
    return PlacementRequest.objects.select_related("client").get(pk=request.pk)
