"""Observation: vital signs, the scores of scales, and drug screens. Of a scale: codes and numbers, no wording of its items."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import BooleanField, Exists, OuterRef

from chart.models import Score, ScreenResult, Vitals
from chart.scales import scale
from fhir_r4.rules.elements import (
    LOINC,
    OWN,
    TERMS,
    Resource,
    clean,
    coding,
    concept,
    instant,
    note,
    own,
    quantity,
    ref,
)
from fhir_r4.rules.provenance import provenance, staff

CATEGORY = f"{TERMS}/observation-category"
VITAL, SURVEY, LAB = (concept("", coding(CATEGORY, code)) for code in ("vital-signs", "survey", "laboratory"))
MEASURES: Mapping[str, tuple[str, str, str, str]] = {
    "pulse": ("8867-4", "Heart rate", "beats/minute", "/min"),
    "respiration": ("9279-1", "Respiratory rate", "breaths/minute", "/min"),
    "temperature_c": ("8310-5", "Body temperature", "C", "Cel"),
    "spo2": ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", "%"),
    "weight_kg": ("29463-7", "Body weight", "kg", "kg"),
    "height_cm": ("8302-2", "Body height", "cm", "cm"),
    "glucose_mgdl": ("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL", "mg/dL"),
    "pain": ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "score", "{score}"),
}
"""Column of Vitals to (LOINC, its name, unit, UCUM): in the house's units."""
TOTALS = {
    "phq_9": ("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]"),
    "gad_7": ("70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]"),
}
"""The LOINC codes of totals that are certain. The others carry the house's code alone."""


def vital(row: Vitals, corrected: bool) -> Iterator[Resource]:
    """One Observation for each thing measured; the blood pressure as its pair."""
    if row.systolic is not None and row.diastolic is not None:
        parts = [
            ("8480-6", "Systolic blood pressure", row.systolic),
            ("8462-4", "Diastolic blood pressure", row.diastolic),
        ]
        yield _observation(
            f"vitals-{row.pk}-pressure", row, corrected, VITAL,
            code=concept("Blood pressure", coding(LOINC, "85354-9", "Blood pressure panel with all children optional")),
            component=[
                {"code": concept(name, coding(LOINC, code, name)), "valueQuantity": quantity(value, "mmHg", "mm[Hg]")}
                for code, name, value in parts
            ],
        )  # fmt: skip
    for column, (code, name, unit, ucum) in MEASURES.items():
        value: Decimal | int | None = getattr(row, column)
        if value is not None:
            yield _observation(
                f"vitals-{row.pk}-{column.split('_')[0]}", row, corrected, VITAL, code=concept(name, coding(LOINC, code, name)),
                valueQuantity=quantity(value, unit, ucum),
            )  # fmt: skip


def score(row: Score, corrected: bool) -> Resource:
    """A whole scale: its total or its parts, and the value of every item by the item's code."""
    known = scale(row.scale)
    name = known.name if known else row.scale
    codings = [coding(f"{OWN}:scale", row.scale, name)]
    if row.scale in TOTALS:
        codings.append(coding(LOINC, *TOTALS[row.scale]))
    components = [
        {"code": {"coding": [coding(f"{OWN}:scale:{row.scale}", str(code))]}, "valueInteger": value}
        for code, value in (*row.parts.items(), *row.answers.items())
        if isinstance(value, int) and not isinstance(value, bool)
    ]
    return _observation(
        f"score-{row.pk}", row, corrected, SURVEY, code=concept(name, *codings), valueInteger=row.total,
        component=components, method=concept(row.edition),
    )  # fmt: skip


def _observation(name: str, row: Vitals | Score, corrected: bool, category: Resource, **more: object) -> Resource:
    made: Resource = clean(
        {
            "resourceType": "Observation",
            "id": name,
            "status": "entered-in-error" if corrected else "corrected" if row.corrects_id else "final",
            "category": [category],
            "code": more.pop("code"),
            "subject": ref("Patient", row.client_id),
            "effectiveDateTime": instant(row.at),
            "issued": instant(row.written_at),
            "performer": [ref("Practitioner", row.by_id)],
            "note": [note(row.note, row.written_at, row.by_id)],
            **more,
        }
    )
    return made


def vitals(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """With their Provenance, streamed. One query."""
    newer = Vitals.objects.filter(corrects=OuterRef("pk"))
    rows = Vitals.objects.filter(client__in=client_ids).annotate(newer=Exists(newer, output_field=BooleanField()))
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        made = list(vital(row, row.newer))
        yield from made
        told = provenance(
            f"vitals-{row.pk}", [f"Observation/{each['id']}" for each in made], staff(row.by_id), at=row.at,
            recorded=row.written_at, activity="UPDATE" if row.corrects_id else "CREATE",
            why=row.note if row.corrects_id else "",
        )  # fmt: skip
        if told:
            yield told


def scores(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """With their Provenance, streamed. One query."""
    newer = Score.objects.filter(corrects=OuterRef("pk"))
    rows = Score.objects.filter(client__in=client_ids).annotate(newer=Exists(newer, output_field=BooleanField()))
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        yield score(row, row.newer)
        told = provenance(
            f"score-{row.pk}", [f"Observation/score-{row.pk}"], staff(row.by_id, signed="author"), at=row.at,
            recorded=row.written_at, activity="UPDATE" if row.corrects_id else "CREATE",
            replaces=f"Observation/score-{row.corrects_id}" if row.corrects_id else "",
            why=row.note if row.corrects_id else "",
        )  # fmt: skip
        if told:
            yield told


def screen_result(row: ScreenResult, corrected: bool) -> Resource:
    """What a drug screen said of one substance."""
    screen, names = row.screen, dict(row.screen.substances)
    status = (
        "preliminary" if row.result == ScreenResult.Result.PRESUMPTIVE else "corrected" if row.corrects_id else "final"
    )
    made: Resource = clean(
        {
            "resourceType": "Observation",
            "id": f"screen-{row.pk}",
            "status": "entered-in-error" if corrected else status,
            "category": [LAB],
            "code": own(f"panel:{screen.panel}", row.substance, names.get(row.substance, row.substance)),
            "subject": ref("Patient", screen.client_id),
            "effectiveDateTime": instant(screen.collected_at),
            "issued": instant(row.at),
            "performer": [ref("Practitioner", row.by_id)],
            "valueCodeableConcept": own("screen-result", row.result, row.get_result_display()),
            "method": concept(f"{screen.get_specimen_display()}{', observed' if screen.observed else ''}"),
            "note": [note(row.explained, row.at, row.by_id), note(row.why, row.at, row.by_id)],
        }
    )
    return made


def screen_results(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Results of screens that were not taken back. One query."""
    newer = ScreenResult.objects.filter(corrects=OuterRef("pk"))
    rows = (
        ScreenResult.objects.filter(screen__client__in=client_ids, screen__corrected_by=None)
        .select_related("screen")
        .annotate(newer=Exists(newer, output_field=BooleanField()))
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=1000):
        yield screen_result(row, row.newer)
