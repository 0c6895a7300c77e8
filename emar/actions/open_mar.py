"""Open a client's medication record: every opening is on the trail."""

from datetime import date, datetime

from audit import trail
from audit.actions import action
from programs.models import Client
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("emar.mar_opened")
def open_mar(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    site_id: int,
    month: date,
    as_of: datetime | None,
    printed: bool = False,
) -> Client:
    """Open a month of a client's medication record from a site, or print it. Raises NotAllowed, Client.DoesNotExist.

    Source: 45 CFR 164.312(b), audit controls: activity in systems that hold health information is recorded.
    """
    client = Client.objects.select_related("organisation").get(pk=client_id)
    require(by, Capability.SEE_PASS, site_id, at)
    require(by, Capability.OPEN_CHART, site_id, at)

    past = "" if as_of is None else f" as of {as_of.isoformat(timespec='minutes')}"
    trail.record(
        "emar.mar_opened", by=by, at=at, subject=client, site_id=site_id, client_id=client.pk,
        summary=f"MAR {month:%Y-%m} of {client.record_number} {'printed' if printed else 'opened'}{past}",
    )  # fmt: skip
    return client
