"""What the pages of a treatment plan share: whose it is, what the page of a chart begins with, and what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.rules.findings import Finding, Refused, Severity, stop
from chart.access import client_for, sites_for
from chart.models import Plan
from chart.queries.head import Head, head
from chart.queries.plan_page import shown
from programs.desk import Desk, DeskRequest
from programs.models import Client
from programs.people import mine
from staff.rules.capabilities import Capability

REASON = "reason-"
LONGEST_NUMBER = 12  # digits of a key


@dataclass(frozen=True)
class Whose:
    """A client, the head of their chart, and whether this person may write their plans."""

    client: Client
    head: Head
    may: bool

    @property
    def writes(self) -> bool:
        """Whether anything can be written: the person may, and the episode lasts."""
        return self.may and self.head.open


def whose(request: DeskRequest, client_id: int) -> Whose:
    """Whose plan this is. Raises Http404 where the chart is not one of this person's."""
    desk, client = request.desk, client_for(request.desk, client_id)
    top = head(client, desk.site, desk.now)
    return Whose(client, top, top.site.pk in sites_for(desk, Capability.WRITE_PLANS))


def plan_of(client: Client, plan_id: int, desk: Desk) -> Plan:
    """A version of a client's plan. Raises Http404."""
    found = shown(client.pk, desk.now, plan_id)
    if found is None:
        raise Http404("This chart has no such plan.")
    return found


def draft_of(client: Client, desk: Desk) -> Plan | None:
    """The open draft of a client's plan. One query."""
    rows = Plan.objects.filter(mine(client.pk, "episode__client"), signed_at=None, dropped_at=None)
    return rows.select_related("episode__client", "saved_by", "begun_by", "supersedes").order_by("-pk").first()


def page(
    request: DeskRequest, who: Whose, template: str, context: Mapping[str, object], findings: tuple[Finding, ...] = ()
) -> HttpResponse:
    """A page of the plan's tab, on the clock of the client's site; 422 where something was refused."""
    asked = [each for each in findings if each.severity is Severity.OVERRIDE]
    stops = [each for each in findings if each.severity is Severity.STOP]
    with timezone.override(who.head.site.tz):
        values = {
            "who": who, "head": who.head, "client": who.client, "here": "plan", "findings": findings, "stops": stops,
            "asked": [] if stops else codes(asked), **context,
        }  # fmt: skip
        return render(request, template, values, status=422 if findings else 200)


def codes(asked: list[Finding]) -> list[tuple[str, list[str]]]:
    """The findings that take a reason, one reason a code: the code and its sentences."""
    found: dict[str, list[str]] = {}
    for each in asked:
        found.setdefault(each.code, []).append(each.message)
    return list(found.items())


def reasons_in(sent: Mapping[str, str]) -> dict[str, str]:
    """Reasons for what may stay open: fields named ``reason-<code>``."""
    return {name.removeprefix(REASON): str(value) for name, value in sent.items() if name.startswith(REASON)}


def number_in(sent: Mapping[str, str], name: str) -> int | None:
    """A whole number that was sent; None where it is none."""
    typed = str(sent.get(name, "")).strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_NUMBER else None


def date_in(sent: Mapping[str, str], name: str) -> date | None:
    """A date that was sent, None where nothing was. Raises Refused where it is none."""
    typed = str(sent.get(name, "")).strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        words = f"'{typed[:20]}' is not a date. Write year, month and day, like 2026-03-31."
        raise Refused(stop("plan.date", words)) from error
