"""What a check needs to know: the dose as ordered, the attempt to chart it, and the site's policy."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias
from uuid import UUID

from emar.rules.administration.outcomes import Outcome
from emar.rules.orders.kinds import Measure, Mode, Sites, Witness
from emar.rules.orders.limits import HoldLimit
from emar.rules.schedule.due import as_utc
from emar.rules.windows import Window

ClientKey: TypeAlias = int | str | UUID


class OrderState(StrEnum):
    """How the order stands."""

    ACTIVE = "active"
    HELD = "held"
    STOPPED = "stopped"


class Whereabouts(StrEnum):
    """Where the client was at the moment the dose is said to have been given."""

    PRESENT = "present"
    ON_LEAVE = "on_leave"
    NOT_PLACED = "not_placed"


class Identifier(StrEnum):
    """How the person in front of the nurse was identified. A room or a bed is never one (NPSG.01.01.01)."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    PHOTO = "photo"
    WRISTBAND = "wristband"

    @property
    def weight(self) -> int:
        """How many identifiers it stands for: a wristband carries the name and a code that only one person has."""
        return 2 if self is Identifier.WRISTBAND else 1


class RecentDose(NamedTuple):
    """A dose of the same ingredient that was taken, under any order; ``amount`` in the unit of the limit it is held against.

    ``same_order``: under this order or a version of it. ``counted``: False where the formulary does not say how much of the
    ingredient was in it (the amount is 0 then). ``shares``: the ingredient in common where it is not the order's main one.
    """

    given_at: datetime
    amount: Decimal
    same_order: bool = False
    counted: bool = True
    shares: str = ""


@dataclass(frozen=True)
class PrnLimits:
    """Limits in any rolling 24 hours: the least gap, the most doses and the most amount (None: no such limit)."""

    min_gap: timedelta
    max_doses: int | None = None
    max_amount: Decimal | None = None


@dataclass(frozen=True)
class Ceiling:
    """The most of one ingredient in 24 hours, as an order of the client states it, and what was taken of it (in ``unit``).

    ``amount`` is how much of the ingredient the attempt is; None where that cannot be told.
    """

    ingredient: str
    most: Decimal
    unit: str
    recent: tuple[RecentDose, ...] = ()
    amount: Decimal | None = None

    @property
    def limits(self) -> PrnLimits:
        """As the as-needed rules take them."""
        return PrnLimits(timedelta(0), None, self.most)


class Measured(NamedTuple):
    """A vital sign or a score, and when it was taken (with a zone)."""

    measure: Measure
    value: Decimal
    taken_at: datetime


class UsedSite(NamedTuple):
    """Where on the body an earlier dose went."""

    code: str
    at: datetime


@dataclass(frozen=True)
class Charted:
    """What already stands charted for the dose: outcome, when, and by whom ("RN Cole")."""

    outcome: Outcome
    at: datetime
    by: str


@dataclass(frozen=True)
class DoseFacts:
    """A dose as ordered and as things stand.

    ``due_at`` is None for an as-needed dose; ``on_schedule`` says whether the order's schedule has that due time.
    ``amount`` is the ordered amount and ``amount_max`` the top of a range order, in ``unit``. ``order_since`` is when
    the order was held or stopped (None: no matter when). ``interval`` is the order's interval when it is due every so
    many hours. ``recent`` is every dose of the ingredient, over all orders, from 24 hours either side of the attempt.
    ``allergies`` are those that match this medication. ``tz`` is the site's zone, for the clock in the sentences.
    ``ceilings`` are the most of each ingredient in 24 hours that any order of the client states; ``begins`` is when an
    as-needed order begins. ``limits`` are its hold limits, ``used_sites`` the last places on the body, newest first.
    ``watch_mouth``: the mouth is looked into after the client takes it. ``scales``: the scores an as-needed dose asks for first.
    """

    client: ClientKey
    medication: str
    ingredient: str
    amount: Decimal
    unit: str
    route: str
    window: Window
    tz: tzinfo
    due_at: datetime | None = None
    on_schedule: bool = True
    amount_max: Decimal | None = None
    order_state: OrderState = OrderState.ACTIVE
    order_since: datetime | None = None
    whereabouts: Whereabouts = Whereabouts.PRESENT
    leave_until: datetime | None = None
    existing: Charted | None = None
    allergies: tuple[str, ...] = ()
    recent: tuple[RecentDose, ...] = ()
    prn: PrnLimits | None = None
    interval: timedelta | None = None
    ceilings: tuple[Ceiling, ...] = ()
    begins: datetime | None = None
    limits: tuple[HoldLimit, ...] = ()
    sites: Sites = Sites.NONE
    used_sites: tuple[UsedSite, ...] = ()
    patches: tuple[UsedSite, ...] = ()
    mode: Mode = Mode.NURSE
    witness: Witness = Witness.NONE
    watch_mouth: bool = False
    psychotropic: bool = False
    scales: tuple[str, ...] = ()

    @property
    def most(self) -> Decimal:
        """The most that the order allows at one time."""
        return self.amount if self.amount_max is None else self.amount_max


