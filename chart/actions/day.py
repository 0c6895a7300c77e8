"""A person finishes the report of a site's 24 hours. What was finished is never changed; what is known later is a new report."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import DayReport
from chart.queries.day import as_content, day_of
from programs.models import Site
from programs.rules.dates import said
from staff.access import require
from staff.models import Person, Signature
from staff.rules.capabilities import Capability

LONGEST = 4000


def _finished(kwargs: Mapping[str, Any]) -> Finding:
    return stop("day.finished", "Somebody finished this day just now. Reload the page to read it.")


@action("day.finish", explain={"chart_day_report_once": _finished, "chart_dayreport_corrects_id_key": _finished})
def finish_day(
    *, by: Person, at: datetime, site_id: int, on: date, comment: str, corrects_id: int | None = None, key: UUID | None = None
) -> DayReport:  # fmt: skip
    """Finish a day that is over, with a comment, signed. ``corrects_id`` is the report that stood before: it is answered anew.

    Raises Refused (``day.running``, ``day.comment``, ``day.finished``), NotAllowed, Site.DoesNotExist.
    """
    require(by, Capability.FINISH_DAY, site_id, at)
    site = Site.objects.select_for_update(of=("self",), no_key=True).get(pk=site_id)
    day = day_of(site, on, at)
    findings = []
    if not day.over:
        findings.append(stop("day.running", f"{said(on)} is not over. Finish it from midnight on."))
    if not 1 <= len(comment.strip()) <= LONGEST or "\x00" in comment:
        findings.append(
            stop("day.comment", f"Say in your own words what the day was like, in at most {LONGEST:,} characters.")
        )
    if (day.finished.pk if day.finished else None) != corrects_id:
        findings.append(_finished({}))
    if findings:
        raise Refused(*findings)

    content = as_content(day) | {"comment": comment.strip()}
    sealed = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    made = DayReport.objects.create(
        site=site, on=on, comment=comment.strip(), content=content, sha256=sealed, at=at, by=by, corrects_id=corrects_id
    )
    Signature.objects.create(
        person=by, credentials=by.credentials, meaning="author", subject_kind=made._meta.label, subject_id=made.pk,
        content_sha256=sealed, at=at,
    )  # fmt: skip
    trail.record("day.finish", by=by, at=at, subject=made, site_id=site.pk, summary=f"Report of {said(on)} finished")
    return made
