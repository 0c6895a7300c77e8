"""What the check of an order needs to know: what is asked for, the medication, and what the client has already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from emar.rules.contents import Content
from emar.rules.orders.kinds import Heard, Mode, Witness
from emar.rules.policy import DEFAULT, SitePolicy


@dataclass(frozen=True)
class Sig:
    """What an order says, as a person entered it: nothing here is checked yet.

    ``schedule`` is the stored form of ``emar.rules.schedule`` and ``hold_limits`` of ``emar.rules.orders.limits``. Of a taper,
    ``dose`` may be left out (it is the first step's) and ``taper_total`` is what the prescriber says the steps add up to.
    ``protocol_id``: the table that proposes its doses; ``start_kind``: a word of ``StartKind``.
    None or '' means: as the medication, the site or the moment says. ``most_in_24h`` is of the main ingredient.
    """

    schedule: Mapping[str, object]
    dose: Decimal | None = None
    dose_max: Decimal | None = None
    unit: str = ""
    route: str = ""
    indication: str = ""
    instructions: str = ""
    most_in_24h: Decimal | None = None
    most_unit: str = ""
    reassess_minutes: int | None = None
    mode: str = Mode.NURSE.value
    witness: str = ""
    time_critical: bool | None = None
    hold_limits: tuple[Mapping[str, object], ...] = ()
    started_at: datetime | None = None
    until: datetime | None = None
    taper_total: Decimal | None = None
    protocol_id: int | None = None
    start_kind: str = ""


@dataclass(frozen=True)
class Verbal:
    """A prescriber said it and a nurse writes it down: who, how it was heard, and that it was read back."""

    prescriber_id: int
    heard: str = Heard.TELEPHONE.value
    read_back: bool = False


@dataclass(frozen=True)
class MedicationFacts:
    """A line of the formulary. ``names`` is everything it is called; ``ingredients`` and ``drug_class`` in lower case."""

    name: str
    ingredients: tuple[str, ...]
    route: str
    form: str
    names: tuple[str, ...] = ()
    drug_class: str = ""
    contents: tuple[Content, ...] = ()
    counted_in: str = ""
    strength_unit: str = ""
    controlled: bool = False
    psychotropic: bool = False
    look_alike: bool = False
    is_active: bool = True
    witness: Witness = Witness.NONE


@dataclass(frozen=True)
class Standing:
    """Another order that is in force, or will be: 'Ibuprofen 400 mg as needed'."""

    said: str
    ingredients: tuple[str, ...]
    drug_class: str = ""


@dataclass(frozen=True)
class AllergyFacts:
    """A substance on the chart, and how it is said: 'penicillin (hives)'."""

    substance: str
    said: str


@dataclass(frozen=True)
class ClientFacts:
    """What the client has: allergies, and the other orders."""

    allergies: tuple[AllergyFacts, ...] = ()
    orders: tuple[Standing, ...] = ()


@dataclass(frozen=True)
class Setting:
    """When and where an order is written: now, the site's zone, and its numbers."""

    at: datetime
    tz: tzinfo
    policy: SitePolicy = DEFAULT
