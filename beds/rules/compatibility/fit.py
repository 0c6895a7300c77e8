"""May this person have this bed? Three to six words for the card, the facts behind them in ``detail``."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from audit.rules.findings import Finding, Severity, note, override, stop, worst_first
from beds.rules.compatibility.facts import (
    DEFAULT,
    BedFacts,
    ClientFacts,
    CompatibilityPolicy,
    Housing,
    Mobility,
    RoommateFacts,
)
from beds.rules.states import BedState

Verdict: TypeAlias = Literal["fits", "override", "no"]


def compatibility(
    bed: BedFacts, client: ClientFacts, roommates: Iterable[RoommateFacts], policy: CompatibilityPolicy = DEFAULT
) -> list[Finding]:
    """Return what stands against this person in this bed, worst first; empty when it simply fits.

    A keep-apart rule says that there is one, and neither with whom nor why: who may not know must not learn it here.
    """
    found = [*_free(bed, client), *_unit(bed, client, policy), *_body(bed, client, policy)]
    return list(worst_first([*found, *_room(client, tuple(roommates), policy)]))


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the worst of the findings as the card says it: a note alone still fits."""
    severities = {finding.severity for finding in findings}
    if Severity.STOP in severities:
        return "no"
    return "override" if Severity.OVERRIDE in severities else "fits"


def _free(bed: BedFacts, client: ClientFacts) -> Iterator[Finding]:
    until = f" until {bed.until}" if bed.until else ""
    if bed.client is not None and bed.client == client.client:
        yield stop("bed.already_here", "Already in this bed", bed=bed.label)
    elif bed.state in (BedState.OCCUPIED, BedState.ON_LEAVE):
        by = f" {bed.who}" if bed.who else " someone else"
        words = f"Occupied by{by}" if bed.state is BedState.OCCUPIED else f"Kept for{by}, on leave"
        yield stop("bed.occupied", words, bed=bed.label, until=bed.until)
    elif bed.state is BedState.OUT_OF_SERVICE:
        yield stop("bed.out_of_service", f"Out of service{until}", bed=bed.label, until=bed.until)
    elif bed.state is BedState.BEING_CLEANED:
        yield stop("bed.needs_cleaning", "Being cleaned right now", bed=bed.label)
    elif bed.state is BedState.CLEANING and bed.left_by is not None and bed.left_by == client.client:
        yield note("bed.just_left", "Just left by this person", bed=bed.label)
    elif bed.state is BedState.CLEANING:
        yield stop("bed.needs_cleaning", "Needs cleaning first", bed=bed.label)
    if (bed.held_for is not None or bed.state is BedState.HELD) and bed.held_for != client.client:
        held_until = until if bed.state is BedState.HELD else ""
        words = f"Held for {bed.held_for_who or 'someone else'}{held_until}"
        yield stop("bed.held_for_other", words, bed=bed.label, until=bed.until)


def _unit(bed: BedFacts, client: ClientFacts, policy: CompatibilityPolicy) -> Iterator[Finding]:
    yield from _level(bed, client.level)
    wanted, kept = client.housing_preference, bed.gender_policy
    if kept is not Housing.ANY and wanted is Housing.ANY:
        yield note("bed.gender_policy", f"{kept.title()}'s unit, no preference stated", policy=kept, preference=wanted)
    elif kept is not Housing.ANY and wanted is not kept:
        words = f"{kept.title()}'s unit, prefers {wanted}'s"
        yield _weighed(policy.gender_policy, "bed.gender_policy", words, policy=kept, preference=wanted)
    elif kept is not wanted:
        yield note("bed.gender_policy", f"Mixed unit, prefers {wanted}'s", policy=kept, preference=wanted)
    low, high, age = bed.age_from, bed.age_to, client.age
    if (low is not None or high is not None) and age is None:
        yield override("bed.age", "Age not known, unit has limits", age_from=low, age_to=high)
    elif age is not None and low is not None and age < low:
        yield stop("bed.age", f"Unit is for {low} and over", age_from=low, age_to=high)
    elif age is not None and high is not None and age > high:
        yield stop("bed.age", f"Unit is for {high} and under", age_from=low, age_to=high)
    if bed.licensed_left is not None and bed.licensed_left < 1:
        yield stop("bed.unit_at_license", "Unit full by its license", unit=bed.unit_name)
    elif bed.staffed_left is not None and bed.staffed_left < 1:
        yield override("bed.unit_at_staffing", "Unit full for its staffing", unit=bed.unit_name)


def _level(bed: BedFacts, level: str | None) -> Iterator[Finding]:
    """The exact level fits. An enhanced level (COE, BIO) in a plain unit needs a reason; the other way is told.

    Who lives in the program already and was stepped to another level (PHP with housing) may go on living there. A recovery
    residence is housing beside treatment that people come and go to: levels 1 and 2.
    """
    if level is None:
        yield note("bed.level", "Level not yet rated", offers=sorted(bed.levels))
        return
    if level in bed.levels:
        return
    base, _, variant = level.partition(" ")
    if variant and base in bed.levels:
        yield override("bed.level", f"Offers {base} without {variant}", wants=level, offers=sorted(bed.levels))
    elif not variant and any(offered.startswith(f"{base} ") for offered in bed.levels):
        yield note("bed.level", f"Offers {base} enhanced only", wants=level, offers=sorted(bed.levels))
    elif bed.lives_here:
        yield note("bed.level", f"Housed here while at {level}", wants=level, offers=sorted(bed.levels))
    elif not bed.levels and level[0] in "12":
        return
    elif not bed.levels:
        yield stop("bed.level", f"Recovery residence, needs {level}", wants=level, offers=[])
    else:
        yield stop("bed.level", f"Does not offer {level}", wants=level, offers=sorted(bed.levels))


def _body(bed: BedFacts, client: ClientFacts, policy: CompatibilityPolicy) -> Iterator[Finding]:
    if not bed.lower_bunk and (client.needs_lower_bunk or client.mobility is not Mobility.INDEPENDENT):
        yield _weighed(policy.upper_bunk, "bed.upper_bunk", "Upper bunk, needs a lower", bed=bed.label)
    if not bed.accessible and (client.needs_accessible or client.mobility is Mobility.WHEELCHAIR):
        yield stop("bed.not_accessible", "Room is not accessible", bed=bed.label)
    if not bed.near_nursing and client.withdrawal_watch:
        yield _weighed(
            policy.far_from_nursing, "bed.far_from_nursing", "Withdrawal watch, far from nursing", bed=bed.label
        )


def _room(client: ClientFacts, roommates: tuple[RoommateFacts, ...], policy: CompatibilityPolicy) -> Iterator[Finding]:
    if any(mate.keep_apart for mate in roommates):
        yield stop("bed.keep_apart", "Keep-apart rule in this room")
    ages = [mate.age for mate in roommates if mate.age is not None]
    if client.age is not None and any((age < policy.adult_age) != (client.age < policy.adult_age) for age in ages):
        yield stop("bed.adult_and_minor", "Adult and minor in one room")
    if (client.isolation and roommates) or any(mate.isolation for mate in roommates):
        yield stop("bed.isolation", "Isolation needs a single room")
    for mate in roommates:
        pair = {client.housing_preference, mate.housing_preference}
        if pair == {Housing.WOMEN, Housing.MEN}:
            words = f"Roommate prefers {mate.housing_preference}'s housing"
            yield override("bed.roommate_preference", words, initials=mate.initials)


def _weighed(severity: Severity, code: str, message: str, **detail: object) -> Finding:
    return Finding(code, severity, message, detail)
