"""Write a diagnosis, and change one: a change is a new row that names the old one and says why."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import Diagnosis
from chart.rules.diagnoses import LONGEST_NAME, LONGEST_WHY, MOST, check_code, check_dates, check_primary, code_of
from programs.placed import told
from programs.rules.words import check_words, tidy
from programs.scene import Scene, scene
from staff.models import Person
from staff.rules.capabilities import Capability


def changed_meanwhile(kwargs: Mapping[str, Any]) -> Finding:
    """What a second change of one row is told."""
    return stop("diagnosis.changed", "Somebody changed this diagnosis just now. Reload the page and look at it.")


@action("chart.diagnosis", explain={"chart_diagnosis_corrects_id_key": changed_meanwhile})
def write_diagnosis(
    *,
    by: Person,
    at: datetime,
    client_id: int,
    code: str,
    name: str,
    kind: str,
    onset_on: date | None = None,
    resolved_on: date | None = None,
    place: int | None = None,
    corrects_id: int | None = None,
    why: str = "",
    key: UUID | None = None,
) -> Diagnosis:
    """Write a diagnosis; with ``corrects_id`` it takes the place of that one, which stays on record. ``place`` is where it stands in
    the list, from 1 (None: where the old one stood, else last). ``kind`` 'mistake' takes the old one out of the list.

    Raises Refused: a value is wrong (``detail['field']``), a second primary one, or the old row was changed meanwhile; NotAllowed.
    """
    here = scene(by, at, client_id, Capability.DIAGNOSES)
    old = _old(here, corrects_id)
    code, name, why = code_of(code), tidy(name), why.strip()
    counting = Diagnosis.objects.filter(client=here.client, corrected_by=None).exclude(kind=Diagnosis.Kind.MISTAKE)
    primary = counting.filter(kind=Diagnosis.Kind.PRIMARY).exclude(pk=corrects_id or 0).first()
    findings = [
        *check_words(name, "name", longest=LONGEST_NAME, missing="Write the name of the diagnosis."), *check_code(code),
        *check_dates(kind, onset_on, resolved_on, today=at.astimezone(here.site.tz).date(), born=here.client.born_on),
        *check_primary(kind, "" if primary is None else primary.code or primary.name),
        *check_words(why, "why", longest=LONGEST_WHY, missing="Say why it is changed." if old else ""),
        *_kind(kind, old),
    ]  # fmt: skip
    if place is not None and not 1 <= place <= MOST:
        findings.append(stop("diagnosis.place", f"The place in the list is a number from 1 to {MOST}.", field="place"))
    if findings:
        raise Refused(*findings)
    highest = counting.aggregate(highest=Max("place"))["highest"] or 0

    row = Diagnosis.objects.create(
        client=here.client, code=code, name=name, kind=kind, onset_on=onset_on, resolved_on=resolved_on,
        place=place or (old.place if old else min(highest + 1, MOST)), at=at, by=by, corrects=old, why=why if old else "",
    )  # fmt: skip
    words = f"{row.get_kind_display().lower()} diagnosis {code} {name}".replace("  ", " ")
    here.record("chart.diagnosis", f"{here.client.short_name}: {words}", row, by, at, corrects=corrects_id)
    return row


def _old(here: Scene, pk: int | None) -> Diagnosis | None:
    if pk is None:
        return None
    old = Diagnosis.objects.filter(pk=pk, client=here.client).first()
    if old is None:
        raise Refused(stop("diagnosis.unknown", "That diagnosis is not in this chart. Open the chart again."))
    newer = Diagnosis.objects.select_related("by").filter(corrects=old).first()
    if newer is not None:
        message = (
            f"{newer.by.signature} changed this diagnosis at {told(newer.at, here.site.tz)}. Change the newer one."
        )
        raise Refused(stop("diagnosis.changed", message))
    return old


def _kind(kind: str, old: Diagnosis | None) -> list[Finding]:
    if kind not in Diagnosis.Kind.values or (kind == Diagnosis.Kind.MISTAKE and old is None):
        return [stop("diagnosis.kind", "Choose what kind of diagnosis it is.", field="kind")]
    return []
