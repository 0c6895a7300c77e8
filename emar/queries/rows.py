"""What the pages of the pass show: frozen, and complete before a template sees them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from emar.keys import dose_pk
from emar.rules.administration import Outcome, say_amount
from emar.rules.windows import DoseState
from programs.contributions import Place


def plain(amount: Decimal) -> str:
    """'0.5' or '100': no trailing zero, no exponent, no comma (what a field holds; sentences use ``say_amount``)."""
    words = f"{amount:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


@dataclass(frozen=True)
class Mark:
    """What was charted for a dose; ``reason`` in words.

    ``corrected``: it replaces an earlier mark, and ``note`` says why.
    """

    pk: int
    outcome: Outcome
    at: datetime
    by: str
    amount: str
    reason: str
    note: str
    corrected: bool


@dataclass(frozen=True)
class Drug:
    """An order as a nurse reads it: ``title`` 'Chlordiazepoxide 50 mg', ``sig`` 'Capsule by mouth · daily at 08:00'."""

    order_id: int
    client_id: int
    title: str
    medication: str
    sig: str
    amount: Decimal
    unit: str
    controlled: str
    high_alert: bool
    on_hold: str  # 'on hold since 07:10: systolic 92', '' when it is not

    @property
    def ordered(self) -> str:
        """'50 mg'."""
        return say_amount(self.amount, self.unit)

    @property
    def plain(self) -> str:
        """'50', as a field holds it."""
        return plain(self.amount)


@dataclass(frozen=True)
class DoseRow:
    """One dose of the schedule.

    ``minutes_late`` is 0 unless it is late or missed; ``opens_at`` is when its window opens.
    """

    drug: Drug
    due_at: datetime
    state: DoseState
    minutes_late: int
    opens_at: datetime
    key: UUID
    mark: Mark | None = None

    @property
    def pk(self) -> str:
        """What names it on the page."""
        return dose_pk(self.drug.order_id, self.due_at)

    @property
    def minute(self) -> str:
        """What names its due time in an address."""
        return self.pk.partition("-")[2]

    @property
    def look(self) -> str:
        """The word of the look for its state."""
        if self.mark is not None:
            return _LOOKS[self.mark.outcome]
        return "held" if self.drug.on_hold else self.state.value

    @property
    def counts(self) -> bool:
        """Whether the pass has to account for it: a dose of an order on hold is not due."""
        return self.mark is not None or not self.drug.on_hold

    @property
    def waits(self) -> bool:
        """Whether it is still to be charted."""
        return self.mark is None and not self.drug.on_hold

    @property
    def late(self) -> bool:
        """Whether it waits and is late, or missed by now."""
        return self.waits and self.state in (DoseState.LATE, DoseState.MISSED)


_LOOKS = {
    Outcome.GIVEN: "given",
    Outcome.PARTIAL: "given",
    Outcome.SELF_ADMINISTERED: "given",
    Outcome.VOMITED: "given",
    Outcome.REFUSED: "refused",
    Outcome.HELD: "held",
    Outcome.NOT_AVAILABLE: "unavailable",
    Outcome.ABSENT: "unavailable",
}


@dataclass(frozen=True)
class PrnRow:
    """An as-needed order. ``next_at`` is when the ordered dose may be given.

    Now or earlier means now, None means not today.
    """

    drug: Drug
    indication: str
    taken: int  # doses of the ingredient in the last 24 hours, all orders
    next_at: datetime | None
    open: bool
    key: UUID
    last: Mark | None = None

    @property
    def pk(self) -> str:
        """What names it on the page."""
        return str(self.drug.order_id)


@dataclass(frozen=True)
class Away:
    """A client is on leave: 'On pass', until when (None: in hospital or at court, nobody knows)."""

    words: str
    until: datetime | None


@dataclass(frozen=True)
class ClientCard:
    """One client of a unit: who they are, where, what they must not have, and what is due to them."""

    client_id: int
    episode_id: int
    name: str
    short_name: str
    initials: str
    letters: str
    pronouns: str
    born_on: date
    place: Place
    allergies: tuple[str, ...]
    away: Away | None
    doses: tuple[DoseRow, ...]
    prns: tuple[PrnRow, ...]

    @property
    def total(self) -> int:
        """Doses the pass has to account for."""
        return sum(dose.counts for dose in self.doses)

    @property
    def done(self) -> int:
        """Doses with something charted."""
        return sum(dose.mark is not None for dose in self.doses)

    @property
    def late(self) -> int:
        """Doses that wait and are late or missed."""
        return sum(dose.late for dose in self.doses)

    @property
    def waiting(self) -> int:
        """Doses still to be charted."""
        return sum(dose.waits for dose in self.doses)

    @property
    def said(self) -> str:
        """How far this client is: '5 due', '2 late, 3 due', '3, 1 held', '4 of 4'."""
        if self.away is not None and self.waiting:
            return self.away.words.lower()
        if self.waiting:
            return f"{self.waiting} due" + (f", {self.late} late" if self.late else "")
        if not self.total:
            return "nothing due"
        other = [dose.mark.outcome.past for dose in self.doses if dose.mark and dose.look != "given"]
        if not other:
            return f"{self.done} of {self.total}"
        return ", ".join(
            ([str(self.done - len(other))] if self.done > len(other) else [])
            + [f"{other.count(word)} {word}" for word in dict.fromkeys(other)]
        )

    @property
    def look(self) -> str:
        """The word of the look for the strip."""
        if not self.waiting:
            return "done"
        return "away" if self.away is not None else "late" if self.late else "due"


@dataclass(frozen=True)
class PassPage:
    """One pass of one unit, clients in walking order. ``at`` is the pass, ``now`` when it was read (both UTC)."""

    site_id: int
    unit_id: int
    unit: str
    at: datetime
    now: datetime
    clients: tuple[ClientCard, ...]

    @property
    def total(self) -> int:
        """Doses to account for."""
        return sum(client.total for client in self.clients)

    @property
    def done(self) -> int:
        """Doses accounted for."""
        return sum(client.done for client in self.clients)

    @property
    def late(self) -> int:
        """Doses that wait and are late or missed."""
        return sum(client.late for client in self.clients)

    def client(self, client_id: int | None) -> ClientCard | None:
        """The client of that id; without one, the first who still waits, else the first."""
        if client_id is not None:
            return next((client for client in self.clients if client.client_id == client_id), None)
        waiting = (client for client in self.clients if client.waiting and client.away is None)
        return next(waiting, self.clients[0] if self.clients else None)

    def after(self, client: ClientCard) -> ClientCard | None:
        """The next in walking order who still waits, beginning again at the first; None when nobody else does."""
        here = self.clients.index(client)
        others = self.clients[here + 1 :] + self.clients[:here]
        return next((other for other in others if other.waiting and other.away is None), None)

    def before(self, client: ClientCard) -> ClientCard | None:
        """The one before in walking order; None for the first."""
        here = self.clients.index(client)
        return self.clients[here - 1] if here else None


@dataclass(frozen=True)
class PassLine:
    """One pass in the list: how far it is."""

    unit_id: int
    unit: str
    at: datetime
    clients: int
    total: int
    done: int
    late: int
    current: bool

    @property
    def minute(self) -> int:
        """What names the pass in an address."""
        return int(self.at.timestamp() // 60)
