"""The task list, live: what is raised, taken or finished at the site redraws it; so does the next instant at which a line turns late.

Keys are '<site>.<whose>.<kind>.<1 where what comes is shown>'. What somebody did in another room leaves the list at the next redraw.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from chart.queries.tasks import everything
from chart.rules.waiting import KINDS, Line, Viewer, Whose, chosen
from live.boards import Board, NoSuchBoard, Snapshot
from live.queries import current_seq
from programs.models import Site
from programs.topics import tasks_topic
from staff.access import posts
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = 200  # lines on a page
AGAIN = timedelta(minutes=5)  # the whole list is read again at least so often


@dataclass(frozen=True)
class Look:
    """What a key names."""

    site_id: int
    whose: Whose
    kind: str
    coming: bool

    @property
    def key(self) -> str:
        """As it stands in the address of the page's socket."""
        return f"{self.site_id}.{self.whose.value}.{self.kind or 'all'}.{int(self.coming)}"


@dataclass(frozen=True)
class Tab:
    """One kind of the filter with its count."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True)
class Found:
    """What a page shows: its lines (``more`` are not shown), how many there are and how many of them late, ``until`` when it is true,
    and its number. ``mine``, ``role`` and ``everyone`` are what the three filters hold."""

    lines: Sequence[Line]
    total: int
    late: int
    mine: int
    role: int
    everyone: int
    tabs: Sequence[Tab]
    until: datetime
    everything: bool
    seq: int

    @property
    def more(self) -> int:
        """How many do not fit on the page."""
        return self.total - len(self.lines)


def look_of(key: str) -> Look:
    """Raises NoSuchBoard for a key that names nothing."""
    site, whose, kind, coming = key.split(".")
    found = Look(int(site), Whose(whose), "" if kind == "all" else kind, coming == "1")
    if found.key != key or (found.kind and found.kind not in KINDS):
        raise NoSuchBoard(key)
    return found


def viewer_at(person: Person, site_id: int, at: datetime) -> Viewer:
    """The person with the roles they hold at the site. One query."""
    return Viewer(person.pk, site_id, frozenset(post.role for post in posts(person, at) if post.site_id == site_id))


def page(look: Look, viewer: Viewer, site: Site, at: datetime, *, text: str = "") -> Found:
    """The list at an instant, its number read first."""
    seq = current_seq(tasks_topic(site.pk))
    known = everything(site, viewer, at)
    piles = {whose: chosen(known, whose, viewer, coming=look.coming, text=text) for whose in Whose}
    of_kind = Counter(line.kind for line in piles[look.whose])
    lines = [line for line in piles[look.whose] if not look.kind or line.kind == look.kind]
    turns = [line.due_at for line in lines if line.due_at is not None and line.due_at > at]
    return Found(
        lines[:LONGEST], len(lines), sum(line.late for line in lines), len(piles[Whose.MINE]), len(piles[Whose.ROLE]),
        len(piles[Whose.ALL]), [Tab(kind, label, of_kind[kind]) for kind, label in KINDS.items() if of_kind[kind] or kind == look.kind],
        min([*turns, at + AGAIN]), viewer.everything, seq,
    )  # fmt: skip


def topic(key: str) -> str:
    """What waits at the site."""
    return tasks_topic(look_of(key).site_id)


def may_watch(person: Person, key: str) -> bool:
    """Whoever sees the task list of the site."""
    return viewer_at(person, look_of(key).site_id, timezone.now()).may(Capability.SEE_TASKS)


def audience(person: Person, key: str) -> Viewer:
    """Everybody has their own."""
    return viewer_at(person, look_of(key).site_id, timezone.now())


def snapshot(viewer: Viewer, key: str) -> Snapshot:
    """The one region."""
    look = look_of(key)
    site = Site.objects.get(pk=look.site_id)
    found = page(look, viewer, site, timezone.now())
    with timezone.override(site.tz):
        html = render_to_string("chart/tasks/lines.html", {"found": found, "look": look, "text": ""})
    return Snapshot(found.seq, (("task-lines", html),))


def fragments(viewer: Viewer, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """The list is announced whole: it has no pieces of its own."""
    return [None for _ in wanted]


BOARD = Board("chart.tasks", topic, may_watch, audience, snapshot, fragments)
