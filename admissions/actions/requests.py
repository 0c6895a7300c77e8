"""Keep the placement list: ask, screen, approve, schedule, withdraw, refer out, reopen, change, begin interim services.

Every act names the state in which its person saw the line; where someone else was quicker, they are told who did what.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from admissions.queries.line import last_event, version_of
from admissions.rules import asking, pipeline
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import lock_clients
from beds.topics import board_topic
from live.actions import publish
from programs.models import PlacementRequest, Site
from programs.placed import told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

State = PlacementRequest.State
WHY, REFERRED_TO, PAYER, CONTACT = 200, 120, 60, 120


@action("admissions.screen")
def screen(*, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None) -> PlacementRequest:
    """Write that the first questions were asked. Raises Refused, NotAllowed, PlacementRequest.DoesNotExist; so do the others."""
    request = _locked(by, at, request_id)
    _check(request, "screen", seen_state)
    return _move(request, "screen", by, at, f"{_who(request)} was screened")


@action("admissions.approve")
def approve(
    *, by: Person, at: datetime, request_id: int, level_wanted: str, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Approve a person for a level of care."""
    request = _locked(by, at, request_id)
    _check(request, "approve", seen_state)
    _refuse(asking.check_level(level_wanted, required=True))
    request.level_wanted = level_wanted
    return _move(request, "approve", by, at, f"{_who(request)} was approved for {level_wanted}", whole=True)


