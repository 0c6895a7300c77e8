"""What a fit needs to know: the bed, the person, the people in the room, and what a site may weigh for itself."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from audit.rules.findings import Severity
from beds.rules.states import BedState
from programs.rules.precautions import Precaution

ClientKey: TypeAlias = int | str | UUID


class Housing(StrEnum):
    """A unit's gender policy, and a person's stated housing preference: the same three words."""

    WOMEN = "women"
    MEN = "men"
    ANY = "any"


class Mobility(StrEnum):
    """How a person gets about, and out in an emergency."""

    INDEPENDENT = "independent"
    NEEDS_HELP = "needs_help"
    WHEELCHAIR = "wheelchair"


@dataclass(frozen=True)
class BedFacts:
    """A bed, its unit and its state.

    ``levels`` are the level codes that the unit offers, none in a recovery residence.
    ``lower_bunk`` is true of every bed one does not climb into.
    ``who`` and ``until`` are as the card may show them to this viewer: initials of who is in it, a day or an hour.
    ``client`` is who has the stay; ``left_by`` who left it to be cleaned, while nobody cleans yet; ``held_for`` whom a
    hold names (None: no hold), ``held_for_who`` in initials: a hold may stand on a bed that is occupied or being cleaned.
    ``age_from`` and ``age_to`` (inclusive) are the unit's band in years. ``licensed_left`` and ``staffed_left`` are
    places left in the program and the unit; None = not limited. ``lives_here``: the person has a bed of this program.
    """

    label: str
    unit_name: str
    levels: frozenset[str]
    gender_policy: Housing
    lower_bunk: bool
    near_nursing: bool
    accessible: bool
    state: BedState
    who: str = ""
    until: str = ""
    client: ClientKey | None = None
    left_by: ClientKey | None = None
    held_for: ClientKey | None = None
    held_for_who: str = ""
    age_from: int | None = None
    age_to: int | None = None
    licensed_left: int | None = None
    staffed_left: int | None = None
    lives_here: bool = False


@dataclass(frozen=True)
class ClientFacts:
    """The person who needs a bed; ``level`` None = not yet rated, ``age`` in whole years, None = not known."""

    client: ClientKey
    level: str | None
    housing_preference: Housing
    age: int | None
    needs_lower_bunk: bool = False
    needs_accessible: bool = False
    withdrawal_watch: bool = False
    mobility: Mobility = Mobility.INDEPENDENT
    isolation: bool = False
    initials: str = ""


def client_facts(
    client: ClientKey,
    initials: str,
    level: str,
    housing: str,
    age: int | None,
    precautions: Collection[Precaution],
) -> ClientFacts:
    """What the rule needs to know of a person, from what is minded about them; ``level`` '' = not yet rated."""
    mobility = (
        Mobility.WHEELCHAIR if Precaution.WHEELCHAIR in precautions
        else Mobility.NEEDS_HELP if Precaution.NEEDS_HELP in precautions
        else Mobility.INDEPENDENT
    )  # fmt: skip
    return ClientFacts(
        client=client,
        level=level or None,
        housing_preference=Housing(housing),
        age=age,
        needs_lower_bunk=Precaution.LOWER_BUNK in precautions,
        needs_accessible=Precaution.ACCESSIBLE in precautions,
        withdrawal_watch=Precaution.WITHDRAWAL_WATCH in precautions,
        mobility=mobility,
        isolation=Precaution.ISOLATION in precautions,
        initials=initials,
    )


@dataclass(frozen=True)
class RoommateFacts:
    """Someone who has another bed of the room; ``keep_apart`` from this person, whichever of the two it was said of."""

    initials: str
    keep_apart: bool = False
    housing_preference: Housing = Housing.ANY
    age: int | None = None
    isolation: bool = False


@dataclass(frozen=True)
class CompatibilityPolicy:
    """What a site may weigh for itself; the rest is fixed. ``adult_age``: years from which adults room with adults."""

    gender_policy: Severity = Severity.STOP
    upper_bunk: Severity = Severity.OVERRIDE
    far_from_nursing: Severity = Severity.OVERRIDE
    adult_age: int = 18


DEFAULT = CompatibilityPolicy()
