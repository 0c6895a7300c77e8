"""One client's week as a ledger: every session, the minutes that count, the units they make, and the week they add up to."""

from dataclasses import dataclass
from datetime import date, datetime

from groups.findings import clock
from groups.models import Attendance, Presence
from groups.packs import services
from groups.queries.packs import pack_book
from groups.queries.shortfall import made_up
from groups.queries.week import Week, counted, stands, summed
from groups.rules.minutes import AttendanceStatus, UnitKind, WeekProgress, said_units, units
from programs.models import Client, Placement, Site
from programs.people import ids_of


@dataclass(frozen=True)
class LedgerLine:
    """One session of the week; ``units`` says how its minutes became units ('' where the day counts as a whole)."""

    session_id: int
    on: date
    starts: str
    ends: str
    name: str
    service: str
    status: str
    minutes: int
    units: str
    made_up: str


@dataclass(frozen=True)
class ServiceSum:
    """A service's minutes and units in the week."""

    code: str
    name: str
    cls: str
    minutes: int
    units: int
    source: str


@dataclass(frozen=True)
class Ledger:
    """A client's week at a site; ``source`` says where its weekly minimum is written ('' without one)."""

    client_id: int
    week: Week
    progress: WeekProgress
    program: str
    level: str
    payer: str
    source: str
    lines: tuple[LedgerLine, ...]
    by_day: tuple[tuple[date, int], ...]
    by_service: tuple[ServiceSum, ...]

    @property
    def by_class(self) -> dict[str, int]:
        """Minutes by service class."""
        found: dict[str, int] = {}
        for row in self.by_service:
            found[row.cls] = found.get(row.cls, 0) + row.minutes
        return found


def ledger(client: Client, site: Site, week: Week, at: datetime) -> Ledger:
    """A client's week. Eight queries, however long they have been here, and whichever of their records it is written in."""
    tz = site.tz
    ids = ids_of(client)
    marks = list(
        Attendance.objects.filter(
            client__in=ids, session__started_at__gte=week.since, session__started_at__lt=week.until
        )
        .order_by("session_id", "-version")
        .distinct("session_id")
        .select_related("session__series")
    )
    marks.sort(key=lambda mark: mark.session.started_at)
    presences = Presence.objects.filter(client__in=ids, session__in=[mark.session_id for mark in marks])
    minutes = {row.session_id: int((row.ended_at - row.started_at).total_seconds() // 60) for row in presences}
    done = summed(counted(ids, week).values())
    moment = min(max(at, week.since), week.until)
    placement = (
        Placement.objects.filter(episode__client__in=ids, started_at__lt=week.until, program__site=site)
        .exclude(ended_at__lte=week.since)
        .select_related("program", "episode")
        .order_by("kind", "started_at")
        .last()
    )
    book = pack_book(site.pk)
    on = min(moment.astimezone(tz).date(), week.last_day)
    program, level, payer = (
        (placement.program, placement.level, placement.episode.payer) if placement else (None, "", "")
    )
    packs = book.packs(on, [program.pk] if program else [], [payer])
    repaired = made_up(ids, list(minutes) + [mark.session_id for mark in marks], at, site)
    lines = []
    for mark in marks:
        session, status = mark.session, AttendanceStatus(mark.status)
        service, counts = services().get(session.service), minutes.get(mark.session_id, 0)
        rule = packs.units(service, on)[0] if service else None
        said = said_units(counts, rule) if rule and rule.kind is not UnitKind.DIEM else ""
        lines.append(
            LedgerLine(
                session_id=session.pk,
                on=session.started_at.astimezone(tz).date(),
                starts=clock(session.started_at, tz),
                ends=clock(session.ended_at, tz),
                name=session.name,
                service=session.service,
                status=status.label,
                minutes=counts,
                units=said,
                made_up=str(repaired.get((mark.client_id, session.pk), "")),
            )
        )
    sums = []
    for code, total in sorted(done.by_service.items()):
        service = services().get(code)
        if service is None:
            continue
        rule, source = packs.units(service, on)
        if rule.kind is UnitKind.DIEM:
            made = sum(units(value, rule) for (_, each), value in done.by.items() if each == code)
        else:
            made = sum(units(minutes.get(line.session_id, 0), rule) for line in lines if line.service == code)
        sums.append(ServiceSum(code, service.name, service.cls, total, made, source))
    return Ledger(
        client_id=client.pk,
        week=week,
        progress=stands(done, program, level, book, on, payer),
        program=program.name if program else "",
        level=level,
        payer=payer,
        source=packs.week_source(level, on, program.weekly_minutes) if program else "",
        lines=tuple(lines),
        by_day=tuple(sorted(done.by_day.items())),
        by_service=tuple(sums),
    )
