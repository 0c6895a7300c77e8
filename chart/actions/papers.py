"""Print a chart: nothing changes, and the trail says what was printed."""

from datetime import datetime

from audit import trail
from audit.actions import action
from programs.models import Client
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("chart.printed")
def print_paper(*, by: Person, at: datetime, client_id: int, site_id: int, what: str, capability: Capability) -> Client:
    """Record that a paper of a chart was made. Raises NotAllowed, Client.DoesNotExist.

    Source: 45 CFR 164.312(b), audit controls.
    """
    client = Client.objects.get(pk=client_id)
    require(by, capability, site_id, at)

    trail.record(
        "chart.printed", by=by, at=at, subject=client, site_id=site_id, client_id=client.pk,
        summary=f"{what} of {client.record_number} printed",
    )  # fmt: skip
    return client
