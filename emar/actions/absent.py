"""Chart every dose that waits for a client who is on leave as absent, in one act."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from audit.rules.findings import Refused, stop
from emar.actions.administer import MOST_DOSES, Answer, administer_all
from emar.actions.asked import Asked
from emar.models import Order
from programs.models import Client, Leave
from staff.models import Person

REASONS: Mapping[str, str] = {
    Leave.Kind.PASS: "on_leave", Leave.Kind.HOSPITAL: "hospital", Leave.Kind.COURT: "appointment",
    Leave.Kind.ABSENT: "left",
}  # fmt: skip
"""Why a client is absent, by the kind of leave."""


def chart_absent(*, by: Person, at: datetime, client_id: int, doses: Sequence[Asked]) -> tuple[Answer, ...]:
    """Chart ``doses`` of one client as absent, each with the reason of the leave and under its own key.

    Whether the client is on leave is read again under the client's lock, so that nobody who just came back is charted as away.
    What a colleague charted meanwhile stands, and its answer says so. Raises Refused (pass.not_on_leave, pass.nothing_waits)
    and NotAllowed.
    """
    if not doses:
        raise Refused(stop("pass.nothing_waits", "No dose waits for this client now. Nothing was charted."))
    with transaction.atomic():
        Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
        episodes = Order.objects.filter(pk__in=[asked.order_id for asked in doses], client=client_id).values("episode")
        leave = Leave.objects.current(at).filter(episode__in=episodes).first()
        if leave is None:
            words = "This client is not on leave any more. Reload the pass and chart each dose as it was."
            raise Refused(stop("pass.not_on_leave", words))
        away = [replace(asked, reason=REASONS[leave.kind]) for asked in doses[:MOST_DOSES]]
        return administer_all(by=by, at=at, client_id=client_id, doses=away)
