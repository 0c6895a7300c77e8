"""Write a series' sessions out ahead: what its patterns say becomes rows, again and again the same ones.

A session's identity is the date its rule gave it. What was moved or cancelled by hand, has begun, was marked or written about
is left as it is; everything else follows the pattern.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from groups.models import Facilitator, Pattern, Series, Session, Topic
from groups.queries.change import AHEAD, facts_of, meets_of, slot_of, written_out
from groups.rules.follow import Fate, Slot, fate
from groups.rules.recurrence import dates, times
from programs.models import Site

FURTHEST = timedelta(days=366)  # how far a page may ask
NO_LONGER = "The series does not meet on this day any more."


def ensure_planned(site: Site, until: date, at: datetime) -> int:
    """Write out what a site's series have not written out up to a date (exclusive); how many series were. One query if none.

    Pages call it before they read a day; it may run twice at once and any number of times.
    """
    today = at.astimezone(site.tz).date()
    until = min(until, today + FURTHEST)
    behind = Series.objects.filter(site=site, patterns__isnull=False).filter(
        Q(planned_until=None) | Q(planned_until__lt=until)
    )
    found = list(behind.order_by("pk").distinct().values_list("pk", flat=True))
    for pk in found:
        with transaction.atomic():
            series = Series.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=pk)
            if series.planned_until is None or series.planned_until < until:
                write_out(series, series.planned_until or today, until, at)
    return len(found)


def write_out(series: Series, since: date, until: date, at: datetime) -> tuple[int, int, int]:
    """Make the sessions from a date up to another (exclusive) what the patterns say: how many were added, changed, cancelled.

    The caller holds the series locked. Sessions keep their pages: one that does not meet any more is cancelled, not deleted,
    and meets again where the pattern comes back to its day.
    """
    holidays = {} if series.meets_on_holidays else dict(series.site.holidays.values_list("on", "name"))
    wanted = _wanted(series, since, until, holidays)
    stored = written_out(series, since, until)
    wishes = {on: slot_of(series, pattern, on) for on, pattern in wanted.items()}
    changed = cancelled = 0
    for on, session in stored.items():
        what = fate(facts_of(session), wishes.get(on), at)
        if what in {Fate.CHANGED, Fate.AGAIN}:
            _follow(session, wishes[on], wanted[on])
            changed += 1
        elif what is Fate.CANCELLED:
            session.cancelled_at = at
            session.cancelled_why = f"{holidays[on]}." if on in holidays else NO_LONGER
            session.save(update_fields=["cancelled_at", "cancelled_why"])
            cancelled += 1
    added = _add(series, [(on, wanted[on]) for on in sorted(set(wanted) - set(stored))], at)
    if series.planned_until is None or series.planned_until < until:
        series.planned_until = until
        series.save(update_fields=["planned_until"])
    return added, changed, cancelled


def _wanted(series: Series, since: date, until: date, holidays: Iterable[date]) -> dict[date, Pattern]:
    off = frozenset(holidays)
    return {
        on: pattern
        for pattern in series.patterns.prefetch_related("leads")
        for on in dates(meets_of(pattern), since, until, off)
    }


def _follow(session: Session, wish: Slot, pattern: Pattern) -> None:
    """Give a planned session its pattern's times, place and leads."""
    now = (wish.started_at, wish.ended_at, wish.room, wish.by_video, wish.service, None, "")
    fields = ("started_at", "ended_at", "room", "by_video", "service", "cancelled_at", "cancelled_why")
    for field, value in zip(fields, now, strict=True):
        setattr(session, field, value)
    session.save(update_fields=list(fields))
    leads = set(pattern.leads.values_list("pk", flat=True))
    Facilitator.objects.filter(session=session).exclude(person__in=leads).delete()
    Facilitator.objects.bulk_create([Facilitator(session=session, person_id=pk) for pk in leads], ignore_conflicts=True)


def _add(series: Series, missing: list[tuple[date, Pattern]], at: datetime) -> int:
    """New sessions on these dates that have not begun, their topics in turn after the last one's."""
    titles = list(Topic.objects.filter(series=series).order_by("position").values_list("title", flat=True))
    number = _next_topic(series, missing[0][0], titles) if missing and titles else 0
    made = 0
    for on, pattern in missing:
        begins, ends = times(on, pattern.starts, pattern.minutes, series.site.tz)
        if begins <= at:
            continue  # nothing is planned into the past
        session = Session.objects.create(
            series=series, site=series.site, service=series.service, room=pattern.room, by_video=pattern.by_video,
            topic=titles[number % len(titles)] if titles else "", started_at=begins, ended_at=ends, occurs_on=on, planned=True,
        )  # fmt: skip
        number += 1
        Facilitator.objects.bulk_create(Facilitator(session=session, person=lead) for lead in pattern.leads.all())
        made += 1
    return made


def _next_topic(series: Series, on: date, titles: list[str]) -> int:
    """The place in the curriculum after the last session before a date that had one of its topics."""
    last = (
        series.sessions.filter(occurs_on__lt=on, topic__in=titles)
        .order_by("-occurs_on")
        .values_list("topic", flat=True)
        .first()
    )
    return titles.index(last) + 1 if last in titles else 0


def rewrite(series: Series, since: date, at: datetime) -> tuple[int, int, int]:
    """After a change: everything from a date on that is written out, and at least ``AHEAD``."""
    today = at.astimezone(series.site.tz).date()
    until = max(series.planned_until or today, today + AHEAD)
    return write_out(series, max(since, today), until, at)


def relead(series: Series, since: date, at: datetime, *, goes: Collection[int], joins: Collection[int]) -> None:
    """Other people lead what still follows the pattern from a date on; a colleague somebody added to one session stays."""
    rows = written_out(series, since, series.planned_until or since).values()
    open_ones = [row for row in rows if fate(facts_of(row), facts_of(row).slot, at) in {Fate.SAME, Fate.AGAIN}]
    Facilitator.objects.filter(session__in=open_ones, person__in=goes).delete()
    added = [Facilitator(session=row, person_id=pk) for row in open_ones for pk in sorted(joins)]
    Facilitator.objects.bulk_create(added, ignore_conflicts=True)


def rewrite_holiday(site: Site, on: date, at: datetime) -> None:
    """After a holiday came or went: what the site's series planned on that day."""
    written = Series.objects.filter(site=site, planned_until__gt=on).order_by("pk")
    for series in written.select_for_update(of=("self",), no_key=True).select_related("site"):
        write_out(series, on, on + timedelta(days=1), at)
