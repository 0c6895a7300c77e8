"""Give medications a code of their own to print on bins and unit doses, where they have none yet."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from audit.actions import action
from audit.models import Event
from audit.rules.findings import Refused, stop
from audit.trail import record
from emar.models import Barcode, Medication
from emar.queries.labels import in_use
from programs.bands import fresh_code
from programs.models import Site
from programs.rules.codes import LABEL
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

MOST = 60
"""Medications in one printing."""


@action("emar.print_labels")
def print_labels(
    *, by: Person, at: datetime, site_id: int, medications: Collection[int], key: UUID | None = None
) -> Event:
    """Make sure that each medication has a site label in use, and record that labels are printed. Returns the event.

    A medication that has a site label keeps it: what was printed before goes on naming it. Raises Refused and NotAllowed.
    """
    require(by, Capability.LABELS, site_id, at)
    chosen = list(
        Medication.objects.select_for_update(no_key=True).filter(pk__in=set(medications), is_active=True).order_by("pk")
    )
    if not 1 <= len(chosen) <= MOST:
        words = (
            f"Choose 1 to {MOST} medications of the formulary." if len(chosen) <= MOST else f"Choose at most {MOST}."
        )
        raise Refused(stop("labels.none", words))
    have = set(in_use([each.pk for each in chosen]))

    made = [
        Barcode(medication=each, code=fresh_code(LABEL), kind=Barcode.Kind.SITE)
        for each in chosen
        if each.pk not in have
    ]
    for row in made:
        row.save()
    count = f"{len(chosen)} medication{'' if len(chosen) == 1 else 's'}"
    return record(
        "emar.print_labels", by=by, at=at, subject=Site.objects.get(pk=site_id), site_id=site_id,
        summary=f"Labels printed for {count}" + (f", {len(made)} with a new code" if made else ""),
        detail={"medications": [each.pk for each in chosen], "new": [row.code for row in made]},
    )  # fmt: skip
