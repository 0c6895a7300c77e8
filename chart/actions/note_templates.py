"""Change what notes ask for at an organisation, and when they are late. Notes that were signed keep what they were asked."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import NotePolicy, NoteTemplate
from chart.queries.note_templates import late_after, templates
from chart.rules.note_templates import Template, check
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _both(kwargs: Any) -> Finding:
    return stop(
        "template.changed", "Somebody changed this template at the same moment. Look at it again, then change it."
    )


@action("chart.keep_template", explain={"chart_template_version_once": _both})
def keep_template(
    *, by: Person, at: datetime, site_id: int, template: Template, key: UUID | None = None
) -> NoteTemplate:
    """Write the next version of a template (``template.version``), which counts from now on at the whole organisation.

    Refused: what ``chart.rules.note_templates.check`` finds; ``template.changed`` where another version came meanwhile;
    ``template.taken`` where a new one has the code of one that is there.
    """
    site = Site.objects.get(pk=site_id)
    require(by, Capability.KEEP_NOTES, site.pk, at)
    standing = templates(site.organisation_id).get(template.code)
    findings = check(template)
    if standing is not None and template.version == 1:
        findings.append(stop("template.taken", f"There is a template {standing.name} already: change that one."))
    elif template.version != (standing.version + 1 if standing else 1):
        findings.append(_both({}))
    if findings:
        raise Refused(*findings)

    row = NoteTemplate.objects.create(
        organisation_id=site.organisation_id, code=template.code, version=template.version, name=template.name,
        line=template.line, kind=template.kind, fields=[asdict(each) for each in template.fields],
        asks_times=template.asks_times, asks_goal=template.asks_goal, in_use=template.in_use, written_at=at, by=by,
    )  # fmt: skip
    trail.record(
        "chart.keep_template", by=by, at=at, subject=row, site_id=site.pk,
        summary=f"Note template {row.name}, version {row.version}{'' if row.in_use else ', no longer in use'}",
    )  # fmt: skip
    return row


@action("chart.keep_note_policy")
def keep_policy(*, by: Person, at: datetime, site_id: int, late_hours: int, key: UUID | None = None) -> NotePolicy:
    """Say from how many hours on a note of the organisation is a late entry (1 to 720)."""
    site = Site.objects.get(pk=site_id)
    require(by, Capability.KEEP_NOTES, site.pk, at)
    if not 1 <= late_hours <= 720:
        raise Refused(stop("note_policy.hours", "Give the hours as a number from 1 to 720 (30 days)."))

    before = late_after(site.organisation_id, at)
    row = NotePolicy.objects.create(organisation_id=site.organisation_id, late_hours=late_hours, written_at=at, by=by)
    trail.record(
        "chart.keep_note_policy", by=by, at=at, subject=row, site_id=site.pk,
        summary=f"A note is a late entry after {late_hours} hours (before: {int(before.total_seconds() // 3600)})",
    )  # fmt: skip
    return row
