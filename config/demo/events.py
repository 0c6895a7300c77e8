"""The trail of the last days, so that activity lines and the audit page have something to say."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Model

from audit.models import Event
from beds.models import BedStay, CleaningJob, Closure, Hold
from config.demo.stage import DAY, HOUR, Stage
from emar.models import Administration
from programs.models import ExpectedDischarge, Leave, Site
from programs.placed import told
from staff.models import Person
from staff.rules.capabilities import Role


def write(stage: Stage, doses: list[Administration]) -> None:
    """One event for each dose of the last hours, and for what happened to beds and leaves in the last days."""
    rows = [*_doses(stage, doses), *_beds(stage)]
    rows.sort(key=lambda row: row.at)
    Event.objects.bulk_create(rows, batch_size=2_000)


def _doses(stage: Stage, doses: list[Administration]) -> list[Event]:
    recent = [row for row in doses[-400:] if row.given_at > stage.now - 20 * HOUR]
    sites = {program.pk: program.site for program in stage.programs.values()}
    programs = {path.care.pk: stage.programs[path.steps[-1].program].pk for path in stage.paths}
    return [
        _event(
            "emar.administer",
            row,
            row.by,
            row.given_at,
            sites[programs[row.order.episode_id]],
            f"{row.order.medication}: {row.get_outcome_display().lower()}",
            row.order.client_id,
            Role.NURSE.label,
        )
        for row in recent
    ]


def _beds(stage: Stage) -> Iterator[Event]:
    since = stage.now - 7 * DAY
    yield from _stays(stage, since)
    yield from _cleaning(since)
    yield from _holds(stage, since)
    yield from _leaves(stage, since)


def _stays(stage: Stage, since: datetime) -> Iterator[Event]:
    stays = BedStay.objects.select_related("bed__room__unit__site", "client")
    for stay in stays.filter(started_at__gte=since):
        site = stay.bed.room.unit.site
        by = stage.on_duty(site.slug, Role.INTAKE, stay.started_at)
        said = f"{stay.client.short_name} came to {_name(stay)}"
        yield _event("beds.assign", stay, by, stay.started_at, site, said, stay.client_id, Role.INTAKE.label)
    for stay in stays.filter(ended_at__gte=since):
        site = stay.bed.room.unit.site
        assert stay.ended_at is not None
        by = stage.on_duty(site.slug, Role.INTAKE, stay.ended_at)
        said = f"{stay.client.short_name} left {_name(stay)}; it needs cleaning"
        yield _event("beds.vacate", stay, by, stay.ended_at, site, said, stay.client_id, Role.INTAKE.label)


def _cleaning(since: datetime) -> Iterator[Event]:
    for job in CleaningJob.objects.select_related("bed__room__unit__site", "accepted_by").filter(started_at__gte=since):
        by, site, bed = job.accepted_by, job.bed.room.unit.site, _name(job)
        if job.accepted_at is None or by is None:
            continue
        role = Role.HOUSEKEEPING.label
        said = f"{by.signature} cleans {bed}"
        yield _event("beds.accept_cleaning", job, by, job.accepted_at, site, said, None, role)
        if job.ended_at is not None and job.handed_back:
            said = f"{bed} waits for cleaning again"
            yield _event("beds.hand_back_cleaning", job, by, job.ended_at, site, said, None, role)
        elif job.ended_at is not None:
            yield _event("beds.finish_cleaning", job, by, job.ended_at, site, f"{bed} cleaned, ready", None, role)


def _holds(stage: Stage, since: datetime) -> Iterator[Event]:
    holds = Hold.objects.select_related("bed__room__unit__site", "client", "by", "after__client")
    for hold in holds.filter(started_at__gte=since):
        site = hold.bed.room.unit.site
        after = f", after {hold.after.client.initials} leaves" if hold.after else ""
        until = hold.until.astimezone(site.tz)
        said = f"{_name(hold)} held for {hold.client.short_name} until {until:%a %-d %b %H:%M}{after}"
        yield _event("beds.hold", hold, hold.by, hold.started_at, site, said, hold.client_id, Role.INTAKE.label)
    for closure in Closure.objects.select_related("bed__room__unit__site").filter(started_at__gte=since):
        site = closure.bed.room.unit.site
        by = stage.on_duty(site.slug, Role.INTAKE, closure.started_at)
        said = f"{_name(closure)} out of service: {closure.why}"
        yield _event("beds.close", closure, by, closure.started_at, site, said, None, Role.INTAKE.label)


def _leaves(stage: Stage, since: datetime) -> Iterator[Event]:
    """Who went and came back, and when people are expected to leave."""
    sites = {path.care.pk: stage.programs[path.steps[-1].program].site for path in stage.paths}
    began = set(Leave.objects.values_list("episode_id", "started_at"))
    for leave in Leave.objects.select_related("episode__client").filter(started_at__gte=since).order_by("pk"):
        site, client = sites[leave.episode_id], leave.episode.client
        by = stage.on_duty(site.slug, Role.NURSE, leave.started_at)
        kind = leave.get_kind_display().lower()
        said = f"{client.short_name} {kind}, expected back {told(leave.expected_at, site.tz)}"
        yield _event("admissions.leave", leave, by, leave.started_at, site, said, client.pk, Role.NURSE.label)
        if (leave.episode_id, leave.ended_at) in began:
            continue  # it was only expected to end later
        if leave.ended_at is not None:
            by = stage.on_duty(site.slug, Role.NURSE, leave.ended_at)
            said = f"{client.short_name} came back ({kind})"
            yield _event("admissions.come_back", leave, by, leave.ended_at, site, said, client.pk, Role.NURSE.label)
    recent = ExpectedDischarge.objects.select_related("episode__client", "by").filter(started_at__gte=since)
    for row in recent.order_by("pk"):
        site, client = sites[row.episode_id], row.episode.client
        said = f"{client.short_name} expected to leave {told(row.expected_at, site.tz)}"
        yield _event("admissions.expect", row, row.by, row.started_at, site, said, client.pk, Role.DIRECTOR.label)


def _name(row: BedStay | CleaningJob | Hold | Closure) -> str:
    return f"{row.bed.room.unit.name} {row.bed.room.name}-{row.bed.label}"


def _event(
    verb: str, subject: Model, by: Person, at: datetime, site: Site, summary: str, client_id: int | None, role: str
) -> Event:
    return Event(
        at=at,
        verb=verb,
        by_id=by.pk,
        by_name=by.signature,
        as_role=role,
        site_id=site.pk,
        client_id=client_id,
        subject_kind=subject._meta.label,
        subject_id=subject.pk,
        summary=summary,
    )
