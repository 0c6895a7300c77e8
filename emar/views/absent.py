"""One tap for a client who is on leave: every dose that waits is charted as absent."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from emar.actions import Asked, chart_absent
from emar.identified import tablet
from emar.keys import asked_key, minute_of
from emar.queries import ClientCard, PassPage
from emar.rules.administration import Outcome
from emar.rules.windows import DoseState
from emar.views.passes import page_of
from programs.desk import DeskRequest, at_desk
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_POST
@at_desk(Capability.GIVE_DOSES)
def chart(request: DeskRequest, unit_id: int, minute: int, client_id: int) -> HttpResponse:
    """Chart what waits of a client on this pass as absent; what is not due yet is left alone: they may be back by then."""
    desk, (page, client) = request.desk, page_of(request, unit_id, minute, str(client_id))
    assert client is not None
    try:
        answers = chart_absent(by=desk.person, at=desk.now, client_id=client_id, doses=_doses(request, client))
    except NotAllowed:
        raise
    except Refused as refused:
        return _said(request, page, client, refused.findings)
    findings = tuple(finding for answer in answers for finding in answer.findings)
    if findings:
        return _said(request, page, client, findings)
    answer = HttpResponse(status=204)
    address = reverse("emar:pass", args=[unit_id, minute_of(page.at)])
    answer["HX-Redirect"] = f"{address}?{urlencode({'client': client_id})}"
    return answer


def _doses(request: DeskRequest, client: ClientCard) -> list[Asked]:
    """The same rows, person and session are the same request, so that a retry is one act."""
    desk, session = request.desk, request.session.session_key
    return [
        Asked(
            order_id=dose.drug.order_id, due_at=dose.due_at, outcome=Outcome.ABSENT, device=tablet(session),
            key=asked_key(dose.key, desk.person.pk, session, "absent"),
        )
        for dose in client.open_doses
        if dose.state is not DoseState.UPCOMING
    ]  # fmt: skip


def _said(request: DeskRequest, page: PassPage, client: ClientCard, findings: tuple[Finding, ...]) -> HttpResponse:
    context = {"page": page, "client": client, "findings": findings}
    return render(request, "emar/_away_said.html", context, status=422)
