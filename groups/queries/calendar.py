"""A site's sessions from one hour to another as the calendar shows them: by room or by program, all of them or some."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from groups.models import Session
from groups.queries.day import DayLine, lines_of, sessions_between
from groups.queries.expected import Served, served_by
from groups.queries.packs import limit, pack_book
from groups.queries.roster import names
from groups.queries.week import Week
from programs.models import Site
from staff.models import Person

ALONE, VIDEO = "Individual sessions", "By video"


@dataclass(frozen=True)
class Block:
    """One session on the calendar. ``limit`` and ``source``: how many may be there and where that is written, 0 where it is for
    one client; ``moved``: why, and from which date; ``over``: more are expected than may be there; ``clash``: another session is
    in its room at the same time; ``who``: whom an individual session is for."""

    line: DayLine
    on: date
    programs: tuple[str, ...]
    program_ids: tuple[int, ...]
    alone: bool
    limit: int
    source: str
    moved: str
    clash: str
    who: str = ""

    @property
    def over(self) -> bool:
        """More people are expected than may be in it."""
        return bool(self.limit) and self.line.expected > self.limit

    @property
    def leads(self) -> str:
        """'K. Danso, J. Marsh': short, as a week has little room."""
        return ", ".join(f"{name[0]}. {name.split()[-1]}" if " " in name else name for name in self.line.facilitators)

    @property
    def room(self) -> str:
        """The row it stands in by room."""
        return VIDEO if self.line.room == "Video" else self.line.room or "No room"

    @property
    def served(self) -> str:
        """The row it stands in by program."""
        return ALONE if self.alone else ", ".join(self.programs) or "No program"


@dataclass(frozen=True)
class Look:
    """What is asked to see: rows by ``room`` or ``program``, one program (None: all), only mine."""

    by: str = "room"
    program: int | None = None
    mine: bool = False

    def shows(self, block: Block) -> bool:
        """Whether this session is asked for."""
        return (not self.mine or block.line.mine) and (self.program is None or self.program in block.program_ids)


@dataclass(frozen=True)
class DayHead:
    """One day at the head of the week; ``holiday`` is its name, '' where it is none."""

    on: date
    today: bool
    holiday: str


@dataclass(frozen=True)
class WeekRow:
    """A room or a program, and its sessions of each of the seven days."""

    title: str
    cells: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class WeekGrid:
    """A week: seven days, a row for each room or program with sessions, and how many the look leaves out."""

    days: tuple[DayHead, ...]
    rows: tuple[WeekRow, ...]
    shown: int
    hidden: int
    programs: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class DaySheet:
    """A day: mine and the others', in order; its holiday, and how many the look leaves out."""

    on: date
    mine: tuple[Block, ...]
    others: tuple[Block, ...]
    holiday: str
    hidden: int
    programs: tuple[tuple[int, str], ...]


def blocks(site: Site, person: Person, since: datetime, until: datetime, at: datetime) -> list[Block]:
    """Every session that starts in a stretch, in order. Six queries at most, however many."""
    sessions = sessions_between(site, since, until)
    served = served_by(sessions)
    found = lines_of(sessions, site, person, since.astimezone(site.tz).date(), at, served)
    lines = {line.pk: line for line in (*found.mine, *found.others)}
    by: defaultdict[int, list[Served]] = defaultdict(list)
    for row in served:
        by[row.series_id].append(row)
    book = pack_book(site.pk)
    made = []
    for session in sessions:
        on = session.started_at.astimezone(site.tz).date()
        programs = by[session.series_id] if session.series_id else []
        levels = [(each.program_id, each.level) for each in programs]
        rule = limit(session.series, session.service, levels, book, on) if session.series else None
        made.append(
            Block(
                line=lines[session.pk], on=on, programs=tuple(each.program for each in programs),
                program_ids=tuple(each.program_id for each in programs), alone=session.series_id is None,
                limit=rule.most if rule else 0, source=rule.source if rule else "", moved=_moved(session, on),
                clash=_clash(session, sessions), who=_who(session),
            )
        )  # fmt: skip
    return made


def week_grid(site: Site, person: Person, week: Week, look: Look, at: datetime) -> WeekGrid:
    """The sessions of a week, day by day in rows. Seven queries at most, however many."""
    every = blocks(site, person, week.since, week.until, at)
    shown = [block for block in every if look.shows(block)]
    holidays = dict(site.holidays.filter(on__gte=week.monday, on__lte=week.last_day).values_list("on", "name"))
    days = [week.monday + timedelta(days=number) for number in range(7)]
    today = at.astimezone(site.tz).date()
    by: defaultdict[str, list[Block]] = defaultdict(list)
    for block in shown:
        by[block.served if look.by == "program" else block.room].append(block)
    rows = tuple(
        WeekRow(title, tuple(tuple(b for b in by[title] if b.on == day) for day in days))
        for title in sorted(by, key=_order)
    )
    heads = tuple(DayHead(day, day == today, holidays.get(day, "")) for day in days)
    return WeekGrid(heads, rows, len(shown), len(every) - len(shown), _programs(every))


def day_sheet(site: Site, person: Person, on: date, look: Look, at: datetime) -> DaySheet:
    """The sessions of a local day, mine first. Seven queries at most, however many."""
    since = datetime.combine(on, time.min, tzinfo=site.tz)
    until = datetime.combine(on + timedelta(days=1), time.min, tzinfo=site.tz)
    every = blocks(site, person, since, until, at)
    shown = [block for block in every if look.shows(block)]
    return DaySheet(
        on=on,
        mine=tuple(block for block in shown if block.line.mine),
        others=tuple(block for block in shown if not block.line.mine),
        holiday=site.holidays.filter(on=on).values_list("name", flat=True).first() or "",
        hidden=len(every) - len(shown),
        programs=_programs(every),
    )


def _programs(every: Iterable[Block]) -> tuple[tuple[int, str], ...]:
    """The programs that these sessions serve: id and name, by name."""
    found = {pk: name for block in every for pk, name in zip(block.program_ids, block.programs, strict=True)}
    return tuple(sorted(found.items(), key=lambda pair: pair[1]))


def _moved(session: Session, on: date) -> str:
    """'Snow', or 'from Mon 2 Mar: Snow' where it is on another date than its series says."""
    if not session.moved_why or session.cancelled_at is not None:
        return ""
    if session.occurs_on is None or session.occurs_on == on:
        return session.moved_why
    return f"from {session.occurs_on:%a %-d %b}: {session.moved_why}"


def _clash(session: Session, others: Sequence[Session]) -> str:
    """The name of another session in the same room at the same time; '' where there is none."""
    if session.by_video or not session.room or session.cancelled_at is not None:
        return ""
    for other in others:
        if other.pk == session.pk or other.cancelled_at is not None or other.by_video:
            continue
        if other.room == session.room and other.started_at < session.ended_at and session.started_at < other.ended_at:
            return other.name
    return ""


def _who(session: Session) -> str:
    return names([session.client])[session.client.pk] if session.client is not None else ""


def _order(title: str) -> tuple[bool, str]:
    return title in {ALONE, VIDEO, "No room", "No program"}, title.casefold()
