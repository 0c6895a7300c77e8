"""MedicationRequest: one version of an order, who wrote it, on whose word, and who co-signed."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import BooleanField, Exists, OuterRef

from emar.models import Order, OrderHold, VerbalOrder
from fhir_r4.mappings.dosage import dosages
from fhir_r4.rules.elements import Resource, clean, concept, extension, instant, ref
from fhir_r4.rules.provenance import Agent, provenance, staff


def medication_request(row: Order, *, on_hold: bool, replaced: bool, at: datetime) -> Resource:
    """``on_hold``: a hold is open at ``at``; ``replaced``: a newer version took its place."""
    made: Resource = clean(
        {
            "resourceType": "MedicationRequest",
            "id": str(row.pk),
            "extension": [extension("witness", valueCode=row.witness), extension("handled-by", valueCode=row.mode)],
            "status": _status(row, on_hold, replaced, at),
            "statusReason": concept(row.stopped_why),
            "intent": "order",
            "medicationReference": ref("Medication", row.medication_id, str(row.medication)),
            "subject": ref("Patient", row.client_id),
            "authoredOn": instant(row.written_at or row.started_at),
            "requester": ref("Practitioner", row.by_id),
            "reasonCode": [concept(row.indication)],
            "dosageInstruction": dosages(row),
            "priorPrescription": ref("MedicationRequest", row.replaces_id),
        }
    )
    return made


def _status(row: Order, on_hold: bool, replaced: bool, at: datetime) -> str:
    if row.ended_at is not None and row.ended_at <= row.started_at:
        return "cancelled"
    if row.ended_at is None or row.ended_at > at:
        return "on-hold" if on_hold else "active"
    return "stopped" if replaced or row.stopped_at is not None else "completed"


def medication_requests(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """With their Provenance. Two queries."""
    verbal: dict[int, list[VerbalOrder]] = defaultdict(list)
    for word in VerbalOrder.objects.filter(order__client__in=client_ids).select_related("cosign").order_by("pk"):
        verbal[word.order_id].append(word)
    holds = OrderHold.objects.current(at).filter(order=OuterRef("pk"))
    newer = Order.objects.filter(replaces=OuterRef("pk"))
    rows = (
        Order.objects.filter(client__in=client_ids)
        .select_related("medication")
        .annotate(held=Exists(holds, output_field=BooleanField()), newer=Exists(newer, output_field=BooleanField()))
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=500):
        yield medication_request(row, on_hold=row.held, replaced=row.newer, at=at)
        yield from _told(row, verbal.get(row.pk, ()))


def _told(row: Order, words: Collection[VerbalOrder]) -> Iterator[Resource]:
    target = f"MedicationRequest/{row.pk}"
    written = row.written_at or row.started_at
    first = next((word for word in words if word.act in (VerbalOrder.Act.WRITE, VerbalOrder.Act.CHANGE)), None)
    agents = (
        staff(row.by_id)
        if first is None
        else [*staff(first.prescriber_id), *staff(first.by_id, "enterer", words=first.get_heard_display())]
    )
    found = [
        provenance(
            f"order-{row.pk}", [target], agents, at=written, activity="UPDATE" if row.replaces_id else "CREATE",
            replaces=f"MedicationRequest/{row.replaces_id}" if row.replaces_id else "",
        )
    ]  # fmt: skip
    for word in words:
        if (signed := getattr(word, "cosign", None)) is not None:
            agent = Agent(f"Practitioner/{signed.by_id}", "verifier", "cosign")
            found.append(provenance(f"cosign-{signed.pk}", [target], [agent], at=signed.at, activity="UPDATE"))
    if row.stopped_at is not None:
        found.append(
            provenance(
                f"stop-{row.pk}",
                [target],
                staff(row.stopped_by_id),
                at=row.stopped_at,
                activity="UPDATE",
                why=row.stopped_why,
            )
        )
    yield from (each for each in found if each)
