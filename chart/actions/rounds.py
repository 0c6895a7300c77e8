"""Order looks, end an order, and look."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.actions.tasks import close_for, raise_task
from chart.models import ObservationCheck, ObservationOrder
from chart.queries.rounds.day import DAY_PROGRAM, day_place, in_day_program
from chart.rules.rounds.due import LONGEST, SHORTEST
from chart.rules.rounds.states import SEEN_IN_ROOM, State, Untagged
from live.actions import publish
from programs.contributions import Place, places, room_tags
from programs.models import Client, Episode, Site
from programs.placed import locked, told
from programs.rules.codes import tidy
from programs.topics import rounds_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

NOT_FOUND = "rounds.not_found"
"""The kind of task that a look raises which found nobody."""

AHEAD = timedelta(minutes=2)
"""A tablet's clock may be ahead by so much; the look is then taken as now."""

OLDEST = timedelta(hours=12)
"""A look that could not be sent for longer is written as an incident or a note."""


def _one(kwargs: Mapping[str, Any]) -> Finding:
    return stop("rounds.ordered", "Somebody ordered looks for this person just now. Reload the page to see them.")


def _not_later(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This order was changed at this very moment. Wait a moment and try again.")


LONGEST_DAY = timedelta(hours=16)
"""So long an order for somebody without a bed runs at most."""

WALLS = {"chart_one_observation": _one, "chart_observation_ends": _not_later, "chart_observation_until": _not_later}


@action("rounds.order", explain=WALLS)
def order_looks(
    *, by: Person, at: datetime, episode_id: int, minutes: int, why: str, until: datetime | None = None, key: UUID | None = None
) -> ObservationOrder:  # fmt: skip
    """Look in on somebody at least every so many minutes from now on, until an instant or until it is ended.

    An order that runs ends now, and this one takes its place. Precautions and the rounds of the night go on beside it; the shortest
    interval counts. Raises Refused, NotAllowed.
    """
    placement = locked(episode_id, at)
    site, client = placement.program.site, placement.episode.client
    require(by, Capability.ORDER_ROUNDS, site.pk, at)
    running = ObservationOrder.objects.current(at).filter(client=client).first()
    findings = _check(minutes, why, at, until)
    if episode_id not in places(site.pk, at, episode_id) and (until is None or until > at + LONGEST_DAY):
        words = "Who comes for the day goes home: say until when today they are looked in on, at most 16 hours ahead."
        findings.append(stop("rounds.until", words))
    if running is not None and running.started_at >= at:
        findings.append(_not_later({}))
    if findings:
        raise Refused(*findings)

    if running is not None:
        _end(running, by, at, f"Ordered anew: every {minutes} minutes")
    made = ObservationOrder.objects.create(
        client=client, episode_id=episode_id, site=site, minutes=minutes, why=why.strip(), started_at=at, until=until,
        ended_at=until, by=by,
    )  # fmt: skip
    end = "" if until is None else f" until {told(until, site.tz)}"
    trail.record(
        "rounds.order", by=by, at=at, subject=made, site_id=site.pk, client_id=client.pk,
        summary=f"Looks at {client.initials} every {minutes} minutes{end}",
    )  # fmt: skip

    _announce(site, episode_id, at)
    return made


@action("rounds.end", explain=WALLS)
def end_looks(*, by: Person, at: datetime, order_id: int, why: str, key: UUID | None = None) -> ObservationOrder:
    """End an order now, and say why. Raises Refused ``rounds.over`` where it ended before, NotAllowed, DoesNotExist."""
    known = ObservationOrder.objects.get(pk=order_id)
    Client.objects.select_for_update(of=("self",)).get(pk=known.client_id)
    found = ObservationOrder.objects.select_related("site", "client").get(pk=order_id)
    require(by, Capability.ORDER_ROUNDS, found.site_id, at)
    if found.ended_at is not None and found.ended_at <= at:
        ended = told(found.ended_at, found.site.tz)
        raise Refused(stop("rounds.over", f"This order ended at {ended} already. Reload the page."))
    if not 1 <= len(why.strip()) <= 200:
        raise Refused(stop("rounds.why", "Say in at most 200 characters why it ends."))
    if found.started_at >= at:
        raise Refused(_not_later({}))

    _end(found, by, at, why.strip())
    trail.record(
        "rounds.end", by=by, at=at, subject=found, site_id=found.site_id, client_id=found.client_id,
        summary=f"Looks at {found.client.initials} every {found.minutes} minutes ended",
    )  # fmt: skip

    _announce(found.site, found.episode_id, at)
    return found


@action("rounds.check")
def check(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    client_id: int,
    state: str,
    seen_at: datetime | None = None,
    where: str = "",
    tag: str = "",
    untagged: str = "",
    key: UUID | None = None,
) -> ObservationCheck:
    """Write down a look at a client who sleeps at the site, or comes for the day and has an order for looks. ``seen_at`` is when it
    was taken (None: now), ``tag`` the code that was scanned at their room's door, else ``untagged`` why none was.

    Nobody found opens an urgent task at once; a later look that finds them closes it. Raises Refused, NotAllowed.
    """
    require(by, Capability.DO_ROUNDS, site_id, at)
    client = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk=client_id).first()
    site = Site.objects.get(pk=site_id)
    episode = Episode.objects.current(at).filter(client=client_id).first()
    place = None if client is None or episode is None else _place(site_id, episode.pk, client, at)
    if client is None or episode is None or place is None:
        raise Refused(stop("rounds.not_here", "This person is not on rounds here now. Reload the page to see who is."))
    taken = at if seen_at is None or at < seen_at <= at + AHEAD else seen_at
    room = _room_of(site_id, tag, at)
    findings = [
        *_check_time(taken, at, episode), *_check_said(state, where, untagged),
        *_check_proof(state, tag, room, place, untagged, client),
    ]  # fmt: skip
    if findings:
        raise Refused(*findings)

    found = State(state)
    made = ObservationCheck.objects.create(
        client=client, episode=episode, site=site, unit_id=place.unit_id, place=place.short, at=taken, entered_at=at, by=by,
        state=found.value, where=where.strip(), room_tag=room, untagged="" if room else untagged,
    )  # fmt: skip
    trail.record(
        "rounds.check", by=by, at=at, subject=made, site_id=site_id, client_id=client.pk,
        summary=f"{client.initials}: {found.label.lower()}",
    )  # fmt: skip
    if found is State.NOT_FOUND:
        raise_task(
            episode_id=episode.pk, kind=NOT_FOUND, title=f"Not found on rounds at {told(taken, site.tz)}",
            line=f"{_said(place)}. Look for them now, tell the nurse in charge, and say here how it ended.",
            due_at=taken, at=at, capability=Capability.DO_ROUNDS, by=by, urgent=True, subject=client,
        )  # fmt: skip
    elif found is not State.REFUSED:
        close_for(client, NOT_FOUND, by, at, f"Found at {told(taken, site.tz)}: {found.label.lower()}")

    publish({rounds_topic(place.unit_id): [f"round:{client.pk}", f"rounds-head:{place.unit_id}"]})
    return made


