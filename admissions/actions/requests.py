"""Keep the placement list: screen, approve, schedule, withdraw, refer out, reopen, change, begin interim services.

Every act names the state in which its person saw the line; where someone else was quicker, they are told who did what.
A new inquiry is ``inquiry.ask``.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from admissions.actions.onlist import (
    CONTACT,
    PAYER,
    REFERRED_TO,
    WHY,
    already_asking,
    check,
    checked,
    locked,
    move,
    moved,
    refuse,
    today,
    who,
    write_down,
)
from admissions.queries.line import last_event, version_of
from admissions.rules import asking, pipeline
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from programs.models import PlacementRequest
from programs.placed import told
from staff.models import Person

State = PlacementRequest.State


@action("admissions.screen")
def screen(*, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None) -> PlacementRequest:
    """Write that the first questions were asked. Raises Refused, NotAllowed, PlacementRequest.DoesNotExist; so do the others."""
    request = locked(by, at, request_id)
    check(request, "screen", seen_state)
    return move(request, "screen", by, at, f"{who(request)} was screened")


@action("admissions.approve")
def approve(
    *, by: Person, at: datetime, request_id: int, level_wanted: str, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Approve a person for a level of care."""
    request = locked(by, at, request_id)
    check(request, "approve", seen_state)
    refuse(asking.check_level(level_wanted, required=True))
    request.level_wanted = level_wanted
    return move(request, "approve", by, at, f"{who(request)} was approved for {level_wanted}", whole=True)