@dataclass(frozen=True)
class AttemptFacts:
    """What a person asks to chart, and the server's clock.

    ``client`` is whose chart is open or whose wristband was scanned. ``given_at`` is when it happened, ``at`` is now:
    both carry a zone. ``amount`` and ``unit`` are for outcomes in which something was taken. ``route`` and
    ``ingredient`` are stated or scanned; None when not; ``product`` is another product of the right ingredient, by name.
    ``witnessed``: whether a second person who may signed (None: nobody did). ``mouth_checked``: None when not asked.
    """

    client: ClientKey
    outcome: Outcome
    given_at: datetime
    at: datetime
    amount: Decimal | None = None
    unit: str | None = None
    identifiers: tuple[str, ...] = ()
    reason: str | None = None
    note: str = ""
    route: str | None = None
    ingredient: str | None = None
    product: str | None = None
    measures: tuple[Measured, ...] = ()
    body_site: str = ""
    prn_reason: str = ""
    scale: str = ""
    score: Decimal | None = None
    tried_first: str = ""
    mouth_checked: bool | None = None
    attested_as: str = ""
    witnessed: bool | None = None
    patch_off: bool = False


@dataclass(frozen=True)
class AdministrationPolicy:
    """A site's numbers; numbers in brackets are rules of facts/emar-safety.md.

    ``clock_skew``: how far ahead of the server a time may lie [29]. ``late_entry_after``: when charting after the fact
    asks for a reason [29; the 15 minutes are a house proposal]. ``earliest``: nobody gives a scheduled dose this long
    before it is due (house proposal). ``tolerance``: times the ordered amount [28]. ``same_ingredient``: how close two
    orders of one ingredient may come [11]. ``interval_percent``: how much of its interval an every-N-hours order keeps
    free after a late dose [6]. ``prn_grace``: how much early still counts as the gap kept [13].
    """

    identifiers_needed: int = 2
    clock_skew: timedelta = timedelta(minutes=5)
    late_entry_after: timedelta = timedelta(minutes=15)
    earliest: timedelta = timedelta(hours=12)
    tolerance: Decimal = Decimal(1)
    same_ingredient: timedelta = timedelta(minutes=120)
    interval_percent: int = 75
    prn_grace: timedelta = timedelta(0)


DEFAULT = AdministrationPolicy()


def in_utc(dose: DoseFacts, attempt: AttemptFacts) -> tuple[DoseFacts, AttemptFacts]:
    """Return the same facts with every compared instant in UTC; ValueError for one without a zone.

    Python compares and subtracts two datetimes of one zone by their wall clock, so on an autumn night the second 01:30
    would be no later than the first.
    """
    settled = replace(
        dose,
        due_at=None if dose.due_at is None else as_utc(dose.due_at, "due_at"),
        order_since=None if dose.order_since is None else as_utc(dose.order_since, "order_since"),
        begins=None if dose.begins is None else as_utc(dose.begins, "begins"),
        recent=recent_in_utc(dose.recent),
        ceilings=tuple(replace(each, recent=recent_in_utc(each.recent)) for each in dose.ceilings),
        used_sites=tuple(each._replace(at=as_utc(each.at, "used")) for each in dose.used_sites),
        patches=tuple(each._replace(at=as_utc(each.at, "patches")) for each in dose.patches),
    )
    asked = replace(
        attempt,
        given_at=as_utc(attempt.given_at, "given_at"),
        at=as_utc(attempt.at, "at"),
        measures=tuple(each._replace(taken_at=as_utc(each.taken_at, "taken_at")) for each in attempt.measures),
    )
    return settled, asked


def recent_in_utc(recent: Iterable[RecentDose]) -> tuple[RecentDose, ...]:
    """The same doses with their instants in UTC."""
    return tuple(dose._replace(given_at=as_utc(dose.given_at, "recent")) for dose in recent)
