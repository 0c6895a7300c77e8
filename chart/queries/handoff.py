"""A handoff as a page and a paper need it: what is generated, what was written, what was given, who took it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Q

from chart.models import Handoff, HandoffDraft, HandoffReceipt, Task
from chart.rules.handoff import Illness, missing, part_of
from programs.contributions import Raised, Ward, exceptions, places, slept, wards
from programs.models import Episode, Leave, Placement, Program, Site
from programs.routine import routine_of
from programs.rules.routine import Shift, newest_change, shift_at

BACK = timedelta(hours=24)
"""A handoff given longer before the shift than this no longer says from when on lines are told."""
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class ToldLine:
    """One generated line; ``key`` is the same whenever it is generated."""

    key: str
    at: datetime
    kind: str
    title: str
    line: str
    tone: str
    urgent: bool
    told: bool


@dataclass(frozen=True)
class Todo:
    """One open task of a client."""

    title: str
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class ClientRow:
    """One client in I-PASS order. ``v`` counts the changes of the part, so that nobody writes over another."""

    client_id: int
    name: str
    record: str
    place: str
    order: tuple[int, int, str]
    here: bool
    illness: str
    known: str
    summary: str
    lines: tuple[ToldLine, ...]
    todos: tuple[Todo, ...]
    actions: str
    contingency: str
    v: int
    missing: tuple[str, ...]

    @property
    def tone(self) -> str:
        """One of the look's words."""
        return Illness(self.illness).tone if self.illness else ""

    @property
    def part_id(self) -> str:
        """The client's key as text, for the ids of a page."""
        return str(self.client_id)

    @property
    def illness_label(self) -> str:
        """'Watcher', or 'Not chosen'."""
        return Illness(self.illness).label if self.illness else "Not chosen"


@dataclass(frozen=True)
class HandoffPage:
    """The handoff of a unit and a shift; ``given`` is None while it is written."""

    site: Site
    ward: Ward
    shift: Shift
    begins: datetime
    at: datetime
    unit_words: str
    unit_v: int
    version: int
    general: tuple[ToldLine, ...]
    rows: tuple[ClientRow, ...]
    given: Handoff | None
    receipts: tuple[HandoffReceipt, ...]
    since_given: tuple[ToldLine, ...] = ()

    @property
    def minute(self) -> int:
        """The shift as an address names it."""
        return minute_of(self.shift.since)

    @property
    def to_do(self) -> int:
        """How many rows keep it from being given."""
        return sum(bool(row.missing) for row in self.rows)


@dataclass(frozen=True)
class HandoffLine:
    """A shift of a unit on the list. ``state``: open (the shift runs or nobody gave it), given (nobody took it), taken."""

    ward: Ward
    shift: Shift
    state: str
    over: bool
    late: bool
    given: Handoff | None
    taken_by: str
    taken_at: datetime | None

    @property
    def minute(self) -> int:
        """The shift as an address names it."""
        return minute_of(self.shift.since)


