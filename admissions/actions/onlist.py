"""What the acts of the placement list share: the line under lock, who was quicker, and writing down what was done."""

from datetime import date, datetime

from admissions.queries.line import last_event
from admissions.rules import pipeline
from audit import trail
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import lock_clients
from beds.topics import board_topic
from live.actions import publish
from programs.models import PlacementRequest, Site
from programs.placed import told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

WHY, REFERRED_TO, PAYER, CONTACT = 200, 120, 60, 120  # letters


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


def checked(value: str, field: str, most: int, missing: str = "") -> str:
    """The text without blanks around it. Raises Refused where something is wrong with it."""
    text, findings = written(value, field, most, missing)
    refuse(findings)
    return text


def locked(by: Person, at: datetime, request_id: int) -> PlacementRequest:
    """The line under lock, its client locked before it; once the person's capability at its site is checked."""
    known = PlacementRequest.objects.get(pk=request_id)
    require(by, Capability.ADMIT, known.site_id, at)
    lock_clients(known.client_id)
    return (
        PlacementRequest.objects.select_for_update(of=("self",)).select_related("client", "site").get(pk=request_id)
    )  # fmt: skip


def check(request: PlacementRequest, act: str, seen_state: str) -> None:
    """Refuse where someone moved the line since it was seen, or where the table does not have this act."""
    if request.state != seen_state:
        raise Refused(moved(request))
    if not pipeline.allowed(act, request.state):
        state = request.get_state_display().lower()
        raise Refused(stop("request.not_now", f"{who(request)} is {state}: {NOT_NOW[act]}."))


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


def moved(request: PlacementRequest) -> Finding:
    """Who did what to the line since it was seen."""
    event = last_event(request.pk)
    state = request.get_state_display().lower()
    if request.state == PlacementRequest.State.ADMITTED or event is None:
        message = f"{who(request)} is {state} now. Look at the line as it stands."
    else:
        when = told(event.at, request.site.tz)
        message = f"{event.by_name} was quicker, at {when}: {event.summary}. Look at the line as it stands."
    return stop("request.moved", message, state=request.state)


def move(
    request: PlacementRequest, act: str, by: Person, at: datetime, summary: str, *, whole: bool = False
) -> PlacementRequest:
    """Into the state of the table, settled where it ends there."""
    request.state = pipeline.MOVES[act].to or request.state
    request.settled_at = None if request.state in pipeline.OPEN else at
    return write_down(request, act, by, at, summary, whole=whole)


def write_down(
    request: PlacementRequest, act: str, by: Person, at: datetime, summary: str, *, whole: bool = False
) -> PlacementRequest:
    """Save the line, write the event, tell the boards."""
    request.save()
    trail.record(
        f"admissions.{act}", by=by, at=at, subject=request, site_id=request.site_id, client_id=request.client_id,
        summary=summary, detail={"why": request.why} if act in ("withdraw", "refer") else {},
    )  # fmt: skip
    announce(request.site, whole=whole)
    return request


def refuse(findings: list[Finding]) -> None:
    """Raise Refused where there is anything to say."""
    if findings:
        raise Refused(*findings)


def who(request: PlacementRequest) -> str:
    """'S. Amari'."""
    return request.client.short_name


def today(site: Site, at: datetime) -> date:
    """The date on the site's clock."""
    return at.astimezone(site.tz).date()
