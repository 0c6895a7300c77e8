"""One chart: who it is, where they are, the band of levels, and the timeline that every room adds to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from chart.models import Allergy
from programs.contributions import Entry, Place, places, timeline
from programs.models import Client, Episode, Leave, Placement, Program, Site
from programs.queries import Minded, minded
from programs.rules.band import Band, Stretch, band, days_between

KINDS = {"note": "Notes", "dose": "Doses", "score": "Scores", "group": "Groups", "level": "Levels", "move": "Moves"}
ON_A_PAGE = 80


@dataclass(frozen=True)
class Filter:
    """One choice of what the timeline shows."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class Day:
    """A day of the timeline on the site's calendar, newest entry first."""

    on: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Page:
    """Everything a chart shows. ``site`` is that of the newest placement: its clock is the one times are shown on.

    ``episode`` is the newest, ``open`` while it lasts; ``day`` counts from 1 on the day it began.
    """

    client: Client
    site: Site
    age: int
    episode: Episode | None
    open: bool
    day: int | None
    placement: Placement | None
    residence: Placement | None
    place: Place | None
    leave: Leave | None
    allergies: Sequence[Allergy]
    precautions: Sequence[Minded]
    band: Band | None
    filters: tuple[Filter, ...]
    kind: str
    total: int
    days: tuple[Day, ...]
    earlier: int | None
    later: int | None


def page(client: Client, site: Site, at: datetime, *, kind: str = "", number: int = 1) -> Page:
    """The chart at an instant; ``kind`` filters the timeline, ``number`` is its page, newest first."""
    kind = kind if kind in KINDS else ""
    episode = Episode.objects.filter(client=client, started_at__lte=at).order_by("-started_at").first()
    placements = _placements(episode, at)
    current = [each for each in placements if each.ended_at is None or each.ended_at > at]
    treatment = [each for each in placements if each.kind == Program.Kind.TREATMENT]
    site = treatment[-1].program.site if treatment else site
    open_episode = episode is not None and (episode.ended_at is None or episode.ended_at > at)
    entries = timeline(client.pk, at)
    wanted = [entry for entry in entries if not kind or entry.kind == kind]
    number = max(1, min(number, -(-len(wanted) // ON_A_PAGE)))
    shown = wanted[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    return Page(
        client=client,
        site=site,
        age=client.age(at.astimezone(site.tz).date()),
        episode=episode,
        open=open_episode,
        day=days_between(episode.started_at, at, site.tz) + 1 if episode and open_episode else None,
        placement=next((each for each in current if each.kind == Program.Kind.TREATMENT), None),
        residence=next((each for each in current if each.kind == Program.Kind.RESIDENCE), None),
        place=places(site.pk, at).get(episode.pk) if episode else None,
        leave=Leave.objects.current(at).filter(episode=episode).first() if episode else None,
        allergies=_allergies(client, at),
        precautions=minded(client.pk, at),
        band=band(
            [Stretch(each.level, each.program.name, each.started_at, each.ended_at) for each in treatment],
            at=at, tz=site.tz, ask_next=False,
        ) if treatment else None,
        filters=tuple(
            Filter(name, label, sum(entry.kind == name for entry in entries)) for name, label in KINDS.items()
        ),
        kind=kind,
        total=len(entries),
        days=tuple(
            Day(on, tuple(each)) for on, each in groupby(shown, key=lambda entry: entry.at.astimezone(site.tz).date())
        ),
        earlier=number + 1 if number * ON_A_PAGE < len(wanted) else None,
        later=number - 1 if number > 1 else None,
    )  # fmt: skip


def _placements(episode: Episode | None, at: datetime) -> list[Placement]:
    if episode is None:
        return []
    return list(
        Placement.objects.filter(episode=episode, started_at__lte=at)
        .select_related("program__site")
        .order_by("started_at")
    )


def _allergies(client: Client, at: datetime) -> list[Allergy]:
    known = Allergy.objects.filter(client=client, noted_at__lte=at).exclude(ended_at__lte=at)
    return list(known.order_by("substance", "pk"))
