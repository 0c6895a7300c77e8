"""One chart: who and where, the band of levels, what is open now, and a stretch of the timeline that every room adds to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.urls import reverse

from chart.queries.beside import Near, beside
from chart.queries.due import due_in
from chart.queries.head import Head, head
from chart.rules.window import FORTNIGHT, QUARTER, SPANS, Window, beginning, last_of, window
from programs.contributions import Entry
from programs.models import Client, Episode, Placement, Program, Site
from programs.people import ids_of
from programs.rules.band import Band, Stretch, band, days_between
from programs.standing import Now, standing
from programs.strands import around
from programs.together import Asking, together
from staff.rules.capabilities import Capability

KINDS = {
    "note": "Notes", "dose": "Doses", "score": "Scores", "vital": "Vitals", "screen": "Screens", "group": "Groups",
    "plan": "Plan", "level": "Levels", "move": "Moves", "incident": "Incidents", "safety": "Safety", "fact": "Facts", "task": "Tasks",
}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """One choice of what the timeline shows, and how many of it lie in the window."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class Day:
    """A day of the timeline on the site's calendar, newest entry first."""

    on: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Course:
    """An episode as a chart tells it: its band, how long it was (days, counting both ends), and how it ended ('' while it lasts)."""

    episode: Episode
    band: Band
    days: int
    ended: str
    last: date


@dataclass(frozen=True)
class Asked:
    """What a person asked of the timeline: a kind ('' all), words to look for, the last day, and how many days."""

    kind: str = ""
    text: str = ""
    to: str = ""
    span: int = FORTNIGHT


@dataclass(frozen=True)
class Page:
    """Everything a chart shows. ``days`` are those of ``shown`` that match what was asked; ``earlier`` and ``later`` the last day of
    the next window that has anything, None where there is none; ``total`` counts all of the window."""

    head: Head
    course: Course | None
    past: tuple[Course, ...]
    now: tuple[Now, ...]
    people: tuple[Near, ...]
    asked: Asked
    shown: Window
    filters: tuple[Filter, ...]
    total: int
    days: tuple[Day, ...]
    earlier: date | None
    later: date | None
    today: date


def page(client: Client, site: Site, at: datetime, asked: Asked | None = None) -> Page:
    """The chart at an instant. At most ten queries however long and full the history is."""
    asked = asked or Asked()
    top = head(client, site, at)
    tz, today = top.site.tz, at.astimezone(top.site.tz).date()
    ids = ids_of(top.client)
    days = QUARTER if asked.text else asked.span if asked.span in SPANS else FORTNIGHT
    shown = window(_newest(top, asked, today), days, tz)
    found = around(ids, shown.since, shown.until, at)
    if not found.entries and not asked.to and found.earlier is not None:
        shown = window(found.earlier.astimezone(tz).date(), days, tz)
        found = around(ids, shown.since, shown.until, at)
    wanted = [entry for entry in found.entries if _matches(entry, asked)]
    courses = [_course(episode, top.placements, at, site=top.site) for episode in top.episodes]
    asked_for: list[Asking[Any]] = [beside.ask(ids, top.episode if top.open else None, at, tz)]
    if top.placement is not None:
        asked_for += [_scales(top, at), *standing(top.client, top.placement, at)]
    known, *lines = together(asked_for)
    others = [line for each in lines for line in each]
    counts = Counter(entry.kind for entry in found.entries)
    return Page(
        head=top,
        course=courses[0] if courses else None,
        past=tuple(courses[1:]),
        now=tuple(sorted((*known.now, *others), key=lambda line: line.rank)),
        people=known.people,
        asked=asked,
        shown=shown,
        filters=tuple(
            Filter(kind, label, counts[kind]) for kind, label in KINDS.items() if counts[kind] or kind == asked.kind
        ),
        total=len(found.entries),
        days=tuple(
            Day(on, tuple(each)) for on, each in groupby(wanted, key=lambda entry: entry.at.astimezone(tz).date())
        ),
        earlier=found.earlier.astimezone(tz).date() if found.earlier else None,
        later=beginning(found.later, days, today, tz) if found.later else None,
        today=today,
    )


def _scales(top: Head, at: datetime) -> Asking[list[Now]]:
    """One line for the scales that are due today or were before."""
    if top.episode is None:
        return []
    today = at.astimezone(top.site.tz).date()
    found = [
        each for each in (yield from due_in.ask([top.episode], at)).get(top.episode.pk, ())
        if each.at.astimezone(top.site.tz).date() <= today
    ]  # fmt: skip
    if not found:
        return []
    tone = "late" if any(each.at.astimezone(top.site.tz).date() < today for each in found) else ""
    address = reverse("chart:scales", args=[top.client.pk])
    names = ", ".join(each.scale.name for each in found)
    return [Now(15, "activity", f"Due: {names}", "", tone, address, Capability.OPEN_CHART)]


def _newest(top: Head, asked: Asked, today: date) -> date:
    """The last day to show: the one asked for, else today, or the last day of care where it is over."""
    if asked.to or top.open or top.episode is None or top.episode.ended_at is None:
        return last_of(asked.to, today)
    return min(top.episode.ended_at.astimezone(top.site.tz).date(), today)


def _matches(entry: Entry, asked: Asked) -> bool:
    if asked.kind in KINDS and entry.kind != asked.kind:
        return False
    words = f"{entry.title} {entry.line} {entry.by}".casefold()
    return all(word in words for word in asked.text.casefold().split())


def _course(episode: Episode, placements: Sequence[Placement], at: datetime, *, site: Site) -> Course:
    mine = [each for each in placements if each.episode_id == episode.pk and each.kind == Program.Kind.TREATMENT]
    tz = mine[-1].program.site.tz if mine else site.tz
    ended = episode.ended_at if episode.ended_at is not None and episode.ended_at <= at else None
    how = episode.get_ended_as_display() if episode.ended_as else "Discharged"
    drawn = band(
        [Stretch(each.level, each.program.name, each.started_at, each.ended_at) for each in mine],
        at=ended or at, tz=tz, ask_next=False,
    )  # fmt: skip
    return Course(
        episode,
        drawn,
        days_between(episode.started_at, ended or at, tz) + 1,
        how if ended else "",
        (ended or at).astimezone(tz).date(),
    )
