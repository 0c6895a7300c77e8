"""Stand on the trail for an export of the whole organisation: when it began, and what came of it."""

from collections.abc import Mapping
from datetime import datetime

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from programs.models import Organisation
from staff.models import Person

LEAST = 10  # characters of a reason


@action("organisation.export_begun")
def begin_export(*, by: Person, at: datetime, why: str, where: str) -> Organisation:
    """Say who exports everything, and why. Raises Refused for somebody who left, or without a reason.

    The program's own copy of its own records is no disclosure (42 CFR 2.12(c)(3)); whoever runs the machine may make it.
    """
    organisation = Organisation.objects.order_by("pk").first()
    if organisation is None:
        raise Refused(stop("export.nothing", "There is no organisation yet, so there is nothing to export."))
    if not by.is_active:
        raise Refused(stop("export.by", "Name somebody who works here now: --by USERNAME."))
    if len(why.strip()) < LEAST:
        raise Refused(stop("export.why", "Say why everything is exported, in a sentence: --why '...'."))

    _told(
        "organisation.export_begun",
        organisation,
        by,
        at,
        f"Export of everything begun: {why.strip()}",
        {"where": where},
    )
    return organisation


@action("organisation.exported")
def end_export(*, by: Person, at: datetime, counts: Mapping[str, int], sha256: str) -> Organisation:
    """Say what was written; ``sha256`` is of the manifest, which names every file."""
    organisation = Organisation.objects.order_by("pk")[0]

    words = f"Everything exported: {counts.get('Patient', 0)} clients, {sum(counts.values())} lines"
    _told("organisation.exported", organisation, by, at, words, {"counts": dict(counts), "manifest": sha256})
    return organisation


def _told(verb: str, about: Organisation, by: Person, at: datetime, words: str, detail: Mapping[str, object]) -> None:
    trail.record(verb, by=by, at=at, subject=about, site_id=None, summary=words, detail=detail)
