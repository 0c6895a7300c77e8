"""Counted stock: a cart for each unit and a safe for each site, yesterday's opening counts, today's doses, one open difference."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from random import Random
from typing import Any

from config.demo.stage import DAY, HOUR, MINUTE, Stage
from emar.models import (
    TAKEN,
    Administration,
    Count,
    CountNumber,
    CountSigning,
    KeyHandover,
    LedgerEntry,
    Medication,
    Order,
    OwnApproval,
    StockLine,
    StockLocation,
    Variance,
)
from emar.rules.contents import counted
from emar.rules.stock import COUNT, KEYS, Keeps, Kind, Shift
from programs.models import Client
from staff.models import Person, Pin, PinTry, Proof
from staff.rules.capabilities import Role

OPENED = timedelta(hours=26)
NONE = Decimal(0)
SHORT = "chlordiazepoxide"  # of what one capsule was missing at the last count of Alder's cart


@dataclass
class Line:
    """A line with its book."""

    row: StockLine
    number: int = 0
    balance: Decimal = NONE


@dataclass
class Books:
    """The places of one site, and their lines by place and ingredient: the first lot of each is used first."""

    stage: Stage
    site: str
    dice: Random
    carts: dict[str, StockLocation] = field(default_factory=dict)
    lines: dict[tuple[int, str], list[Line]] = field(default_factory=dict)
    pins: dict[int, Pin] = field(default_factory=dict)

    @property
    def nurses(self) -> list[Person]:
        """Who counts here."""
        return self.stage.teams[self.site, Role.NURSE]

    def other(self, than: Person) -> Person:
        """Another nurse."""
        return next(each for each in self.nurses if each != than)

    def proof(self, who: Person, purpose: str, at: datetime) -> Proof:
        """What a PIN entered at this instant, and used at once, leaves."""
        site = self.stage.sites[self.site]
        tried = PinTry.objects.create(person=who, pin=self.pins[who.pk], site=site, at=at, right=True)
        made = Proof.objects.create(
            person=who, site=site, purpose=purpose, at=at, expires_at=at + 2 * MINUTE, attempt=tried
        )
        Proof.objects.filter(pk=made.pk).update(used_at=at)
        return made

    def open(self, place: StockLocation, drug: Medication, at: datetime, lot: str, **more: Any) -> Line:
        """A line with nothing in it."""
        expires = (self.stage.now + self.dice.randrange(60, 500) * DAY).date()
        row = StockLine.objects.create(
            location=place, medication=drug, lot=lot, expires_on=expires, unit=drug.counted_in, opened_at=at,
            by=self.nurses[0], **more,
        )  # fmt: skip
        made = Line(row)
        self.lines.setdefault((place.pk, drug.ingredient), []).append(made)
        return made

    def post(self, line: Line, kind: Kind, change: Decimal | int, at: datetime, by: Person, **more: Any) -> LedgerEntry:
        """The next entry of a line."""
        line.number, line.balance = line.number + 1, line.balance + change
        return LedgerEntry.objects.create(
            line=line.row,
            number=line.number,
            kind=kind.value,
            change=change,
            balance=line.balance,
            at=at,
            by=by,
            **more,
        )


def write(stage: Stage, given: Iterable[Administration]) -> None:
    """Places, lines, opening counts, the entries of the doses since, and one line that is locked."""
    paths = {path.care.pk: path for path in stage.paths}
    orders = Order.objects.current(stage.now).exclude(medication__dea_schedule="").select_related("medication")
    ordered: dict[str, dict[int, Medication]] = {}
    for order in orders.order_by("medication__name", "pk"):
        path = paths.get(order.episode_id)
        if path is not None and path.sleeps is not None:
            ordered.setdefault(path.bed.room.unit.name, {})[order.medication_id] = order.medication
    pins = {pin.person_id: pin for pin in Pin.objects.order_by("pk")}
    for site in sorted({unit.site.slug for name, unit in stage.units.items() if name in ordered}):
        books = Books(stage, site, stage.dice(f"stock {site}"), pins=pins)
        _places(books, ordered)
        for place in StockLocation.objects.filter(site=stage.sites[site]).exclude(kind=Keeps.OWN.value).order_by("pk"):
            _count(books, place, stage.now - OPENED + HOUR, Shift.DAY)
        for row in sorted(given, key=lambda row: (row.given_at, row.pk)):
            sleeper = paths.get(row.order.episode_id)
            if sleeper is not None and sleeper.sleeps is not None and row.given_at > stage.now - OPENED + 2 * HOUR:
                _dose(books, row, sleeper.bed.room.unit.name)
        _own(books)
        if "Alder" in books.carts:
            _short(books)


def _places(books: Books, ordered: dict[str, dict[int, Medication]]) -> None:
    """A cart for each unit, a safe, a place for clients' own; everything came yesterday, and the carts were filled."""
    stage, site, at = books.stage, books.stage.sites[books.site], books.stage.now - OPENED
    safe = StockLocation.objects.create(site=site, name="Medication safe", kind=Keeps.SAFE.value)
    StockLocation.objects.create(site=site, name="Clients' own medication", kind=Keeps.OWN.value)
    nurse = books.nurses[0]
    kept: dict[int, Line] = {}
    for unit in stage.units.values():
        if unit.site_id != site.pk or unit.name not in ordered:
            continue
        cart = StockLocation.objects.create(site=site, unit_id=unit.pk, name=f"{unit.name} cart", kind=Keeps.CART.value)
        books.carts[unit.name] = cart
        for drug in ordered[unit.name].values():
            if drug.pk not in kept:
                kept[drug.pk] = books.open(safe, drug, at, _lot(books.dice))
                books.post(kept[drug.pk], Kind.RECEIVE, 600, at, nurse, why="Riverbend pharmacy, invoice 20418")
            first = books.open(cart, drug, at, kept[drug.pk].row.lot)
            out = books.post(kept[drug.pk], Kind.TRANSFER_OUT, -120, at + 10 * MINUTE, nurse, why="Cart filled")
            books.post(first, Kind.TRANSFER_IN, 120, at + 10 * MINUTE, nurse, why="Cart filled", pair=out)
            second = books.open(cart, drug, at, _lot(books.dice))
            books.post(second, Kind.RECEIVE, 30, at, nurse, why="Riverbend pharmacy, invoice 20418")


