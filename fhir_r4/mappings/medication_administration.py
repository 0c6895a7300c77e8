"""MedicationAdministration: what became of each dose. A corrected one is entered in error; the newer one names it in its Provenance."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import BooleanField, Exists, OuterRef

from emar.models import TAKEN, UNDONE, Administration
from emar.rules.administration import REASONS, Outcome
from fhir_r4.rules.elements import Resource, clean, concept, extension, instant, note, own, quantity, ref
from fhir_r4.rules.provenance import provenance, staff

WORDS = {(outcome.value, code): words for outcome, pairs in REASONS.items() for code, words in pairs}


def administration(row: Administration, corrected: bool) -> Resource:
    """``corrected``: another row replaces this one."""
    taken = row.outcome in TAKEN
    made: Resource = clean(
        {
            "resourceType": "MedicationAdministration",
            "id": str(row.pk),
            "extension": [
                extension("outcome", valueCode=row.outcome),
                extension("due", valueDateTime=instant(row.due_at)) if row.due_at else None,
                extension("identified-by", valueString=row.person_by) if row.person_by else None,
            ],
            "status": "entered-in-error" if corrected else "completed" if taken else "not-done",
            "statusReason": [] if taken else [_why(row)],
            "medicationReference": ref("Medication", row.order.medication_id, str(row.order.medication)),
            "subject": ref("Patient", row.order.client_id),
            "effectiveDateTime": instant(row.given_at),
            "performer": [
                {"actor": ref("Practitioner", row.by_id)},
                {"function": concept("Witness"), "actor": ref("Practitioner", row.witnessed_by_id)}
                if row.witnessed_by_id
                else None,
            ],
            "reasonCode": [concept(row.prn_reason)],
            "request": ref("MedicationRequest", row.order_id),
            "note": [note(row.note, row.recorded_at, row.by_id)],
            "dosage": {
                "site": concept(row.body_site),
                "route": concept(row.order.route),
                "dose": quantity(row.amount, row.unit),
            }
            if taken
            else None,
        }
    )
    return made


def _why(row: Administration) -> Resource:
    words = WORDS.get((row.outcome, row.reason), row.reason.replace("_", " "))
    return own(
        "not-given", f"{row.outcome}.{row.reason}" if row.reason else row.outcome, words or Outcome(row.outcome).label
    )


def administrations(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """With their Provenance, streamed. One query."""
    newer = Administration.objects.filter(corrects=OuterRef("pk"))
    rows = (
        Administration.objects.filter(order__client__in=client_ids)
        .select_related("order__medication")
        .annotate(newer=Exists(newer, output_field=BooleanField()))
        .order_by("order_id", "given_at", "pk")
    )
    for row in rows.iterator(chunk_size=1000):
        if row.outcome != UNDONE:
            yield administration(row, row.newer)
        told = _told(row)
        if told:
            yield told


def _told(row: Administration) -> Resource | None:
    """Who charted it. An undone one is a Provenance alone: it says who took the first back, and why."""
    undone = row.outcome == UNDONE
    target = f"MedicationAdministration/{row.corrects_id if undone else row.pk}"
    agents = staff(row.by_id, signed="error" if row.corrects_id else "author")
    agents += staff(row.witnessed_by_id, "verifier", "witness", "Witness")
    return provenance(
        f"dose-{row.pk}", [target], agents, at=row.given_at, recorded=row.recorded_at,
        activity="NULLIFY" if undone else "UPDATE" if row.corrects_id else "CREATE",
        replaces=f"MedicationAdministration/{row.corrects_id}" if row.corrects_id and not undone else "",
        why=row.note if row.corrects_id else "",
    )  # fmt: skip
