"""What planning needs: the series of a site, who leads, who is in care."""

from dataclasses import dataclass
from datetime import date, datetime

from groups.findings import clock
from groups.models import Holiday, Member, Pattern, Series, Session
from groups.packs import services
from groups.queries.packs import limit, pack_book, ratio
from groups.queries.roster import names
from groups.rules.pattern import in_words
from programs.models import Client, Episode, Placement, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, roles_with
from staff.rules.credentials import split_credentials


@dataclass(frozen=True)
class SeriesLine:
    """A series on the list: how it meets in words, for whom, how many places."""

    pk: int
    name: str
    meets: str
    programs: tuple[str, ...]
    service: str
    size_limit: int
    by_choice: bool
    ended: str


def series_list(site: Site) -> tuple[SeriesLine, ...]:
    """The series of a site, those that meet first, by name. Three queries."""
    rows = Series.objects.filter(site=site).prefetch_related("programs", "patterns").order_by("name", "pk")
    found = [series_line(row) for row in rows]
    return tuple(sorted(found, key=lambda line: bool(line.ended)))


def series_line(series: Series) -> SeriesLine:
    """One series (with its programs and patterns loaded)."""
    patterns = sorted(series.patterns.all(), key=lambda each: each.begins_on)
    service = services().get(series.service)
    return SeriesLine(
        pk=series.pk,
        name=series.name,
        meets=meets_words(patterns[-1]) if patterns else "no pattern: its sessions are planned one by one",
        programs=tuple(program.name for program in series.programs.all()),
        service=service.name if service else series.service,
        size_limit=series.size_limit,
        by_choice=series.by_choice,
        ended=f"{series.ended_on:%-d %b %Y}" if series.ended_on else "",
    )


def meets_words(pattern: Pattern) -> str:
    """'Mon, Wed, Fri 17:30, 180 min, Room C'."""
    where = "by video" if pattern.by_video else pattern.room
    return f"{in_words(pattern.rule)} {pattern.starts:%H:%M}, {pattern.minutes} min, {where}"


@dataclass(frozen=True)
class Limits:
    """How many may be in a group and for how many one facilitator is enough (0: nobody says), each with where it is written."""

    most: int
    source: str
    own: int
    ratio: int
    ratio_source: str


def limits_of(series: Series, on: date) -> Limits:
    """What counts for a series (with its programs loaded) on a date. One query."""
    book, programs = pack_book(series.site_id), [(each.pk, each.level) for each in series.programs.all()]
    size, staff = limit(series, series.service, programs, book, on), ratio(series.service, programs, book, on)
    return Limits(
        size.most, size.source, series.size_limit, staff.clients if staff else 0, staff.source if staff else ""
    )


@dataclass(frozen=True)
class Meeting:
    """A session on its series' page; ``on`` is its date by the series."""

    pk: int
    on: str
    when: str
    room: str
    topic: str
    cancelled: str
    moved: str


def next_meetings(series: Series, at: datetime, most: int = 12) -> tuple[Meeting, ...]:
    """The sessions of a series that are still to come. One query."""
    tz = series.site.tz
    rows = series.sessions.filter(ended_at__gt=at).order_by("started_at", "pk")[:most]
    return tuple(
        Meeting(
            row.pk,
            row.occurs_on.isoformat() if row.occurs_on else "",
            f"{row.started_at.astimezone(tz):%a %-d %b} {clock(row.started_at, tz)}",
            "Video" if row.by_video else row.room,
            row.topic,
            row.cancelled_why if row.cancelled_at else "",
            row.moved_why,
        )
        for row in rows
    )


def chosen(series: Series, at: datetime) -> tuple[tuple[int, str], ...]:
    """Who is chosen for a series now: id and name. One query."""
    rows = Member.objects.current(at).filter(series=series).select_related("client")
    return tuple(sorted(names(row.client for row in rows).items(), key=lambda pair: pair[1]))


def offered(series: Series, at: datetime) -> tuple[tuple[int, str], ...]:
    """Who could be chosen for a series: placed in its programs now and not chosen yet. Two queries."""
    taken = Member.objects.current(at).filter(series=series).values("client")
    placed = Placement.objects.current(at).filter(program__series=series).exclude(episode__client__in=taken)
    clients = {row.episode.client for row in placed.select_related("episode__client")}
    return tuple(sorted(names(clients).items(), key=lambda pair: pair[1]))


def guests_of(session: Session) -> tuple[tuple[int, str, bool], ...]:
    """Who was asked to a session besides: id, name, and whether they make up for another. One query."""
    rows = list(session.guests.filter(withdrawn_at=None).select_related("client").order_by("at", "pk"))
    called = names(row.client for row in rows)
    return tuple((row.client_id, called[row.client_id], row.repairs_id is not None) for row in rows)


def people_in_care(site: Site, at: datetime) -> list[tuple[int, str]]:
    """Everyone in a program of the site now: id and whole name, by last name. One query."""
    inside = Episode.objects.current(at).filter(placements__in=Placement.objects.current(at).filter(program__site=site))
    clients = Client.objects.filter(episodes__in=inside).distinct().order_by("last_name", "first_name", "pk")
    return [(who.pk, f"{who.last_name}, {who.preferred_name or who.first_name}") for who in clients]


def staff_of(site: Site, at: datetime) -> list[tuple[int, str]]:
    """Whoever may run groups at the site now: id, name and credentials. One query."""
    held = RoleAssignment.objects.filter(site=site, role__in=[r.value for r in roles_with(Capability.RUN_GROUPS)])
    now = held.filter(started_at__lte=at).exclude(ended_at__lte=at)
    people = Person.objects.filter(assignments__in=now, is_active=True).distinct().order_by("name", "pk")
    return [(who.pk, ", ".join([who.name, *split_credentials(who.credentials)])) for who in people]


def holidays_ahead(site: Site, at: datetime) -> tuple[Holiday, ...]:
    """The holidays still to come. One query."""
    return tuple(site.holidays.filter(on__gte=at.astimezone(site.tz).date()).order_by("on"))