def _place(site_id: int, episode_id: int, client: Client, at: datetime) -> Place | None:
    """Where they are looked in on: at their bed, or in the day program while an order runs; None: not here."""
    found = places(site_id, at, episode_id).get(episode_id)
    if found is None and episode_id in in_day_program(site_id, at):
        running = ObservationOrder.objects.current(at).filter(client=client, site=site_id).exists()
        found = day_place(client.short_name) if running else None
    return found


def _said(place: Place) -> str:
    return f"{place.unit} {place.short}" if place.room else place.unit


def _check(minutes: int, why: str, at: datetime, until: datetime | None) -> list[Finding]:
    findings = []
    if not SHORTEST <= minutes <= LONGEST:
        findings.append(stop("rounds.minutes", f"Order a look every {SHORTEST} to {LONGEST} minutes."))
    if not 1 <= len(why.strip()) <= 200:
        findings.append(stop("rounds.why", "Say in at most 200 characters why."))
    if until is not None and until <= at:
        findings.append(stop("rounds.until", "It would end before it begins: choose a later hour, or leave it open."))
    return findings


def _check_time(taken: datetime, at: datetime, episode: Episode) -> list[Finding]:
    if taken > at:
        return [stop("rounds.ahead", "This tablet's clock is ahead of the server's. Set it right, and look again.")]
    if taken < at - OLDEST or taken < episode.started_at:
        return [stop("rounds.old", "This look is older than 12 hours. Write what you saw as a note in the chart.")]
    return []


def _check_said(state: str, where: str, untagged: str) -> list[Finding]:
    findings = []
    if state not in set(State):
        findings.append(stop("rounds.state", "Choose how you found them."))
    if len(where.strip()) > 120 or "\x00" in where:
        findings.append(stop("rounds.where_long", "Say in at most 120 plain characters where."))
    if state == State.OFF_UNIT and not where.strip():
        findings.append(stop("rounds.where", "Say where they are, and with whom."))
    if untagged and untagged not in set(Untagged):
        findings.append(stop("rounds.untagged", "Choose from the list why no tag was scanned."))
    return findings


def _check_proof(state: str, tag: str, room: str, place: Place, untagged: str, client: Client) -> list[Finding]:
    """A look into a room rests on the tag of that room, or says why not. Who comes for the day has no room."""
    if not place.room:
        found = stop(
            "rounds.no_room", f"{client.short_name} has no room here: say in group, elsewhere, or what you found."
        )
        return [found] if state in set(SEEN_IN_ROOM) else []
    own = f"{place.unit} {place.room}"
    if tag and not room:
        return [stop("rounds.tag", "This code is on no door here. Scan the tag again, or say why you do without.")]
    if state in set(SEEN_IN_ROOM) and room and room != own:
        sentence = f"That is the tag of {room}; {client.short_name} sleeps in {own}. Scan the tag of that door."
        return [stop("rounds.other_room", sentence)]
    if state in set(SEEN_IN_ROOM) and not room and not untagged:
        return [stop("rounds.proof", "Scan the tag on the door first, or say why you do without.")]
    return []


def _room_of(site_id: int, tag: str, at: datetime) -> str:
    """'Alder 4' for a code that hangs on a door; '' for none. A tag that was replaced counts no more."""
    code = tidy(tag)
    if not code:
        return ""
    return next((f"{each.unit} {each.room}" for each in room_tags(site_id, at) if each.code == code), "")


def _end(order: ObservationOrder, by: Person, at: datetime, why: str) -> None:
    order.ended_at, order.ended_by, order.ended_why = at, by, why[:200]
    order.save(update_fields=["ended_at", "ended_by", "ended_why"])


def _announce(site: Site, episode_id: int, at: datetime) -> None:
    place = places(site.pk, at, episode_id).get(episode_id)
    publish({rounds_topic(DAY_PROGRAM.pk if place is None else place.unit_id): []})