@action("admissions.schedule")
def schedule(
    *, by: Person, at: datetime, request_id: int, on: date, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Agree on a date to come, today or later on the site's clock; a scheduled line takes a new date."""
    request = _locked(by, at, request_id)
    _check(request, "schedule", seen_state)
    _refuse(asking.check_schedule(on, _today(request.site, at)))
    if request.scheduled_on == on and request.state == State.SCHEDULED:
        raise Refused(stop("request.same_date", f"{_who(request)} is expected on {on:%-d %B} already.", field="on"))
    request.scheduled_on = on
    return _move(request, "schedule", by, at, f"{_who(request)} is expected on {on:%a %-d %b}")


@action("admissions.unschedule")
def unschedule(
    *, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None
) -> PlacementRequest:  # fmt: skip
    """Take the date off again; the line is approved as before."""
    request = _locked(by, at, request_id)
    _check(request, "unschedule", seen_state)
    request.scheduled_on = None
    return _move(request, "unschedule", by, at, f"{_who(request)} has no date any more")


@action("admissions.unapprove")
def unapprove(
    *, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None
) -> PlacementRequest:  # fmt: skip
    """Take the approval back; the level can then be changed and approved anew."""
    request = _locked(by, at, request_id)
    _check(request, "unapprove", seen_state)
    return _move(request, "unapprove", by, at, f"The approval of {_who(request)} was taken back", whole=True)


@action("admissions.withdraw")
def withdraw(
    *, by: Person, at: datetime, request_id: int, why: str, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Settle a line whose person no longer asks."""
    request = _locked(by, at, request_id)
    _check(request, "withdraw", seen_state)
    request.why = _written(why, "why", WHY, "Say why they no longer ask.")
    return _move(request, "withdraw", by, at, f"{_who(request)} withdrew", whole=True)


@action("admissions.refer")
def refer(
    *, by: Person, at: datetime, request_id: int, to: str, why: str, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Settle a line whose person goes elsewhere for care."""
    request = _locked(by, at, request_id)
    _check(request, "refer", seen_state)
    request.referred_to = _written(to, "to", REFERRED_TO, "Say where they were referred to.")
    request.why = _written(why, "why", WHY, "Say why they were referred.")
    summary = f"{_who(request)} was referred out to {request.referred_to}"
    return _move(request, "refer", by, at, summary, whole=True)


def _in_the_way(kwargs: Mapping[str, Any]) -> Finding:
    request = PlacementRequest.objects.select_related("client", "site").get(pk=kwargs["request_id"])
    return already_asking(request.client_id, request.site, request.client.short_name)


@action("admissions.reopen", explain={"programs_one_open_request": _in_the_way})
def reopen(*, by: Person, at: datetime, request_id: int, seen_state: str, key: UUID | None = None) -> PlacementRequest:
    """Bring back a line that withdrew or was referred out in the last 30 days, as it was, at most approved.

    Its clocks are the old ones: the person asked when they asked. Who asks anew gets a new line.
    """
    request = _locked(by, at, request_id)
    _check(request, "reopen", seen_state)
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
    return _move(request, "reopen", by, at, f"{_who(request)} is on the list again", whole=True)


@action("admissions.begin_interim")
def begin_interim(
    *, by: Person, at: datetime, request_id: int, begun_at: datetime, seen_state: str, key: UUID | None = None
) -> PlacementRequest:
    """Write when interim services began, no program having had a place (45 CFR 96.126(b)(2), 96.131(d))."""
    request = _locked(by, at, request_id)
    if request.state != seen_state or request.state not in pipeline.OPEN:
        raise Refused(_moved(request))
    if request.interim_at is not None:
        event, when = last_event(request.pk), told(request.interim_at, request.site.tz)
        who = f" {event.by_name} wrote it down." if event and event.verb == "admissions.begin_interim" else ""
        raise Refused(stop("request.interim_begun", f"Interim services began at {when} already.{who}"))
    if not (request.pregnant or request.injects):
        message = "This clock runs for who is pregnant or injects drugs. Change that first if it is so."
        raise Refused(stop("request.no_clock", message))
    if not request.asked_at <= begun_at <= at:
        when = told(request.asked_at, request.site.tz)
        message = f"Choose an hour between {when}, when they asked, and now."
        raise Refused(stop("request.interim_when", message, field="begun_at"))
    request.interim_at = begun_at
    when = told(begun_at, request.site.tz)
    return _written_down(request, "begin_interim", by, at, f"Interim services for {_who(request)} began at {when}")


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
    request = _locked(by, at, request_id)
    if version_of(request.pk) != seen or request.state not in pipeline.OPEN:
        raise Refused(_moved(request))
    findings = [*asking.check_level(level_wanted), *asking.check_ready(ready_on, _today(request.site, at))]
    if level_wanted != request.level_wanted and request.state in (State.APPROVED, State.SCHEDULED):
        message = (
            f"They are approved for {request.level_wanted}. Take the approval back first, then approve the new level."
        )
        findings.append(stop("request.level_approved", message, field="level_wanted"))
    _refuse(findings)
    wanted = {
        "level_wanted": level_wanted, "ready_on": ready_on, "pregnant": pregnant, "injects": injects,
        "payer": _written(payer, "payer", PAYER), "contact": _written(contact, "contact", CONTACT),
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(request, name) != value]
    if not changed:
        raise Refused(stop("request.nothing", "Nothing was changed: it stands as it was."))
    for name in changed:
        setattr(request, name, wanted[name])
    summary = f"{_who(request)}: {', '.join(FIELDS[name] for name in changed)} changed"
    return _written_down(request, "change", by, at, summary, whole="level_wanted" in changed)


FIELDS = {
    "level_wanted": "level", "ready_on": "ready date", "pregnant": "pregnant", "injects": "injects", "payer": "payer",
    "contact": "contact",
}  # fmt: skip


def already_asking(client_id: int, site: Site, name: str) -> Finding:
    """One open line a person and site: how far the other one is."""
    found = PlacementRequest.objects.filter(client=client_id, site=site, settled_at=None).first()
    state = f", {found.get_state_display().lower()}" if found else ""
    since = f" since {found.asked_at.astimezone(site.tz):%-d %B}" if found else ""
    message = f"{name} is on the placement list of {site}{since}{state}. Go on with that line."
    return stop("request.already", message, request_id=found.pk if found else None)


def announce(site: Site, *, whole: bool = False) -> None:
    """Tell the boards of the site. ``whole``: who is placed, or at what level, changed, and with it what every bed says."""
    publish({board_topic(site): () if whole else (f"placement:{site.pk}", f"counts:{site.pk}")})


def written(value: str, field: str, most: int, missing: str = "") -> tuple[str, list[Finding]]:
    """A text without blanks around it, and what is wrong with it; ``missing`` is said where it must not be empty."""
    text = " ".join(value.split())
    if missing and not text:
        return text, [stop("asking.missing", missing, field=field)]
    if not text.isprintable():
        return text, [stop("asking.sign", "There is a sign in it that cannot be seen. Write it anew.", field=field)]
    if len(text) > most:
        return text, [stop("asking.long", f"That is {len(text)} letters; {most} fit. Say it shorter.", field=field)]
    return text, []


def _written(value: str, field: str, most: int, missing: str = "") -> str:
    text, findings = written(value, field, most, missing)
    _refuse(findings)
    return text


def _locked(by: Person, at: datetime, request_id: int) -> PlacementRequest:
    """The line under lock, its client locked before it; once the person's capability at its site is checked."""
    known = PlacementRequest.objects.get(pk=request_id)
    require(by, Capability.ADMIT, known.site_id, at)
    lock_clients(known.client_id)
    return (
        PlacementRequest.objects.select_for_update(of=("self",)).select_related("client", "site").get(pk=request_id)
    )  # fmt: skip


def _check(request: PlacementRequest, act: str, seen_state: str) -> None:
    """Refuse where someone moved the line since it was seen, or where the table does not have this act."""
    if request.state != seen_state:
        raise Refused(_moved(request))
    if not pipeline.allowed(act, request.state):
        state = request.get_state_display().lower()
        raise Refused(stop("request.not_now", f"{_who(request)} is {state}: {NOT_NOW[act]}."))


NOT_NOW = {
    "screen": "only an inquiry is screened",
    "approve": "only who was screened is approved",
    "schedule": "only who is approved gets a date",
    "unschedule": "there is no date to take off",
    "unapprove": "take the date off first",
    "withdraw": "the line is settled",
    "refer": "the line is settled",
    "reopen": "only a line that withdrew or was referred out is reopened",
}


def _moved(request: PlacementRequest) -> Finding:
    """Who did what to the line since it was seen."""
    event = last_event(request.pk)
    state = request.get_state_display().lower()
    if request.state == State.ADMITTED or event is None:
        message = f"{_who(request)} is {state} now. Look at the line as it stands."
    else:
        when = told(event.at, request.site.tz)
        message = f"{event.by_name} was quicker, at {when}: {event.summary}. Look at the line as it stands."
    return stop("request.moved", message, state=request.state)


def _move(
    request: PlacementRequest, act: str, by: Person, at: datetime, summary: str, *, whole: bool = False
) -> PlacementRequest:
    """Into the state of the table, settled where it ends there."""
    request.state = pipeline.MOVES[act].to or request.state
    request.settled_at = None if request.state in pipeline.OPEN else at
    return _written_down(request, act, by, at, summary, whole=whole)


def _written_down(
    request: PlacementRequest, act: str, by: Person, at: datetime, summary: str, *, whole: bool = False
) -> PlacementRequest:
    request.save()
    trail.record(
        f"admissions.{act}", by=by, at=at, subject=request, site_id=request.site_id, client_id=request.client_id,
        summary=summary, detail={"why": request.why} if act in ("withdraw", "refer") else {},
    )  # fmt: skip
    announce(request.site, whole=whole)
    return request


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise Refused(*findings)


def _who(request: PlacementRequest) -> str:
    return request.client.short_name


def _today(site: Site, at: datetime) -> date:
    return at.astimezone(site.tz).date()
