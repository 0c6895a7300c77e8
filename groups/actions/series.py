"""Plan a group that meets again and again: begin it, change it from a date on, end it, keep holidays, choose its members.

Changing 'this session only' is ``sessions.move`` and ``sessions.cancel``; 'this and all following' is ``change_series`` from its
date; 'all' is ``change_series`` from today: what has been stays as it was.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from groups.actions.planning import relead, rewrite, rewrite_holiday
from groups.models import Holiday, Member, Pattern, Series, Topic
from groups.packs import services
from groups.queries.change import leads_on
from groups.rules.recurrence import rule_findings
from programs.models import Client, Program, Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

PLAN = Capability.PLAN_GROUPS


@dataclass(frozen=True)
class When:
    """When and where a series meets: an RFC 5545 rule of whole days, the site's clock, real minutes."""

    rule: str
    starts: time
    minutes: int
    room: str
    by_video: bool = False
    leads: Collection[int] = ()


@action("groups.begin_series")
def begin_series(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    name: str,
    programs: Collection[int],
    service: str,
    size_limit: int,
    begins_on: date,
    when: When,
    topics: Iterable[str] = (),
    credentials: str = "",
    by_choice: bool = False,
    meets_on_holidays: bool = False,
    key: UUID | None = None,
) -> Series:
    """Plan a new group and write its next four weeks out. Raises Refused with everything that is wrong at once."""
    site = Site.objects.get(pk=site_id)
    require(by, PLAN, site.pk, at)
    found = _when_findings(when, begins_on) + _start_findings(begins_on, at, site)
    if not name.strip():
        found.append(stop("series.no_name", "Give the group a name."))
    served = list(Program.objects.filter(pk__in=programs, site=site))
    if not served:
        found.append(stop("series.no_program", "Choose at least one program of this site that the group serves."))
    if service not in services():
        found.append(stop("series.no_service", "Choose the service that the group is."))
    if size_limit < 1:
        found.append(stop("series.no_places", "A group has at least one place."))
    if found:
        raise Refused(*found)

    series = Series.objects.create(
        site=site, name=name.strip(), size_limit=size_limit, service=service, credentials=credentials.strip(),
        by_choice=by_choice, meets_on_holidays=meets_on_holidays,
    )  # fmt: skip
    series.programs.set(served)
    _topics(series, topics)
    _pattern(series, when, begins_on, by)
    added, *_ = rewrite(series, begins_on, at)
    trail.record(
        "groups.begin_series", by=by, at=at, subject=series, site_id=site.pk,
        summary=f"{series.name} meets from {begins_on:%-d %b %Y}", detail={"rule": when.rule, "sessions": added},
    )  # fmt: skip
    return series


@action("groups.change_series")
def change_series(
    *, by: Person, at: datetime, series_id: int, from_on: date, when: When, key: UUID | None = None
) -> Series:  # fmt: skip
    """Meet otherwise from a date on: this session's date for 'this and all following', today for 'all'.

    Sessions moved or cancelled by hand stay as they are, and so does what has begun, was marked or written about.
    """
    series = _locked(series_id)
    require(by, PLAN, series.site_id, at)
    found = change_findings(series, from_on, when, at)
    if found:
        raise Refused(*found)

    led = leads_on(series, from_on)
    _cut(series, from_on)
    _pattern(series, when, from_on, by)
    added, changed, cancelled = rewrite(series, from_on, at)
    relead(series, from_on, at, goes=led - set(when.leads), joins=set(when.leads) - led)
    trail.record(
        "groups.change_series", by=by, at=at, subject=series, site_id=series.site_id,
        summary=f"{series.name} changed from {from_on:%-d %b %Y}",
        detail={"rule": when.rule, "added": added, "changed": changed, "cancelled": cancelled},
    )  # fmt: skip
    return series


@action("groups.end_series")
def end_series(*, by: Person, at: datetime, series_id: int, ends_on: date, key: UUID | None = None) -> Series:
    """Meet no more from a date on; what was planned after it is cancelled."""
    series = _locked(series_id)
    require(by, PLAN, series.site_id, at)
    found = end_findings(series, ends_on, at)
    if found:
        raise Refused(*found)

    _cut(series, ends_on)
    series.ended_on = ends_on
    series.save(update_fields=["ended_on"])
    *_, cancelled = rewrite(series, ends_on, at)
    trail.record(
        "groups.end_series", by=by, at=at, subject=series, site_id=series.site_id,
        summary=f"{series.name} ends on {ends_on:%-d %b %Y}", detail={"cancelled": cancelled},
    )  # fmt: skip
    return series


def change_findings(series: Series, from_on: date, when: When, at: datetime) -> list[Finding]:
    """What stands against meeting otherwise from a date on; asked before the preview and under lock."""
    found = _when_findings(when, from_on) + _start_findings(from_on, at, series.site)
    if series.ended_on is not None and from_on >= series.ended_on:
        found.append(stop("series.ended", f"{series.name} ended on {series.ended_on:%-d %B}. Begin a new group."))
    return found


def end_findings(series: Series, ends_on: date, at: datetime) -> list[Finding]:
    """What stands against meeting no more from a date on."""
    found = _start_findings(ends_on, at, series.site)
    if series.ended_on is not None and ends_on >= series.ended_on:
        found.append(stop("series.ended", f"{series.name} ends on {series.ended_on:%-d %B} already."))
    return found


