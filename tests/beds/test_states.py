"""What is a bed right now, and do the counts add up? The examples of docs/rules/beds.md, and properties."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beds.rules.states import BedState, Cleaning, counts, derive_state
from tests.doc_table import table

PAGE = "docs/rules/beds.md"
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)


@pytest.mark.parametrize("row", table(PAGE, "What a bed is"), ids=lambda row: "-".join(row.values()))
def test_a_bed_is_what_the_page_says(row: dict[str, str]) -> None:
    state = derive_state(
        stay=row["Stay"] == "yes",
        on_leave=row["Leave"] == "yes",
        hold=row["Hold"] == "yes",
        closure=row["Closure"] == "yes",
        cleaning=None if row["Cleaning"] == "none" else Cleaning(row["Cleaning"]),
    )
    assert state == row["State"]


def test_the_page_reaches_every_state() -> None:
    assert {row["State"] for row in table(PAGE, "What a bed is")} == set(BedState)


def test_every_state_has_a_word_for_the_card() -> None:
    assert len({state.label for state in BedState}) == len(BedState)


facts = st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.none() | st.sampled_from(Cleaning))


@quick
@given(facts)
def test_a_bed_shows_as_taken_exactly_when_someone_has_it(
    known: tuple[bool, bool, bool, bool, Cleaning | None],
) -> None:
    stay, on_leave, hold, closure, cleaning = known
    state = derive_state(stay=stay, on_leave=on_leave, hold=hold, closure=closure, cleaning=cleaning)
    assert (state in {BedState.OCCUPIED, BedState.ON_LEAVE}) == stay
    assert (state is BedState.AVAILABLE) == (not (stay or hold or closure or cleaning))


def test_a_unit_is_counted_as_a_person_would() -> None:
    unit = [BedState.OCCUPIED] * 6 + [BedState.ON_LEAVE, BedState.HELD, BedState.AVAILABLE, BedState.AVAILABLE]
    unit += [BedState.CLEANING, BedState.BEING_CLEANED, BedState.OUT_OF_SERVICE]
    counted = counts(unit, licensed=16)
    assert (counted.licensed, counted.beds, counted.in_service, counted.out_of_service) == (16, 13, 12, 1)
    assert (counted.occupied, counted.on_leave, counted.held, counted.free) == (6, 1, 1, 2)
    assert (counted.cleaning, counted.being_cleaned, counted.kept) == (2, 1, 7)


def test_without_a_licence_number_every_bed_is_licensed() -> None:
    assert counts([BedState.AVAILABLE] * 3).licensed == 3
    assert counts([]).beds == 0


@quick
@given(st.lists(st.sampled_from(BedState)))
def test_the_counts_always_add_up(states: list[BedState]) -> None:
    counted = counts(states)
    assert counted.beds == len(states) == counted.in_service + counted.out_of_service
    in_use = counted.occupied + counted.on_leave + counted.held + counted.cleaning + counted.free
    assert counted.in_service == in_use
    assert counted.being_cleaned <= counted.cleaning


@quick
@given(st.lists(st.sampled_from(BedState)), st.lists(st.sampled_from(BedState)))
def test_two_units_together_count_what_they_count_apart(one: list[BedState], other: list[BedState]) -> None:
    both, first, second = counts(one + other), counts(one), counts(other)
    for name in ("beds", "in_service", "occupied", "on_leave", "held", "cleaning", "free", "out_of_service"):
        assert getattr(both, name) == getattr(first, name) + getattr(second, name)
