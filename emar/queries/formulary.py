"""The formulary as pages, files and the import read it. A constant number of queries, whatever its size."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from audit.models import Event
from emar.models import Barcode, Medication, Order
from emar.rules.formulary import COLUMNS, Known, Label, Line, say

PER_PAGE = 200
MARKS = {
    "high_alert": "High alert",
    "look_alike": "Look-alike",
    "psychotropic": "Psychotropic",
    "time_critical": "Time-critical",
}


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for; '' for everything. ``schedule`` is II to V, or 'any' for every controlled one."""

    text: str = ""
    drug_class: str = ""
    schedule: str = ""
    mark: str = ""
    inactive: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether it asks for less than everything that can be ordered."""
        return self != Wanted()


@dataclass(frozen=True)
class FormularyPage:
    """A page of the list, the classes to choose from, and how many lines there are in all."""

    found: Page[Medication]
    classes: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class MedicationPage:
    """One line with its labels and the number of orders in force."""

    medication: Medication
    labels: tuple[Barcode, ...]
    orders: int


def formulary_page(wanted: Wanted, number: str | None) -> FormularyPage:
    """The lines asked for, by name; ``number`` is the page, the nearest one where there is none such."""
    lines = Medication.objects.order_by("name", "ingredient", "form", "pk")
    classes = lines.exclude(drug_class="").order_by("drug_class").values_list("drug_class", flat=True).distinct()
    found = Paginator(_asked(lines, wanted), PER_PAGE).get_page(number)
    return FormularyPage(found, tuple(classes), lines.count())


def _asked(lines: QuerySet[Medication], wanted: Wanted) -> QuerySet[Medication]:
    if not wanted.inactive:
        lines = lines.filter(is_active=True)
    if wanted.text:
        names = ("name", "generic", "brands", "ingredient", "drug_class", "strength")
        for word in wanted.text.split()[:6]:
            either = Q(barcodes__code=word, barcodes__is_active=True)
            for name in names:
                either |= Q(**{f"{name}__icontains": word})
            lines = lines.filter(pk__in=Medication.objects.filter(either).values("pk"))
    if wanted.drug_class:
        lines = lines.filter(drug_class=wanted.drug_class)
    if wanted.schedule:
        lines = (
            lines.exclude(dea_schedule="") if wanted.schedule == "any" else lines.filter(dea_schedule=wanted.schedule)
        )
    return lines.filter(**{wanted.mark: True}) if wanted.mark in MARKS else lines


def medication_page(medication_id: int, at: datetime) -> MedicationPage | None:
    """One line; None where there is none such."""
    medication = Medication.objects.filter(pk=medication_id).first()
    if medication is None:
        return None
    labels = tuple(medication.barcodes.order_by("-is_active", "code"))
    return MedicationPage(medication, labels, Order.objects.current(at).filter(medication=medication_id).count())


def known(at: datetime) -> tuple[Known, ...]:
    """Every line as the import compares it, with the orders in force of each."""
    counts = dict(Order.objects.current(at).order_by().values_list("medication").annotate(number=Count("pk")))
    return tuple(Known(each.pk, line_of(each), counts.get(each.pk, 0)) for each in Medication.objects.order_by("pk"))


def line_of(medication: Medication) -> Line:
    """The line as a file says it."""
    values = {each.name: getattr(medication, each.name) for each in fields(Line)}
    return Line(**values | {"contents": medication.ingredients})


def labels() -> Mapping[str, Label]:
    """Every code that is taken, retired ones too."""
    rows = Barcode.objects.select_related("medication")
    return {row.code: Label(row.medication_id, str(row.medication), row.is_active) for row in rows}


def label(code: str) -> Label | None:
    """Who has this code; None where nobody has."""
    row = Barcode.objects.select_related("medication").filter(code=code).first()
    return None if row is None else Label(row.medication_id, str(row.medication), row.is_active)


def file_rows() -> list[list[str]]:
    """Every line as the cells of the file, in the order of COLUMNS: importing them again changes nothing."""
    codes: dict[int, list[str]] = {}
    for medication_id, code in (
        Barcode.objects.filter(is_active=True).order_by("code").values_list("medication", "code")
    ):
        codes.setdefault(medication_id, []).append(code)
    return [
        [" ".join(codes.get(each.pk, ())) if name == "barcodes" else say(getattr(line, name)) for name in COLUMNS]
        for each in Medication.objects.order_by("name", "form", "pk")
        for line in [line_of(each)]
    ]


def imported(event_id: str) -> str:
    """The sentence of an import that was just done; '' where this is none."""
    event = Event.objects.filter(pk=event_id, verb="emar.import_formulary").first() if event_id.isdecimal() else None
    return "" if event is None else event.summary