def minute_of(moment: datetime) -> int:
    """Minutes since 1970, as addresses name a shift."""
    return int(moment.timestamp() // 60)


def shift_of(site: Site, minute: int, at: datetime) -> Shift | None:
    """The shift that begins in this minute at a site; None where none does, or it has not begun. One query."""
    try:
        since = datetime.fromtimestamp(minute * 60, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    if since > at:
        return None
    shift = shift_at(since, site.tz, routine_of(site.pk, since).changes)
    return shift if shift.since == since else None


def handoff_list(site: Site, at: datetime, *, shifts: int = 6) -> list[HandoffLine]:
    """The last shifts of every unit, newest first. Four queries."""
    changes = routine_of(site.pk, at).changes
    spans = [shift_at(at, site.tz, changes)]
    while len(spans) < shifts:
        spans.append(shift_at(newest_change(spans[-1].since - TICK, site.tz, changes), site.tz, changes))
    known = Handoff.objects.filter(site=site, since__gte=spans[-1].since).select_related("by")
    given = {(row.unit_id, row.since): row for row in known}
    taken: dict[int, HandoffReceipt] = {}
    for each in HandoffReceipt.objects.filter(handoff__in=known).select_related("by").order_by("-at"):
        taken[each.handoff_id] = each
    found = []
    for shift in spans:
        for ward in wards(site.pk):
            row = given.get((ward.pk, shift.since))
            receipt = taken.get(row.pk) if row is not None else None
            state = "open" if row is None else "given" if receipt is None else "taken"
            late = (row is None and shift.until <= at) or (row is not None and receipt is None and shift.until <= at)
            found.append(
                HandoffLine(
                    ward,
                    shift,
                    state,
                    shift.until <= at,
                    late,
                    row,
                    receipt.by.signature if receipt else "",
                    receipt.at if receipt else None,
                )
            )
    return found


def waiting(site: Site, at: datetime) -> list[HandoffLine]:
    """The newest finished shift of each unit, where it was not given or nobody took it over. Four queries."""
    done = [line for line in handoff_list(site, at, shifts=2) if line.shift.until <= at]
    return [line for line in done if line.state != "taken"]


def handoff_page(site: Site, unit_id: int, minute: int, at: datetime) -> HandoffPage | None:
    """One handoff; None where the unit or the shift does not exist. What was given is shown as it was given."""
    ward = next((each for each in wards(site.pk) if each.pk == unit_id), None)
    shift = shift_of(site, minute, at)
    if ward is None or shift is None:
        return None
    given = (
        Handoff.objects.filter(unit_id=unit_id, since=shift.since).select_related("by", "site__organisation").first()
    )
    if given is None:
        return draft_page(site, ward, shift, at)
    receipts = tuple(given.receipts.select_related("by").order_by("at", "pk"))
    return _given(site, ward, shift, at, given, receipts)


def draft_page(site: Site, ward: Ward, shift: Shift, at: datetime) -> HandoffPage:
    """What would be given now: lines since the last handoff, and what was written. A constant number of queries."""
    draft = HandoffDraft.objects.filter(unit_id=ward.pk, since=shift.since).first()
    content: dict[str, Any] = {} if draft is None else draft.content
    begins = _begins(ward, shift)
    lines: defaultdict[int | None, list[Raised]] = defaultdict(list)
    for each in exceptions(site.pk, begins, at, at):
        lines[each.client_id].append(each)
    rows = _rows(site, ward, begins, at, lines, content)
    unit = content.get("unit", {})
    general = tuple(_line(each, unit.get("told", [])) for each in lines[None])
    return HandoffPage(
        site, ward, shift, begins, at, unit.get("words", ""), unit.get("v", 0), 0 if draft is None else draft.version, general,
        rows, None, (),
    )  # fmt: skip


def _begins(ward: Ward, shift: Shift) -> datetime:
    """From when on lines are told: since the last handoff was given, so that nothing falls between two shifts."""
    last = (
        Handoff.objects.filter(unit_id=ward.pk, since__lt=shift.since, given_at__gt=shift.since - BACK)
        .order_by("-since")
        .values_list("given_at", flat=True)
        .first()
    )
    return shift.since if last is None else last


def _rows(
    site: Site,
    ward: Ward,
    begins: datetime,
    at: datetime,
    lines: Mapping[int | None, Sequence[Raised]],
    content: dict[str, Any],
) -> tuple[ClientRow, ...]:
    """Everybody in a bed of the unit, then who left it since and has lines."""
    here = {episode: place for episode, place in places(site.pk, at).items() if place.unit_id == ward.pk}
    were = {stay.episode_id: stay for stay in slept(site.pk, begins, at + TICK) if stay.unit_id == ward.pk}
    episodes = Episode.objects.filter(pk__in={*here, *were}).select_related("client")
    known = _known(site, [row.pk for row in episodes], at)
    todos: defaultdict[int, list[Todo]] = defaultdict(list)
    for task in Task.objects.filter(episode__in=[row.pk for row in episodes], done_at=None, raised_at__lte=at).order_by(
        "due_at"
    ):
        todos[task.episode_id].append(Todo(task.title, task.due_at, task.due_at <= at))
    found = []
    for row in episodes:
        part = part_of(content, row.client_id)
        own = tuple(_line(each, part["told"]) for each in lines.get(row.client_id, ()))
        place = here.get(row.pk)
        if place is None and not own:
            continue
        urgent = [line.key for line in own if line.urgent]
        short = place.short if place is not None else f"Left {were[row.pk].short}"
        found.append(
            ClientRow(
                row.client_id, row.client.called, row.client.record_number, short, place.order if place else (99, 99, short),
                place is not None, part["illness"], known.get(row.pk, ""), part["summary"], own, tuple(todos[row.pk]),
                part["actions"], part["contingency"], part["v"], tuple(missing(part, urgent)) if place is not None else (),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda each: (not each.here, each.order)))


def _known(site: Site, episodes: Sequence[int], at: datetime) -> dict[int, str]:
    """What the program knows of each: program, level, day of the episode, leave. Two queries."""
    leaves = {row.episode_id: row for row in Leave.objects.current(at).filter(episode__in=episodes)}
    placed = Placement.objects.current(at).filter(episode__in=episodes, kind=Program.Kind.TREATMENT)
    found = {}
    for row in placed.select_related("program", "episode"):
        day = (at.astimezone(site.tz).date() - row.episode.started_at.astimezone(site.tz).date()).days + 1
        leave = leaves.get(row.episode_id)
        away = "" if leave is None else f", {Leave.Kind(leave.kind).label.lower()}"
        found[row.episode_id] = f"{row.program.name}, day {day}{away}"
    return found


def key_of(raised: Raised) -> str:
    """The same line gets the same key, whoever generates it."""
    said = f"{raised.kind}/{raised.client_id}/{raised.at.isoformat()}/{raised.title}"
    return sha256(said.encode()).hexdigest()[:12]


def _line(raised: Raised, told: Sequence[str]) -> ToldLine:
    key = key_of(raised)
    return ToldLine(key, raised.at, raised.kind, raised.title, raised.line, raised.tone, raised.urgent, key in told)


def as_content(page: HandoffPage) -> dict[str, Any]:
    """Everything a page shows, as it is sealed."""

    def line(each: ToldLine) -> dict[str, Any]:
        return {
            "key": each.key, "at": each.at.isoformat(), "kind": each.kind, "title": each.title, "line": each.line, "tone": each.tone,
            "urgent": each.urgent, "told": each.told,
        }  # fmt: skip

    return {
        "begins": page.begins.isoformat(), "unit": page.unit_words, "general": [line(each) for each in page.general],
        "clients": [
            {
                "client_id": row.client_id, "name": row.name, "record": row.record, "place": row.place, "here": row.here,
                "illness": row.illness, "known": row.known, "summary": row.summary, "lines": [line(each) for each in row.lines],
                "todos": [{"title": todo.title, "due_at": todo.due_at.isoformat(), "late": todo.late} for todo in row.todos],
                "actions": row.actions, "contingency": row.contingency,
            }
            for row in page.rows
        ],
    }  # fmt: skip


def _given(
    site: Site, ward: Ward, shift: Shift, at: datetime, given: Handoff, receipts: tuple[HandoffReceipt, ...]
) -> HandoffPage:
    """What was sealed, read back; and, until somebody took it, what became known since."""

    def line(each: dict[str, Any]) -> ToldLine:
        return ToldLine(**{**each, "at": datetime.fromisoformat(each["at"])})

    rows = tuple(
        ClientRow(
            each["client_id"], each["name"], each["record"], each["place"], (0, number, ""), each["here"], each["illness"],
            each["known"], each["summary"], tuple(line(one) for one in each["lines"]),
            tuple(Todo(todo["title"], datetime.fromisoformat(todo["due_at"]), todo["late"]) for todo in each["todos"]),
            each["actions"], each["contingency"], 0, (),
        )
        for number, each in enumerate(given.content["clients"])
    )  # fmt: skip
    since: tuple[ToldLine, ...] = ()
    if not receipts:
        inside = {row.client_id for row in rows} | {None}
        fresh = exceptions(site.pk, given.given_at, at, at)
        since = tuple(_line(each, []) for each in fresh if each.client_id in inside)
    return HandoffPage(
        site, ward, shift, datetime.fromisoformat(given.content["begins"]), at, given.content["unit"], 0, 0,
        tuple(line(each) for each in given.content["general"]), rows, given, receipts, since,
    )  # fmt: skip


def given_by(site: Site, since: datetime, until: datetime) -> list[Handoff]:
    """The handoffs of shifts that ended within ``since < t <= until``, with their receipts. Two queries."""
    ended = Q(until__gt=since, until__lte=until)
    rows = Handoff.objects.filter(ended, site=site).select_related("by").prefetch_related("receipts__by")
    return list(rows.order_by("until", "unit"))