@action("admissions.schedule")
def schedule(
    *, by: Person, at: datetime, request_id: int, on: date, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Agree on a date to come, today or later on the site's clock; a scheduled line takes a new date."""
    request = locked(by, at, request_id)
    check(request, "schedule", seen_state)
    refuse(asking.check_schedule(on, today(request.site, at)))
    if request.scheduled_on == on and request.state == State.SCHEDULED:
        raise Refused(stop("request.same_date", f"{who(request)} is expected on {on:%-d %B} already.", field="on"))
    request.scheduled_on = on
    return move(request, "schedule", by, at, f"{who(request)} is expected on {on:%a %-d %b}")


@action("admissions.unschedule")
def unschedule(
    *, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None
) -> PlacementRequest:  # fmt: skip
    """Take the date off again; the line is approved as before."""
    request = locked(by, at, request_id)
    check(request, "unschedule", seen_state)
    request.scheduled_on = None
    return move(request, "unschedule", by, at, f"{who(request)} has no date any more")


@action("admissions.unapprove")
def unapprove(
    *, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None
) -> PlacementRequest:  # fmt: skip
    """Take the approval back; the level can then be changed and approved anew."""
    request = locked(by, at, request_id)
    check(request, "unapprove", seen_state)
    return move(request, "unapprove", by, at, f"The approval of {who(request)} was taken back", whole=True)


@action("admissions.withdraw")
def withdraw(
    *, by: Person, at: datetime, request_id: int, why: str, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Settle a line whose person no longer asks."""
    request = locked(by, at, request_id)
    check(request, "withdraw", seen_state)
    request.why = checked(why, "why", WHY, "Say why they no longer ask.")
    return move(request, "withdraw", by, at, f"{who(request)} withdrew", whole=True)


@action("admissions.refer")
def refer(
    *, by: Person, at: datetime, request_id: int, to: str, why: str, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Settle a line whose person goes elsewhere for care."""
    request = locked(by, at, request_id)
    check(request, "refer", seen_state)
    request.referred_to = checked(to, "to", REFERRED_TO, "Say where they were referred to.")
    request.why = checked(why, "why", WHY, "Say why they were referred.")
    summary = f"{who(request)} was referred out to {request.referred_to}"
    return move(request, "refer", by, at, summary, whole=True)


def _in_the_way(kwargs: Mapping[str, Any]) -> Finding:
    request = PlacementRequest.objects.select_related("client", "site").get(pk=kwargs["request_id"])
    return already_asking(request.client_id, request.site, request.client.short_name)


@action("admissions.reopen", explain={"programs_one_open_request": _in_the_way})
def reopen(*, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None) -> PlacementRequest:
    """Bring back a line that withdrew or was referred out in the last 30 days, as it was, at most approved.

    Its clocks are the old ones: the person asked when they asked. Who asks anew gets a new line.
    """
    request = locked(by, at, request_id)
    check(request, "reopen", seen_state)
    assert request.settled_at is not None
    if not pipeline.may_reopen(request.settled_at, at):
        when = f"{request.settled_at.astimezone(request.site.tz):%-d %B %Y}"
        message = f"This line ended on {when}, more than 30 days ago. Write a new inquiry."
        raise Refused(stop("request.too_old", message))
    if PlacementRequest.objects.filter(client=request.client_id, site=request.site_id, settled_at=None).exists():
        raise Refused(already_asking(request.client_id, request.site, request.client.short_name))
    before = PlacementRequest.history.filter(id=request.pk, settled_at=None).order_by("-history_id").first()
    request.state = pipeline.reopens_as(before.state if before else pipeline.INQUIRY)
    request.scheduled_on, request.why, request.referred_to = None, "", ""
    return move(request, "reopen", by, at, f"{who(request)} is on the list again", whole=True)


@action("admissions.begin_interim")
def begin_interim(
    *, by: Person, at: datetime, request_id: int, begun_at: datetime, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Write when interim services began, no program having had a place (45 CFR 96.126(b)(2), 96.131(d))."""
    request = locked(by, at, request_id)
    if request.state != seen_state or request.state not in pipeline.OPEN:
        raise Refused(moved(request))
    if request.interim_at is not None:
        event, when = last_event(request.pk), told(request.interim_at, request.site.tz)
        wrote = f" {event.by_name} wrote it down." if event and event.verb == "admissions.begin_interim" else ""
        raise Refused(stop("request.interim_begun", f"Interim services began at {when} already.{wrote}"))
    if not (request.pregnant or request.injects):
        message = "This clock runs for who is pregnant or injects drugs. Change that first if it is so."
        raise Refused(stop("request.no_clock", message))
    if not request.asked_at <= begun_at <= at:
        when = told(request.asked_at, request.site.tz)
        message = f"Choose an hour between {when}, when they asked, and now."
        raise Refused(stop("request.interim_when", message, field="begun_at"))
    request.interim_at = begun_at
    when = told(begun_at, request.site.tz)
    return write_down(request, "begin_interim", by, at, f"Interim services for {who(request)} began at {when}")


@action("admissions.change")
def change(
    *,
    by: Person,
    at: datetime,
    request_id: int,
    level_wanted: str,
    payer: str,
    contact: str,
    ready_on: date | None,
    pregnant: bool,
    injects: bool,
    seen: int,
    key: UUID | None = None,
) -> PlacementRequest:
    """Change what is known of the asking; the priority follows. ``seen`` is the version that the person saw.

    Refused where someone changed it since, or where an approved level would become another one.
    """
    request = locked(by, at, request_id)
    if version_of(request.pk) != seen or request.state not in pipeline.OPEN:
        raise Refused(moved(request))
    findings = [*asking.check_level(level_wanted), *asking.check_ready(ready_on, today(request.site, at))]
    if level_wanted != request.level_wanted and request.state in (State.APPROVED, State.SCHEDULED):
        message = (
            f"They are approved for {request.level_wanted}. Take the approval back first, then approve the new level."
        )
        findings.append(stop("request.level_approved", message, field="level_wanted"))
    refuse(findings)
    wanted = {
        "level_wanted": level_wanted, "ready_on": ready_on, "pregnant": pregnant, "injects": injects,
        "payer": checked(payer, "payer", PAYER), "contact": checked(contact, "contact", CONTACT),
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(request, name) != value]
    if not changed:
        raise Refused(stop("request.nothing", "Nothing was changed: it stands as it was."))
    for name in changed:
        setattr(request, name, wanted[name])
    summary = f"{who(request)}: {', '.join(FIELDS[name] for name in changed)} changed"
    return write_down(request, "change", by, at, summary, whole="level_wanted" in changed)


FIELDS = {
    "level_wanted": "level", "ready_on": "ready date", "pregnant": "pregnant", "injects": "injects", "payer": "payer",
    "contact": "contact",
}  # fmt: skip
