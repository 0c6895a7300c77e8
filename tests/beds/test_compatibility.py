"""May this person have this bed? The examples of docs/rules/beds.md, word for word."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Finding, Severity, note, override, stop
from beds.rules.compatibility import (
    BedFacts,
    ClientFacts,
    CompatibilityPolicy,
    Housing,
    Mobility,
    RoommateFacts,
    compatibility,
    verdict,
)
from beds.rules.states import BedState
from tests.doc_table import table

PAGE = "docs/rules/beds.md"
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)

BED = BedFacts(
    label="12-B",
    unit_name="Cedar",
    levels=frozenset({"3.5"}),
    gender_policy=Housing.WOMEN,
    lower_bunk=True,
    near_nursing=True,
    accessible=True,
    state=BedState.AVAILABLE,
)
CLIENT = ClientFacts(client=7, level="3.5", housing_preference=Housing.WOMEN, age=34)
MATE = RoommateFacts(initials="L. H.", housing_preference=Housing.WOMEN, age=40)

Case = tuple[BedFacts, ClientFacts, RoommateFacts]


def bed(**changes: object) -> Case:
    return replace(BED, **changes), CLIENT, MATE  # type: ignore[arg-type]


def client(**changes: object) -> Case:
    return BED, replace(CLIENT, **changes), MATE  # type: ignore[arg-type]


def mate(**changes: object) -> Case:
    return BED, CLIENT, replace(MATE, **changes)  # type: ignore[arg-type]


def both(first: Case, second: Case) -> Case:
    return first[0], second[1], MATE


HELD_FOR_R = {"held_for": 9, "held_for_who": "R. W."}
UPPER, FAR = {"lower_bunk": False}, {"near_nursing": False}

CASES: dict[str, Case] = {
    "nothing unusual": (BED, CLIENT, MATE),
    "someone is in it": bed(state=BedState.OCCUPIED, client=8, who="L. H."),
    "someone is in it, name hidden": bed(state=BedState.OCCUPIED, client=8),
    "its person is on leave": bed(state=BedState.ON_LEAVE, client=8, who="C. R."),
    "the person is in it already": bed(state=BedState.OCCUPIED, client=7, who="M. D."),
    "held for this person": bed(state=BedState.HELD, held_for=7, held_for_who="M. D."),
    "held for another": bed(state=BedState.HELD, until="Fri", **HELD_FOR_R),
    "held, for whom is not known": bed(state=BedState.HELD),
    "held for another, being cleaned": bed(state=BedState.BEING_CLEANED, **HELD_FOR_R),
    "closed": bed(state=BedState.OUT_OF_SERVICE, until="Wed"),
    "needs cleaning": bed(state=BedState.CLEANING),
    "needs cleaning, just left by this person": bed(state=BedState.CLEANING, left_by=7),
    "being cleaned": bed(state=BedState.BEING_CLEANED),
    "wants 3.7": client(level="3.7"),
    "wants 3.5 COE": client(level="3.5 COE"),
    "unit offers 3.5 COE only": bed(levels=frozenset({"3.5 COE"})),
    "not rated yet": client(level=None),
    "at 2.5, lives in this program": both(bed(lives_here=True), client(level="2.5")),
    "at 2.5, recovery residence": both(bed(levels=frozenset()), client(level="2.5")),
    "wants 3.5, recovery residence": bed(levels=frozenset()),
    "PHP with housing": both(bed(levels=frozenset({"2.1", "2.5", "3.5"})), client(level="2.5")),
    "prefers men's housing": client(housing_preference=Housing.MEN),
    "no preference": client(housing_preference=Housing.ANY),
    "mixed unit": bed(gender_policy=Housing.ANY),
    "no preference, mixed unit": both(bed(gender_policy=Housing.ANY), client(housing_preference=Housing.ANY)),
    "keep-apart rule": mate(keep_apart=True),
    "needs a lower bunk, this is an upper": both(bed(**UPPER), client(needs_lower_bunk=True)),
    "needs help to walk, this is an upper": both(bed(**UPPER), client(mobility=Mobility.NEEDS_HELP)),
    "upper bunk, no need": bed(**UPPER),
    "wheelchair, room not accessible": both(bed(accessible=False), client(mobility=Mobility.WHEELCHAIR)),
    "needs an accessible room": both(bed(accessible=False), client(needs_accessible=True)),
    "withdrawal watch, far away": both(bed(**FAR), client(withdrawal_watch=True)),
    "far away, no watch": bed(**FAR),
    "too young for the unit": bed(age_from=40),
    "too old for the unit": bed(age_from=18, age_to=25),
    "age not known, unit has limits": both(bed(age_from=18), client(age=None)),
    "minor beside an adult": client(age=17),
    "needs isolation, has a roommate": client(isolation=True),
    "roommate in isolation": mate(isolation=True),
    "licence used up": bed(licensed_left=0, staffed_left=0),
    "too few staff": bed(licensed_left=2, staffed_left=0),
    "upper bunk and far away": both(bed(**UPPER, **FAR), client(needs_lower_bunk=True, withdrawal_watch=True)),
}


def found(case: Case) -> list[Finding]:
    return compatibility(case[0], case[1], [case[2]])


@pytest.mark.parametrize("row", table(PAGE, "Who fits"), ids=lambda row: row["Case"])
def test_a_bed_fits_as_the_page_says(row: dict[str, str]) -> None:
    findings = found(CASES[row["Case"]])
    assert (", ".join(finding.code for finding in findings) or "none") == row["Code"]
    assert ", ".join(finding.severity for finding in findings) == row["Weight"]
    assert "; ".join(finding.message for finding in findings) == row["On the card"]


def test_the_page_shows_every_case() -> None:
    assert [row["Case"] for row in table(PAGE, "Who fits")] == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_stands_on_the_card_is_three_to_six_words(name: str) -> None:
    assert all(3 <= len(finding.message.split()) <= 6 for finding in found(CASES[name]))


def test_a_keep_apart_rule_never_says_with_whom_or_why() -> None:
    (finding,) = found(mate(keep_apart=True))
    assert MATE.initials not in finding.message
    assert not finding.detail


def test_an_empty_room_has_no_roommates_to_mind() -> None:
    assert compatibility(BED, replace(CLIENT, isolation=True, age=17), []) == []


def test_a_site_may_weigh_bunk_nursing_and_gender_policy_for_itself() -> None:
    policy = CompatibilityPolicy(Severity.OVERRIDE, Severity.STOP, Severity.NOTE)
    facts, person, _ = both(
        bed(**UPPER, **FAR), client(needs_lower_bunk=True, withdrawal_watch=True, housing_preference=Housing.MEN)
    )
    weights = {finding.code: finding.severity for finding in compatibility(facts, person, [], policy)}
    assert weights == {
        "bed.upper_bunk": Severity.STOP,
        "bed.gender_policy": Severity.OVERRIDE,
        "bed.far_from_nursing": Severity.NOTE,
    }


def test_the_verdict_is_the_worst_of_the_findings() -> None:
    told, reason, refused = note("a", "A."), override("b", "B."), stop("c", "C.")
    assert verdict([]) == verdict([told]) == "fits"
    assert verdict([told, reason]) == "override"
    assert verdict([told, reason, refused]) == "no"


levels = st.sampled_from(["2.1", "3.1", "3.5", "3.5 COE", "3.7", "3.7 BIO"])
beds = st.builds(
    BedFacts,
    label=st.just("12-B"),
    unit_name=st.just("Cedar"),
    levels=st.frozensets(levels),
    gender_policy=st.sampled_from(Housing),
    lower_bunk=st.booleans(),
    near_nursing=st.booleans(),
    accessible=st.booleans(),
    state=st.sampled_from(BedState),
    client=st.none() | st.integers(7, 9),
    held_for=st.none() | st.integers(7, 9),
    age_from=st.none() | st.just(18),
    age_to=st.none() | st.just(25),
)
clients = st.builds(
    ClientFacts,
    client=st.integers(7, 9),
    level=st.none() | levels,
    housing_preference=st.sampled_from(Housing),
    age=st.none() | st.integers(14, 80),
    needs_lower_bunk=st.booleans(),
    needs_accessible=st.booleans(),
    withdrawal_watch=st.booleans(),
    mobility=st.sampled_from(Mobility),
    isolation=st.booleans(),
)
mates = st.lists(
    st.builds(
        RoommateFacts,
        initials=st.just("L. H."),
        keep_apart=st.booleans(),
        housing_preference=st.sampled_from(Housing),
        age=st.none() | st.integers(14, 80),
        isolation=st.booleans(),
    ),
    max_size=2,
)


@quick
@given(beds, clients, mates)
def test_only_a_bed_that_is_free_for_this_person_can_ever_fit(
    facts: BedFacts, person: ClientFacts, room: list[RoommateFacts]
) -> None:
    findings = compatibility(facts, person, room)
    free = facts.state is BedState.AVAILABLE and facts.held_for in (None, person.client)
    held_for_them = facts.state is BedState.HELD and facts.held_for == person.client
    if verdict(findings) != "no":
        assert free or held_for_them
        assert not any(mate.keep_apart for mate in room)
    assert all(3 <= len(finding.message.split()) <= 6 for finding in findings)


@quick
@given(beds, clients, mates)
def test_more_people_in_the_room_never_make_a_bed_fit_better(
    facts: BedFacts, person: ClientFacts, room: list[RoommateFacts]
) -> None:
    order = ["fits", "override", "no"]
    alone, shared = (order.index(verdict(compatibility(facts, person, others))) for others in ([], room))
    assert alone <= shared