def _dose(books: Books, row: Administration, unit: str) -> None:
    """The entry of a dose that was taken: what is left of an opened one is wasted before another nurse."""
    drug, cart = row.order.medication, books.carts.get(unit)
    if not drug.dea_schedule or cart is None or row.outcome not in TAKEN or row.amount is None:
        return
    number = counted(drug.ingredients, drug.counted_in, row.amount, row.unit)
    line = next(
        (each for each in books.lines.get((cart.pk, drug.ingredient), ()) if each.row.medication_id == drug.pk), None
    )
    if number is None or line is None or number > line.balance:
        return
    drawn = number.to_integral_value(ROUND_CEILING)
    wasted, more = drawn - number, {}
    if wasted:
        seen = books.proof(books.other(row.by), Kind.WASTE.purpose, row.recorded_at)
        more = {"proof": seen, "why": "The rest of it, crushed and sealed"}
    books.post(
        line, Kind.DOSE, -drawn, row.recorded_at, row.by, administration=row, drawn=drawn, given=number, wasted=wasted,
        returned=NONE, **more,
    )  # fmt: skip


def _count(books: Books, place: StockLocation, at: datetime, shift: Shift, off: Line | None = None) -> Count:
    """Two nurses count a place, and the second takes its keys. One capsule is missing of ``off``."""
    one = books.stage.on_duty(books.site, Role.NURSE, at)
    two = books.other(one)
    lines = [line for (pk, _), each in books.lines.items() if pk == place.pk for line in each]
    count = Count.objects.create(
        location=place, shift=shift.value, asked=[line.row.pk for line in lines], started_at=at, by=one
    )
    for part, who in ((1, one), (2, two)):
        then = at + part * 6 * MINUTE
        signing = CountSigning.objects.create(
            count=count, part=part, person=who, proof=books.proof(who, COUNT, then), by=one, at=then
        )
        CountNumber.objects.bulk_create(
            CountNumber(
                signing=signing, line=line.row, counted=line.balance - (1 if line is off else 0), balance=line.balance,
                number=line.number,
            )
            for line in lines
        )  # fmt: skip
    if off is not None:
        Variance.objects.create(
            line=off.row, count=count, first=off.balance - 1, first_expected=off.balance, counted=off.balance - 1,
            expected=off.balance, opened_at=at + 12 * MINUTE,
        )  # fmt: skip
    count.ended_at = at + 12 * MINUTE
    count.save(update_fields=["ended_at"])
    last = KeyHandover.objects.filter(location=place).order_by("-pk").first()
    taker = two if last is None or last.to_person_id != two.pk else one
    KeyHandover.objects.create(
        location=place, count=count, from_person=one if last is None else last.to_person, to_person=taker, by=one,
        proof=books.proof(taker, KEYS, at + 14 * MINUTE), at=at + 14 * MINUTE,
    )  # fmt: skip
    return count


def _short(books: Books) -> None:
    """At the last count of Alder's cart one was missing of a lot that nobody had drawn from."""
    cart = books.carts["Alder"]
    found = [each for (pk, name), each in books.lines.items() if pk == cart.pk and name == SHORT]
    lines = found or [each for (pk, _), each in books.lines.items() if pk == cart.pk]
    _count(books, cart, books.stage.now - 3 * HOUR, Shift.EVENING, off=lines[0][-1])


def _own(books: Books) -> None:
    """Two clients brought some of their own: one is approved, one waits for it."""
    stage, at = books.stage, books.stage.now - 20 * HOUR
    place = StockLocation.objects.get(site=stage.sites[books.site], kind=Keeps.OWN.value)
    orders = Order.objects.current(stage.now).filter(
        medication__dea_schedule__in=["II", "III", "IV"], client__in=_here(books)
    )
    for number, order in enumerate(orders.select_related("medication", "client").order_by("-pk")[:2]):
        by = books.nurses[0]
        line = books.open(place, order.medication, at, f"Rx 77{number + 1}04", owner=order.client)
        seen = books.proof(books.other(by), Kind.COUNT_IN.purpose, at)
        books.post(line, Kind.COUNT_IN, 14, at, by, proof=seen, why="In a labelled bottle, brought at admission")
        if not number:
            doctor = stage.teams[books.site, Role.PRESCRIBER][0]
            OwnApproval.objects.create(line=line.row, words="Label, imprint, pharmacy asked", by=doctor, at=at + HOUR)


def _here(books: Books) -> list[Client]:
    """Who sleeps at the site now."""
    return [
        path.who
        for path in books.stage.paths
        if path.ends is None and path.sleeps is not None and path.sleeps.ends is None
        and path.bed.room.unit.site.slug == books.site
    ]  # fmt: skip


def _lot(dice: Random) -> str:
    return f"{dice.choice('ABCDEFGHKLMN')}{dice.randrange(1000, 9999)}"
