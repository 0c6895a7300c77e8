"""The placement list as coordinators keep it: every open line in federal order, with its clocks and its next step."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from admissions.rules.pipeline import NEXT, REOPEN_WITHIN
from asam.rules.levels import LEVELS
from beds.models import Hold
from programs.models import PlacementRequest, Site
from programs.rules.clocks import Asking, Clock, State, clocks, said

TONES = {State.RUNNING: "", State.NEAR: "late", State.LATE: "stop", State.MET: "free"}
STATE_TONES = {"approved": "free", "scheduled": "held", "admitted": "free", "withdrawn": "off", "referred": "off"}
ICONS = {State.RUNNING: "timer", State.NEAR: "timer", State.LATE: "triangle-alert", State.MET: "check"}
STEPS = {"screen": "Screened", "approve": "Approve", "schedule": "Schedule", "admit": "Choose a bed"}
UNRATED = "unrated"


@dataclass(frozen=True)
class Told:
    """A clock as a page shows it."""

    clock: Clock
    words: str

    @property
    def tone(self) -> str:
        """One of the look's words, or ''."""
        return TONES[self.clock.state]

    @property
    def icon(self) -> str:
        """A lucide name."""
        return ICONS[self.clock.state]


@dataclass(frozen=True)
class Line:
    """One line. ``next`` is the act that brings it on ('' where settled), ``step`` its button; ``held`` a kept bed in words."""

    request: PlacementRequest
    clocks: tuple[Told, ...]
    ready: str
    next: str
    held: str

    @property
    def step(self) -> str:
        """The words of the button."""
        return STEPS.get(self.next, "")

    @property
    def tone(self) -> str:
        """How the state's pill looks."""
        return STATE_TONES.get(self.request.state, "")


@dataclass(frozen=True)
class Shown:
    """What of a site's list is shown: a state or '', a level, 'unrated' or '', or the settled lines of the last 30 days."""

    slug: str
    state: str = ""
    level: str = ""
    settled: bool = False

    @property
    def key(self) -> str:
        """In the address of the live board: 'riverbend~open~3.7_COE'."""
        return f"{self.slug}~{'settled' if self.settled else self.state or 'open'}~{self.level.replace(' ', '_')}"

    @property
    def query(self) -> str:
        """In the address of the page."""
        return "&".join(f"{name}={value.replace(' ', '+')}" for name, value in self._parts() if value)

    def _parts(self) -> tuple[tuple[str, str], ...]:
        return ("site", self.slug), ("state", "settled" if self.settled else self.state), ("level", self.level)

    def only(self, state: str) -> str:
        """The address's end with another state."""
        return replace(self, state=state, settled=False).query

    def of_level(self, level: str) -> str:
        """The address's end with another level."""
        return replace(self, level=level).query


def shown(slug: str, state: str, level: str) -> Shown:
    """What an address asks for; what nobody knows counts as not asked."""
    known = {choice.value for choice in PlacementRequest.OPEN}
    return Shown(
        slug=slug,
        state=state if state in known else "",
        level=level if level in LEVELS or level == UNRATED else "",
        settled=state == "settled",
    )


@dataclass(frozen=True)
class Choice:
    """One filter: what it says, how many lines it has, where it leads, and whether it is on."""

    words: str
    count: int
    query: str
    on: bool


@dataclass(frozen=True)
class ListPage:
    """The list at an instant. ``open`` counts all open lines, whatever the filters."""

    site: Site
    shown: Shown
    lines: tuple[Line, ...]
    open: int
    settled: int
    states: tuple[Choice, ...]
    levels: tuple[Choice, ...]


def list_page(site: Site, at: datetime, wanted: Shown) -> ListPage:
    """The lines of a site. Three queries, however many there are."""
    since = at - REOPEN_WITHIN
    about = PlacementRequest.objects.filter(site=site).select_related("client")
    rows = list(about.filter(settled_at=None).in_order())
    settled = about.filter(settled_at__gt=since, settled_at__lte=at).order_by("-settled_at", "-pk")
    over = list(settled) if wanted.settled else []
    kept = _level(over if wanted.settled else rows, wanted.level)
    kept = [row for row in kept if wanted.settled or wanted.state in ("", row.state)]
    held = held_for([row.client_id for row in kept], at, site.tz)
    return ListPage(
        site=site,
        shown=wanted,
        lines=tuple(line_of(row, at, site.tz, held.get(row.client_id, "")) for row in kept),
        open=len(rows),
        settled=len(over) if wanted.settled else settled.count(),
        states=_states(_level(rows, wanted.level), wanted),
        levels=_levels(over if wanted.settled else rows, wanted),
    )


def _level(rows: list[PlacementRequest], level: str) -> list[PlacementRequest]:
    return [row for row in rows if level in ("", row.level_wanted or UNRATED)]


def _states(rows: list[PlacementRequest], wanted: Shown) -> tuple[Choice, ...]:
    counts = Counter(row.state for row in rows)
    every = Choice("All open", len(rows), wanted.only(""), not wanted.state and not wanted.settled)
    return (
        every,
        *(
            Choice(state.label, counts[state], wanted.only(state), wanted.state == state)
            for state in PlacementRequest.OPEN
        ),
    )


def _levels(rows: list[PlacementRequest], wanted: Shown) -> tuple[Choice, ...]:
    counts = Counter(row.level_wanted or UNRATED for row in rows)
    there = [level for level in (*reversed(tuple(LEVELS)), UNRATED) if counts[level] or wanted.level == level]
    if len(there) < 2 and not wanted.level:
        return ()
    words = {UNRATED: "not rated"}
    return (
        Choice("Any level", len(rows), wanted.of_level(""), not wanted.level),
        *(
            Choice(words.get(level, level), counts[level], wanted.of_level(level), wanted.level == level)
            for level in there
        ),
    )


def held_for(client_ids: list[int], at: datetime, tz: ZoneInfo) -> dict[int, str]:
    """Which bed is kept for each of these clients: 'Alder 1-A held until Fri 21 Nov 12:00'. One query."""
    rows = Hold.objects.current(at).filter(client__in=client_ids).select_related("bed__room__unit")
    return {
        hold.client_id: f"{hold.bed.room.unit.name} {hold.bed.room.name}-{hold.bed.label} held until "
        f"{hold.until.astimezone(tz):%a %-d %b %H:%M}"
        for hold in rows
    }


def line_of(request: PlacementRequest, at: datetime, tz: ZoneInfo, held: str = "") -> Line:
    """One line as it is at an instant; no query where its client is loaded. A line that withdrew has no clocks."""
    today = at.astimezone(tz).date()
    told = () if request.state in ("withdrawn", "referred") else clocks(asking(request), at, tz)
    return Line(
        request=request,
        clocks=tuple(Told(clock, _sentence(said(clock, at, tz))) for clock in told),
        ready=ready(request.ready_on, today),
        next=NEXT.get(request.state, ""),
        held=held,
    )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def asking(request: PlacementRequest) -> Asking:
    """A line as the clocks take it."""
    admitted = request.settled_at if request.state == PlacementRequest.State.ADMITTED else None
    return Asking(request.pregnant, request.injects, request.asked_at, request.interim_at, admitted)


def ready(ready_on: date | None, today: date) -> str:
    """'ready now', 'ready Fri 21 Nov', or ''."""
    if ready_on is None:
        return ""
    if ready_on <= today:
        return "ready now"
    return f"ready {ready_on:%a %-d %b}" if ready_on - today < timedelta(days=300) else f"ready {ready_on:%-d %b %Y}"
