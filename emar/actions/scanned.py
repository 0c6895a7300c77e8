"""What was scanned for a dose, looked up and held against its order: the label, the package's expiry, the wristband.

Two queries for all doses of a request, none where nothing was scanned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from audit.rules.findings import Finding, Refused, stop
from emar.actions.asked import Asked
from emar.models import Barcode, Order
from emar.rules.barcodes import Reading, expires_on, read
from programs.models import Wristband
from programs.rules.bands import Why
from programs.rules.codes import is_piece, tidy

BY_HAND = "Scan it again, or choose the dose by its name and say why it was not scanned."


@dataclass(frozen=True)
class Scans:
    """The labels and wristbands that the codes of a request may stand for, by code."""

    labels: Mapping[str, Barcode]
    bands: Mapping[str, Wristband]


@dataclass(frozen=True)
class Scanned:
    """What the scans of one dose say: the ingredients where they are others, the product where it is another of the right ones."""

    ingredient: str | None = None
    product: str | None = None
    band: Wristband | None = None
    findings: tuple[Finding, ...] = ()


def scans_of(doses: Iterable[Asked]) -> Scans:
    """Look up every code of a request."""
    listed = tuple(doses)
    codes = {code for asked in listed if asked.barcode for code in read(asked.barcode).codes}
    worn = {tidy(asked.band) for asked in listed if asked.band}
    labels = Barcode.objects.filter(code__in=codes, is_active=True).select_related("medication") if codes else ()
    bands = Wristband.objects.filter(code__in=worn) if worn else ()
    return Scans({label.code: label for label in labels}, {band.code: band for band in bands})


def scanned(order: Order, asked: Asked, scans: Scans, *, moment: datetime, tz: tzinfo) -> Scanned:
    """Hold the scans of one dose against its order; ``moment`` is when it was given."""
    band, about_band = _band(order.client_id, asked.band, scans, moment, tz) if asked.band else (None, ())
    if not asked.barcode:
        return Scanned(band=band, findings=about_band)
    reading = read(asked.barcode)
    label, about_label = _label(reading, asked.barcode, scans)
    found = (*about_band, *about_label, *_expiry(reading, moment, tz))
    if label is None or label.medication_id == order.medication_id:
        return Scanned(band=band, findings=found)
    ordered, other = order.medication, label.medication
    if set(other.ingredient_names) != set(ordered.ingredient_names):
        return Scanned(" with ".join(other.ingredient_names), None, band, found)
    return Scanned(None, str(other), band, found)


def refuse_band(client_id: int, code: str, *, at: datetime, tz: tzinfo) -> None:
    """Raise Refused unless this is the code of the wristband that the client wears at an instant. One query."""
    scans = Scans({}, {band.code: band for band in Wristband.objects.filter(code=tidy(code))})
    _, found = _band(client_id, code, scans, at, tz)
    if found:
        raise Refused(*found)


def _band(
    client_id: int, code: str, scans: Scans, moment: datetime, tz: tzinfo
) -> tuple[Wristband | None, tuple[Finding, ...]]:
    """The band, and what stands against it. Whose it is otherwise is nobody's business here."""
    band = scans.bands.get(tidy(code))
    if band is None:
        if is_piece(tidy(code)):
            words = "The wristband was read only in part. Scan it again, or check two identifiers."
            return None, (stop("dose.damaged_scan", words),)
        words = "Nobody wears a wristband with this code. Scan it again, or check two identifiers."
        return None, (stop("dose.unknown_band", words),)
    if band.client_id != client_id:
        words = "This is another person's wristband. Check who is in front of you, then scan again."
        return None, (stop("dose.wrong_band", words),)
    if band.ended_at is not None and band.ended_at <= moment:
        since = f"{band.ended_at.astimezone(tz):%H:%M on %-d %b}"
        why = Why(band.ended_why).label.lower()
        words = f"This wristband counts no more since {since}: {why}. Check two identifiers, and print a new one."
        return None, (stop("dose.band_ended", words),)
    if moment < band.started_at:
        words = f"This wristband was printed at {band.started_at.astimezone(tz):%H:%M on %-d %b}, after the dose."
        return None, (stop("dose.band_not_begun", words),)
    return band, ()


def _label(reading: Reading, raw: str, scans: Scans) -> tuple[Barcode | None, tuple[Finding, ...]]:
    """The label that was read; the code as it stands before what else it may be written like."""
    known = [scans.labels[code] for code in reading.codes if code in scans.labels]
    if not known:
        if reading.damaged:
            return None, (stop("dose.damaged_scan", f"The label was read only in part. {BY_HAND}"),)
        words = f"No medication has the label {raw}. Scan again, or choose the dose by its name and tell the pharmacy."
        return None, (stop("dose.unknown_barcode", words),)
    if known[0].code not in reading.codes[:2] and len({label.medication_id for label in known}) > 1:
        names = " or ".join(sorted({str(label.medication) for label in known}))
        return None, (stop("dose.label_of_two", f"This label may be {names}. Choose the dose by its name."),)
    return known[0], ()


def _expiry(reading: Reading, moment: datetime, tz: tzinfo) -> tuple[Finding, ...]:
    today = moment.astimezone(tz).date()
    last = expires_on(reading.expires, today)
    if last is None or today <= last:
        return ()
    words = f"This package expired on {last:%-d %b %Y}. Put it aside and take another one."
    return (stop("dose.expired", words),)
