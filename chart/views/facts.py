"""The page of a chart's facts, one card for each; and the history of the client's own record."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chart.access import client_for, client_with
from chart.queries.facts import facts
from chart.queries.head import head
from chart.queries.record import changes
from chart.rules.contacts import NO_CONSENT
from privacy.queries.presence import told_names
from privacy.rules.presence import same_name
from programs.desk import Desk, DeskRequest, at_desk
from programs.people import ids_of
from staff.rules.capabilities import CAPABILITIES
from staff.rules.capabilities import Capability as C

OWN = (C.OPEN_CHART, C.COLLECT_SCREENS, C.BELONGINGS)
"""Who may come to the page: it shows those of its cards that they may see."""


def held(desk: Desk, site_id: int) -> dict[str, bool]:
    """What the person may do at the client's site, by the name of the capability in small letters."""
    mine = {each for post in desk.posts if post.site_id == site_id for each in CAPABILITIES[post.role]}
    return {
        each.name.lower(): each in mine
        for each in (*OWN, C.ALLERGIES, C.DIAGNOSES, C.FACE_SHEET, C.SAFETY_PLANS, C.RESULT_SCREENS)
    }


@require_safe
@at_desk(*OWN)
def page(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every fact in cards; each card is changed on a short page of its own."""
    desk, client = request.desk, client_with(request.desk, client_id, *OWN)
    shown = head(client, desk.site, desk.now)
    found, told = facts(client, desk.now), told_names(ids_of(client), desk.now)
    for row in found.contacts:
        row.consent_known = any(same_name(row.name, name) for name in told)
    context = {
        "head": shown, "here": "facts", "facts": found, "may": held(desk, shown.site.pk),
        "no_consent": NO_CONSENT,
    }  # fmt: skip
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/facts.html", context)


@require_safe
@at_desk(C.OPEN_CHART)
def record(request: DeskRequest, client_id: int) -> HttpResponse:
    """How the client's own record changed: what stood before, by whom, when, why."""
    desk, client = request.desk, client_for(request.desk, client_id)
    shown = head(client, desk.site, desk.now)
    context = {"head": shown, "here": "facts", "changes": changes(client), "may": held(desk, shown.site.pk)}
    with timezone.override(shown.site.tz):
        return render(request, "chart/facts/record.html", context)
