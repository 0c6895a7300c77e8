"""The trail of the last days, so that activity lines and the audit page have something to say."""

from datetime import datetime

from django.db.models import Model

from audit.models import Event
from beds.models import BedStay, CleaningJob, Hold
from config.demo.stage import DAY, HOUR, Stage
from emar.models import Administration
from programs.models import Site
from staff.models import Person
from staff.rules.capabilities import Role


def write(stage: Stage, doses: list[Administration]) -> None:
    """One event for each dose of the last hours, and each bed that changed in the last days."""
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


def _beds(stage: Stage) -> list[Event]:
    rows = []
    since = stage.now - 7 * DAY
    stays = BedStay.objects.select_related("bed__room__unit__site", "client")
    for stay in stays.filter(started_at__gte=since):
        site = stay.bed.room.unit.site
        by = stage.on_duty(site.slug, Role.INTAKE, stay.started_at)
        said = f"{stay.client.short_name} came to {_name(stay)}"
        rows.append(_event("beds.assign", stay, by, stay.started_at, site, said, stay.client_id, Role.INTAKE.label))
    for stay in stays.filter(ended_at__gte=since):
        site = stay.bed.room.unit.site
        assert stay.ended_at is not None
        by = stage.on_duty(site.slug, Role.INTAKE, stay.ended_at)
        said = f"{stay.client.short_name} left {_name(stay)}; it needs cleaning"
        rows.append(_event("beds.vacate", stay, by, stay.ended_at, site, said, stay.client_id, Role.INTAKE.label))
    for job in CleaningJob.objects.select_related("bed__room__unit__site", "accepted_by").filter(started_at__gte=since):
        if job.accepted_at and job.accepted_by:
            site, bed = job.bed.room.unit.site, _name(job)
            rows.append(
                _event("beds.accept_cleaning", job, job.accepted_by, job.accepted_at, site,
                       f"{job.accepted_by.signature} cleans {bed}", None, Role.HOUSEKEEPING.label)
            )  # fmt: skip
            if job.ended_at:
                said = f"{bed} cleaned, ready"
                rows.append(
                    _event(
                        "beds.finish_cleaning",
                        job,
                        job.accepted_by,
                        job.ended_at,
                        site,
                        said,
                        None,
                        Role.HOUSEKEEPING.label,
                    )
                )
    for hold in Hold.objects.select_related("bed__room__unit__site", "client", "by"):
        site = hold.bed.room.unit.site
        until = hold.ended_at.astimezone(site.tz)
        said = f"{_name(hold)} held for {hold.client.short_name} until {until:%a %H:%M}"
        rows.append(_event("beds.hold", hold, hold.by, hold.started_at, site, said, hold.client_id, Role.INTAKE.label))
    return rows


def _name(row: BedStay | CleaningJob | Hold) -> str:
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
