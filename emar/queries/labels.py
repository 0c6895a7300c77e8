"""Medications to print labels for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from emar.models import Barcode, Medication, Order
from emar.queries.formulary import Wanted, formulary_page
from programs.models import Placement, Program, Site


@dataclass(frozen=True)
class LabelLine:
    """A medication and the code that is printed for it, '' where it gets one by the first printing."""

    medication: Medication
    code: str


def labels_page(site: Site, asked: str, *, at: datetime) -> tuple[LabelLine, ...]:
    """What is ordered at the site now, by name; where something is ``asked`` for, what the formulary finds. Two to four queries."""
    if asked:
        found = list(formulary_page(Wanted(text=asked), "1").found)
    else:
        here = Placement.objects.current(at).filter(program__site=site, kind=Program.Kind.TREATMENT)
        ordered = Order.objects.current(at).filter(episode__in=here.values("episode")).values("medication")
        found = list(Medication.objects.filter(pk__in=ordered, is_active=True).order_by("name", "form", "pk"))
    codes = in_use([each.pk for each in found])
    return tuple(LabelLine(each, codes.get(each.pk, "")) for each in found)


def in_use(medications: Collection[int]) -> dict[int, str]:
    """The site label in use of each of these medications, the newest where there are several. One query."""
    rows = Barcode.objects.filter(medication__in=medications, is_active=True, kind=Barcode.Kind.SITE).order_by("pk")
    return dict(rows.values_list("medication_id", "code"))
