"""Wristbands, and labels for bins and single doses. Neutral: no program, no record number, nothing about treatment on a band."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from documents import Barcode, Card, Cards, Code, Document, Strip, Strips, render
from emar.models import Medication
from programs.models import Site, Wristband
from programs.rules.bands import NameForm, said_on_band
from programs.rules.codes import grouped

TO_A_PAGE = {"bin": 8, "unit": 28}


class Size(StrEnum):
    """What a label goes on."""

    BIN = "bin"
    UNIT = "unit"

    @property
    def label(self) -> str:
        """With how many a sheet holds."""
        return f"{'Bins and drawers' if self is Size.BIN else 'Single doses'}, {TO_A_PAGE[self.value]} to a sheet"


def bands_pdf(worn: Iterable[Wristband], form: NameForm, *, lang: str = "en-US") -> bytes:
    """One band a person; ``worn`` with their clients. The file says nothing that the bands do not."""
    strips = []
    for band in worn:
        client = band.client
        name, line = said_on_band(form, client.preferred_name or client.first_name, client.last_name, client.born_on)
        strips.append(Strip(name, line, band.code, grouped(band.code)))
    return render(Document(title="Wristbands", blocks=(Strips(tuple(strips)),), lang=lang))


def labels_pdf(
    site: Site, chosen: Iterable[Medication], codes: Mapping[int, str], size: Size, *, each: int, at: datetime
) -> bytes:
    """``each`` labels of every medication, in the order given; ``codes`` by medication."""
    cards = tuple(_card(medication, codes[medication.pk], size, site, at) for medication in chosen for _ in range(each))
    return render(Document(title="Medication labels", site=site.name, blocks=(Cards(cards, TO_A_PAGE[size.value]),)))


def _card(medication: Medication, code: str, size: Size, site: Site, at: datetime) -> Card:
    marks = [
        words
        for words, said in (
            (medication.get_dea_schedule_display(), medication.dea_schedule),
            ("High alert", medication.high_alert),
            ("Looks like another", medication.look_alike),
        )
        if said
    ]
    lines = (f"{medication.strength} {medication.form}", medication.route, *([" · ".join(marks)] if marks else []))
    squares = Barcode(code, Code.QR, caption="")
    foot = "" if size is Size.UNIT else f"Printed {at.astimezone(site.tz):%-d %b %Y}"
    return Card(title=medication.shown, lines=lines, foot=foot, barcode=squares, bars=code)
