"""The rows of a pass as its pages show them: frozen, and complete before a template sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from emar.keys import dose_pk
from emar.queries.withdrawal import Advice
from emar.rules.administration import Outcome, say_amount
from emar.rules.schedule import say_gap
from emar.rules.windows import DoseState

SOON = timedelta(minutes=15)
"""How long before an effect is due it shows at the top of the client."""


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
    by_id: int = 0
    undo_until: datetime | None = None  # until when who charted it may undo it
    entered_at: datetime | None = None  # where it was entered well after it happened
    more: tuple[str, ...] = ()  # the place on the body, the witness, why a finding was gone past


@dataclass(frozen=True)
class Drug:
    """An order as a nurse reads it: ``title`` 'Chlordiazepoxide 50 mg', ``sig`` 'Capsule by mouth · daily at 08:00'.

    ``most`` is the top of a range, ``count`` how many tablets (films, mL) the dose is; ``limits`` are its hold limits in words.
    ``asks``: giving it takes more than a tap (an amount, a place, a value, a witness, the client's own name).
    """

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
    most: Decimal | None = None
    count: Decimal | None = None
    look_alike: bool = False
    time_critical: bool = False
    witness: str = ""  # 'Witness required', '' where none is asked
    observed: bool = False
    limits: tuple[str, ...] = ()
    asks: bool = False

    @property
    def give(self) -> str:
        """The word on the button: 'Give', 'Give 2', 'Give ...' where more is asked."""
        if self.asks:
            return "Give …"
        return "Give" if self.count in (None, Decimal(1)) else f"Give {plain(self.count or Decimal(0))}"

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
    closes_at: datetime | None = None  # when, uncharted, it counts as missed

    @property
    def pk(self) -> str:
        """What names it on the page."""
        return dose_pk(self.drug.order_id, self.due_at)

    @property
    def minute(self) -> str:
        """What names its due time in an address."""
        return self.pk.partition("-")[2]

    @property
    def ago(self) -> str:
        """How long ago a late or missed dose was due: '45 min', '7 h 25 min'."""
        return say_gap(timedelta(minutes=self.minutes_late))

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
    taken_amount: str = ""  # '800 mg' in the last 24 hours, where an order states the most
    effect: "EffectRow | None" = None
    mine: bool = False  # whether ``last`` was given under this order
    advice: Advice | None = None  # what its protocol says now

    @property
    def proposed(self) -> str:
        """'50 mg', '' where nothing is proposed."""
        advised = None if self.advice is None else self.advice.amount
        return "" if advised is None else say_amount(advised, self.drug.unit)

    @property
    def pk(self) -> str:
        """What names it on the page."""
        return str(self.drug.order_id)


@dataclass(frozen=True)
class EffectRow:
    """A dose as needed whose effect is still to be recorded. ``title`` 'Hydroxyzine 25 mg'."""

    pk: int  # of the reassessment
    administration_id: int
    order_id: int
    client_id: int
    title: str
    given_at: datetime
    why: str  # what it was given for
    scale: str
    score: Decimal | None
    due_at: datetime
    now: datetime

    @property
    def overdue(self) -> bool:
        """Whether its time has come and gone."""
        return self.due_at < self.now

    @property
    def soon(self) -> bool:
        """Whether it shows at the top of the client: due within a quarter of an hour, or by now."""
        return self.due_at <= self.now + SOON

    @property
    def before(self) -> str:
        """'pain 7' before the dose, '' where nothing was scored."""
        return "" if self.score is None else f"{self.scale} {plain(self.score)}"


@dataclass(frozen=True)
class Away:
    """A client is on leave: 'On pass', until when (None: in hospital or at court, nobody knows)."""

    words: str
    until: datetime | None