@action("groups.keep_holiday")
def keep_holiday(*, by: Person, at: datetime, site_id: int, on: date, name: str, key: UUID | None = None) -> Holiday:
    """No group meets on a date, but for those that meet on holidays. The same date again renames it."""
    site = Site.objects.get(pk=site_id)
    require(by, PLAN, site.pk, at)
    found = _start_findings(on, at, site)
    if not name.strip():
        found.append(stop("holiday.no_name", "Say which holiday it is."))
    if found:
        raise Refused(*found)

    row, _ = Holiday.objects.update_or_create(site=site, on=on, defaults={"name": name.strip()[:80]})
    rewrite_holiday(site, on, at)
    trail.record(
        "groups.keep_holiday", by=by, at=at, subject=row, site_id=site.pk, summary=f"{row.name}, {on:%-d %b %Y}"
    )
    return row


@action("groups.drop_holiday")
def drop_holiday(*, by: Person, at: datetime, site_id: int, on: date, key: UUID | None = None) -> Site:
    """Meet on a date after all; the sessions it cancelled meet again."""
    site = Site.objects.get(pk=site_id)
    require(by, PLAN, site.pk, at)
    found = _start_findings(on, at, site)
    if found:
        raise Refused(*found)

    Holiday.objects.filter(site=site, on=on).delete()
    rewrite_holiday(site, on, at)
    trail.record(
        "groups.drop_holiday", by=by, at=at, subject=site, site_id=site.pk, summary=f"No holiday on {on:%-d %b %Y}"
    )
    return site


@action("groups.choose_member", explain={"groups_member_once": lambda kwargs: _chosen_already()})
def choose_member(*, by: Person, at: datetime, series_id: int, client_id: int, key: UUID | None = None) -> Member:
    """Choose a client for a group that is by choice. They are expected while its programs place them."""
    client = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
    series = _locked(series_id)
    require(by, Capability.RUN_GROUPS, series.site_id, at)
    if client.organisation_id != series.site.organisation_id:
        raise Client.DoesNotExist
    if not series.by_choice:
        message = f"{series.name} is for everyone in its programs: nobody is chosen for it."
        raise Refused(stop("member.not_by_choice", message))
    if Member.objects.current(at).filter(series=series, client=client).exists():
        raise Refused(_chosen_already())

    row = Member.objects.create(series=series, client=client, started_at=at, by=by)
    trail.record(
        "groups.choose_member", by=by, at=at, subject=row, site_id=series.site_id, client_id=client.pk,
        summary=f"{client.initials} chosen for {series.name}",
    )  # fmt: skip
    return row


@action("groups.let_go")
def let_go(*, by: Person, at: datetime, series_id: int, client_id: int, key: UUID | None = None) -> Member:
    """End a client's choice for a group, from now on. Raises Member.DoesNotExist where they are not in it."""
    series = _locked(series_id)
    require(by, Capability.RUN_GROUPS, series.site_id, at)
    row = Member.objects.current(at).select_for_update(of=("self",)).get(series=series, client_id=client_id)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    trail.record(
        "groups.let_go", by=by, at=at, subject=row, site_id=series.site_id, client_id=client_id,
        summary=f"No longer in {series.name}",
    )  # fmt: skip
    return row


def _locked(series_id: int) -> Series:
    return Series.objects.select_for_update(of=("self",), no_key=True).select_related("site").get(pk=series_id)


def _chosen_already() -> Finding:
    return stop("member.chosen", "They were chosen for this group already.")


def _when_findings(when: When, begins_on: date) -> list[Finding]:
    found = rule_findings(when.rule, begins_on)
    if not 1 <= when.minutes <= 720:
        found.append(stop("series.length", "A session lasts from 1 minute to 12 hours."))
    if not when.room.strip() and not when.by_video:
        found.append(stop("series.no_room", "Say in which room the group meets, or that it meets by video."))
    return found


def _start_findings(on: date, at: datetime, site: Site) -> list[Finding]:
    today = at.astimezone(site.tz).date()
    if on >= today:
        return []
    return [stop("series.past", f"{on:%-d %B} has passed, and what has been stays as it was. Choose today or later.")]


def _cut(series: Series, on: date) -> None:
    """End the pattern that holds a date there, and take out what would have begun later."""
    series.patterns.filter(begins_on__gte=on).delete()
    for pattern in series.patterns.filter(ends_on=None) | series.patterns.filter(ends_on__gt=on):
        pattern.ends_on = on
        pattern.save(update_fields=["ends_on"])


def _pattern(series: Series, when: When, begins_on: date, by: Person) -> Pattern:
    pattern = Pattern.objects.create(
        series=series, rule=when.rule.upper(), starts=when.starts, minutes=when.minutes, room=when.room.strip(),
        by_video=when.by_video, begins_on=begins_on, by=by,
    )  # fmt: skip
    pattern.leads.set(when.leads)
    return pattern


def _topics(series: Series, titles: Iterable[str]) -> None:
    kept = [title.strip()[:120] for title in titles if title.strip()]
    Topic.objects.bulk_create(Topic(series=series, position=number, title=title) for number, title in enumerate(kept))
