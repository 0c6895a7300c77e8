"""Counted stock as tests need it: a cart, a safe, a place for clients' own, and lorazepam in the cart."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from emar import actions
from emar.actions import stock
from emar.actions.asked import Draw
from emar.models import Administration, LedgerEntry, Medication, Order, StockLine, StockLocation
from emar.queries.stock.balances import balances
from emar.rules.administration import Outcome
from emar.rules.stock import COUNT, Keeps, Kind, Shift
from programs.models import Client
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories.meds import as_needed, contains, medication, order
from tests.factories.people import assign, person, proof_of, signs
from tests.factories.places import World, admit, client, world

NEXT_YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


def controlled(name: str = "Lorazepam", strength: str = "1 mg", schedule: str = "IV") -> Medication:
    """A controlled tablet that says what is in it."""
    return medication(
        name, strength, dea_schedule=schedule, counted_in="tablet", contents=contains(f"{name.lower()} {strength}")
    )


@dataclass
class Stocked:
    """20 tablets of lorazepam 1 mg, lot A12, in the cart; Elin may have 1 mg as needed; four people on duty with PINs."""

    here: World
    now: datetime
    cart: StockLocation
    safe: StockLocation
    own: StockLocation
    lorazepam: Medication
    line: StockLine
    elin: Client
    order: Order
    nurse: Person
    second: Person
    third: Person
    director: Person
    prescriber: Person

    def pin(self, who: Person, purpose: str, at: datetime | None = None) -> int:
        """A proof that this person entered their PIN now: the rows that ``staff.actions.prove`` writes, without the hashing."""
        return proof_of(who, self.here.site, at=at or self.now, purpose=purpose).pk

    def witness(self, who: Person, kind: Kind = Kind.WASTE, at: datetime | None = None) -> int:
        """The same, for what a second person signs."""
        return self.pin(who, kind.purpose, at)

    def draw(self, drawn: str = "1", wasted: str = "0", returned: str = "0", **more: Any) -> Draw:
        """From the lorazepam in the cart."""
        values: dict[str, Any] = {"line_id": self.line.pk, "why": "Half a dose" if wasted != "0" else ""} | more
        return Draw(drawn=Decimal(drawn), wasted=Decimal(wasted), returned=Decimal(returned), **values)

    def give(self, *draws: Draw, **changes: Any) -> Administration:
        """Chart Elin's lorazepam as the first nurse, 1 mg from one tablet unless told otherwise."""
        asked: dict[str, Any] = {
            "by": self.nurse, "at": self.now, "order_id": self.order.pk, "due_at": None, "outcome": Outcome.GIVEN,
            "client_id": self.elin.pk, "identifiers": ("wristband",), "amount": Decimal(1), "unit": "mg",
            "prn_reason": "Shaking", "tried_first": "A walk", "draws": draws or (self.draw(),),
        }  # fmt: skip
        return actions.administer(**asked | changes)

    def left(self, line: StockLine | None = None) -> Decimal:
        """The balance."""
        found = balances([(line or self.line).pk])
        return found[(line or self.line).pk].balance if found else Decimal(0)

    def receive(self, place: StockLocation | None = None, **changes: Any) -> LedgerEntry:
        """Take a delivery in."""
        asked: dict[str, Any] = {
            "by": self.nurse, "at": self.now, "location_id": (place or self.cart).pk, "medication_id": self.lorazepam.pk,
            "lot": "A12", "expires_on": self.expires, "amount": Decimal(20), "from_whom": "Corner pharmacy, invoice 118",
        }  # fmt: skip
        return stock.receive(**asked | changes)

    @property
    def expires(self) -> date:
        """When the lots of these tests expire."""
        return (self.now + NEXT_YEAR).date()

    def count(
        self, first: str, second: str, at: datetime | None = None, by: tuple[Person, Person] | None = None
    ) -> Any:
        """Both numbers of the lorazepam in the cart, by the two nurses; the count."""
        at = at or self.now
        one, two = by or (self.nurse, self.second)
        begun = stock.start_count(by=one, at=at, location_id=self.cart.pk, shift=Shift.DAY)
        for who, number in ((one, first), (two, second)):
            numbers = dict.fromkeys(begun.asked, Decimal(number))
            stock.put_numbers(by=who, at=at, count_id=begun.pk, numbers=numbers, proof_id=self.pin(who, COUNT, at))
        begun.refresh_from_db()
        return begun


def stocked(now: datetime) -> Stocked:
    """The small program with its stock."""
    here = world(now)
    third = assign(person("okafor", "Ife Okafor", "RN"), here.site, Role.NURSE, at=now)
    for who in (here.on_unit, here.second_nurse, third, here.director, here.prescriber):
        signs(who, here.site, at=now)
    elin = client(here, "Elin", "Novak")
    episode = admit(here, elin, here.residential, here.beds[0])
    drug = controlled()
    ordered = order(episode, drug, as_needed(hours=1, most=20), by=here.prescriber)
    places = {kind: StockLocation.objects.create(site=here.site, name=kind.label, kind=kind.value) for kind in Keeps}
    made = Stocked(
        here=here, now=now, cart=places[Keeps.CART], safe=places[Keeps.SAFE], own=places[Keeps.OWN], lorazepam=drug,
        line=None, elin=elin, order=ordered, nurse=here.on_unit, second=here.second_nurse, third=third,  # type: ignore[arg-type]
        director=here.director, prescriber=here.prescriber,
    )  # fmt: skip
    made.line = made.receive().line
    return made
