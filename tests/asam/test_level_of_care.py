"""The suggestion of a level of care: the clinician's examples, every combination of needs, and what always holds."""

import re
from functools import reduce
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asam.rules.catalog import Catalog, InvalidCatalog, parse_catalog
from asam.rules.level_of_care import (
    InvalidRating,
    Recommendation,
    compare,
    determine,
    early_stop,
    load_catalog,
    recommend,
)
from asam.rules.levels import LEVELS, NEXT_ABOVE, OUTCOMES, UnknownLevel, covers, join, leq

Ratings = dict[str, frozenset[str]]

ROOT = Path(__file__).parents[2]
CATALOG = load_catalog()
CATALOG_TEXT = (ROOT / "asam/catalogs/adult-4.toml").read_text(encoding="utf-8")
KEYS = {sub.label: sub.key for sub in CATALOG.subdimensions}
NOTHING_MORE: Ratings = {
    sub.key: frozenset({next(code for code in ("0", "ANY", "A") if sub.code(code))}) for sub in CATALOG.subdimensions
}
FLAG_CODES = {code.code for sub in CATALOG.subdimensions for code in sub.codes if code.flag}


def rated(**changes: str) -> Ratings:
    """All rated with nothing more to ask, except these: codes apart by a blank, none for 'not rated'."""
    return NOTHING_MORE | {key: frozenset(codes.split()) for key, codes in changes.items()}


def suggest(**changes: str) -> Recommendation:
    return recommend(rated(**changes), CATALOG)


# --- The table of examples in docs/rules/level-of-care.md


def examples() -> list[tuple[str, str, str]]:
    page = (ROOT / "docs/rules/level-of-care.md").read_text(encoding="utf-8")
    table = page.split("## Examples")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    return [(ratings.strip(), result.strip(), flags.strip()) for ratings, result, flags, _why in lines[1:]]


def ratings_in_words(words: str) -> Ratings:
    changes: Ratings = {}
    for part in words.split("; ") if words != "nothing more" else []:
        label = next(label for label in KEYS if part.startswith(f"{label} "))
        codes = part.removeprefix(f"{label} ")
        changes[KEYS[label]] = frozenset() if codes == "not rated" else frozenset(codes.split(" + "))
    return NOTHING_MORE | changes


@pytest.mark.parametrize(("words", "result", "flags"), examples())
def test_the_suggestion_is_the_one_on_the_clinicians_page(words: str, result: str, flags: str) -> None:
    suggestion = recommend(ratings_in_words(words), CATALOG)
    said = f"{suggestion.level} + recovery residence" if suggestion.recovery_residence else suggestion.level
    assert (said if suggestion.complete else f"at least {said}") == result
    assert suggestion.flags == frozenset(filter(None, flags.split(", ")))


def test_the_page_has_an_example_for_every_level_that_can_be_suggested() -> None:
    shown = {re.sub(r"^at least | \+.*$", "", result) for _, result, _ in examples()}
    assert shown == set(OUTCOMES)


# --- Every combination of needs


def test_the_rules_are_the_join_for_every_combination_of_levels() -> None:
    pairs = {(a, b): join(a, b) for a, b in product(OUTCOMES, repeat=2)}
    folds, subsets = ["1.5"], [frozenset[str]()]
    for level in OUTCOMES:
        folds += [pairs[fold, level] for fold in folds]
        subsets += [subset | {level} for subset in subsets]
    assert len(subsets) == 2**17
    wrong = [subset for subset, fold in zip(subsets, folds, strict=True) if determine(subset) != fold]
    assert wrong == []


def test_the_join_is_the_lowest_level_that_covers_both() -> None:
    for a, b in product(LEVELS, repeat=2):
        both = [level for level in LEVELS if leq(a, level) and leq(b, level)]
        assert join(a, b) in both
        assert all(leq(join(a, b), level) for level in both)


def test_the_join_does_not_care_about_order_grouping_or_repetition() -> None:
    for a, b, c in product(LEVELS, repeat=3):
        assert join(a, a) == a
        assert join(a, b) == join(b, a)
        assert join(join(a, b), c) == join(a, join(b, c))


def test_the_next_levels_above_have_no_level_between() -> None:
    for low, above in NEXT_ABOVE.items():
        for high in above:
            between = [mid for mid in LEVELS if mid not in (low, high) and leq(low, mid) and leq(mid, high)]
            assert between == []


# --- What always holds


def ratings_of(catalog: Catalog) -> st.SearchStrategy[Ratings]:
    fields: dict[str, st.SearchStrategy[frozenset[str]]] = {}
    for sub in catalog.subdimensions:
        single = [frozenset({code.code}) for code in sub.codes]
        beside = [frozenset({a.code, b.code}) for a, b in product(sub.codes, repeat=2) if b.alongside]
        fields[sub.key] = st.sampled_from([*single, *beside, frozenset[str]()])
    return st.fixed_dictionaries(fields)


any_ratings = ratings_of(CATALOG)


@given(any_ratings, st.sampled_from(sorted(NOTHING_MORE)))
def test_one_more_rating_never_lowers_the_level(ratings: Ratings, key: str) -> None:
    fewer = recommend({**ratings, key: frozenset()}, CATALOG)
    assert leq(fewer.level, recommend(ratings, CATALOG).level)


@given(any_ratings.flatmap(lambda ratings: st.tuples(st.just(ratings), st.permutations(list(ratings.items())))))
def test_the_order_of_the_ratings_does_not_matter(case: tuple[Ratings, list[tuple[str, frozenset[str]]]]) -> None:
    ratings, shuffled = case
    again = {key: sorted(codes, reverse=True) for key, codes in shuffled}
    assert recommend(again, CATALOG) == recommend(ratings, CATALOG)


@given(any_ratings)
def test_an_evaluation_or_a_medication_to_go_on_with_never_changes_the_level(ratings: Ratings) -> None:
    suggestion = recommend(ratings, CATALOG)
    without = recommend({key: codes - FLAG_CODES for key, codes in ratings.items()}, CATALOG)
    assert (without.level, without.recovery_residence) == (suggestion.level, suggestion.recovery_residence)
    assert without.flags == frozenset()


@given(any_ratings)
def test_only_levels_that_exist_are_suggested_and_a_residence_only_beside_outpatient(ratings: Ratings) -> None:
    suggestion = recommend(ratings, CATALOG)
    assert suggestion.level in OUTCOMES
    assert suggestion.level not in {"1.0", "2.1 COE", "3.1 COE"}
    assert not (suggestion.recovery_residence and suggestion.level[0] in "34")


@given(any_ratings)
def test_the_suggestion_covers_every_need_and_equals_their_join(ratings: Ratings) -> None:
    level = recommend(ratings, CATALOG).level
    codes = [sub.code(code) for sub in CATALOG.subdimensions for code in ratings[sub.key]]
    needs = [code.level for code in codes if code and code.level]
    assert all(covers(level, need) for need in needs)
    assert level == reduce(join, needs, "1.5")


@given(any_ratings)
def test_what_is_not_rated_makes_the_level_a_lower_bound(ratings: Ratings) -> None:
    suggestion = recommend(ratings, CATALOG)
    assert suggestion.complete == all(ratings.values())
    assert ("at least" in suggestion.steps[-1]) == (not suggestion.complete)
    assert suggestion == recommend({key: codes for key, codes in ratings.items() if codes}, CATALOG)


@given(any_ratings)
def test_every_rating_without_which_the_result_would_be_another_is_a_driver(ratings: Ratings) -> None:
    suggestion = recommend(ratings, CATALOG)
    given_codes = {(key, code) for key, codes in ratings.items() for code in codes}
    without = {(key, code): recommend({**ratings, key: ratings[key] - {code}}, CATALOG) for key, code in given_codes}
    decisive = {
        pair
        for pair, other in without.items()
        if (other.level, other.recovery_residence) != (suggestion.level, suggestion.recovery_residence)
    }
    assert decisive <= set(suggestion.drivers) <= given_codes


@given(any_ratings, any_ratings)
def test_where_three_dimensions_settle_it_nothing_in_the_others_changes_it(ratings: Ratings, others: Ratings) -> None:
    first = {key: codes for key, codes in ratings.items() if key[1] in "123"}
    made = recommend(first, CATALOG)
    if early_stop(first, made, CATALOG):
        later = recommend({**others, **first}, CATALOG)
        assert (later.level, later.recovery_residence) == (made.level, made.recovery_residence)


def test_three_dimensions_settle_it_only_when_all_of_them_are_rated_and_the_level_is_high_enough() -> None:
    first = {key: codes for key, codes in NOTHING_MORE.items() if key[1] in "123"}
    settled = {**first, "d1_wd": frozenset({"3A"})}
    assert early_stop(settled, recommend(settled, CATALOG), CATALOG)
    assert not early_stop(first, recommend(first, CATALOG), CATALOG)
    half = {**settled, "d3_disab": frozenset[str]()}
    assert not early_stop(half, recommend(half, CATALOG), CATALOG)


# --- Why


def test_the_steps_lead_to_the_result_in_the_order_of_the_rules() -> None:
    assert suggest(d1_med="A", d4_use="C", d5_safe="A", d1_wd="EVAL").steps == (
        "Addiction medication A asks for 1.7",
        "Risky use C asks for 2.5",
        "A medically managed need with any 2.x gives 2.7",
        "Safety A adds a recovery residence",
        "Withdrawal EVAL sets WM-EVAL beside the level",
        "The result is 2.7 with a recovery residence",
    )


def test_a_need_that_covers_the_others_is_said_to() -> None:
    assert "3.7 covers the other needs" in suggest(d1_wd="3A", d4_use="D").steps


def test_the_steps_say_what_a_co_occurring_need_and_a_residential_level_do() -> None:
    steps = suggest(d3_disab="1Z", d4_use="D", d5_safe="A").steps
    assert "A co-occurring enhanced need turns 3.1 into 3.5 COE" in steps
    assert "Safety A asks for a recovery residence, which 3.5 COE goes beyond" in steps


def test_half_a_form_says_at_least_and_what_is_missing() -> None:
    assert suggest(d4_use="B", d5_safe="", d5_supp="").steps[-1] == (
        "The result is at least 2.1; not rated yet: Safety, Support"
    )
    assert recommend({}, CATALOG).steps[0] == "Nothing asks for a level, so it starts at 1.5"


def test_the_result_rests_on_the_ratings_without_which_it_would_be_another() -> None:
    assert suggest(d1_med="A", d4_use="C").drivers == (("d1_med", "A"), ("d4_use", "C"))
    assert suggest(d1_wd="3A", d4_use="D").drivers == (("d1_wd", "3A"),)


def test_where_two_ask_for_the_same_both_are_named_and_so_is_the_housing() -> None:
    drivers = suggest(d4_use="B", d4_behav="B", d5_safe="A").drivers
    assert drivers == (("d4_use", "B"), ("d4_behav", "B"), ("d5_safe", "A"))
    assert suggest(d4_use="C", d5_safe="A", d5_supp="A").drivers[1:] == (("d5_safe", "A"), ("d5_supp", "A"))


def test_where_no_rating_alone_makes_the_difference_it_rests_on_those_that_nothing_outweighs() -> None:
    assert suggest(d1_wd="3A", d2_phys="2", d4_use="E").drivers == (("d1_wd", "3A"),)
    assert suggest(d1_med="A", d2_phys="1", d4_use="B", d4_behav="C").drivers == (
        ("d1_med", "A"),
        ("d2_phys", "1"),
        ("d4_behav", "C"),
    )


def test_housing_that_a_residential_level_goes_beyond_is_no_driver() -> None:
    assert suggest(d4_use="D", d5_safe="A").drivers == (("d4_use", "D"),)


# --- Comparing


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("2.1", "3.5", "lower"),
        ("3.7 BIO", "3.7", "higher"),
        ("4 Psychiatric", "4", "lower"),
        ("1.0", "1.5", "lower"),
        ("3.1", "2.5", "different"),
        ("1.7", "2.1", "different"),
        ("2.7", "3.5", "different"),
        ("3.7 BIO", "3.7 COE", "different"),
        ("2.5", "2.5", "same"),
    ],
)
def test_a_level_seen_from_another(a: str, b: str, expected: str) -> None:
    assert compare(a, b) == expected


def test_comparing_is_fair_to_both_sides() -> None:
    opposite = {"same": "same", "different": "different", "lower": "higher", "higher": "lower"}
    for a, b in product(LEVELS, repeat=2):
        assert compare(b, a) == opposite[compare(a, b)]


@pytest.mark.parametrize(("a", "b"), [("3.3", "3.5"), ("3.5", "3.3"), ("3.1 COE", "3.5")])
def test_a_level_that_does_not_exist_is_not_compared(a: str, b: str) -> None:
    with pytest.raises(UnknownLevel, match=r"There is no level of care '3\.(3|1 COE)'"):
        compare(a, b)


# --- Ratings that cannot be read


@pytest.mark.parametrize(
    ("key", "codes", "sentence"),
    [
        ("d1_intox", ["1"], "Intoxication has no code '1'; it offers 0, ANY, 2, 3A, 3B, 4."),
        ("d1_wd", ["ANY"], "Withdrawal has no code 'ANY'"),
        ("d1_med", ["0"], "Addiction medication has no code '0'"),
        ("d2_preg", ["3A"], "Pregnancy has no code '3A'"),
        ("d4_use", ["0"], "Risky use has no code '0'"),
        ("d5_safe", ["B"], "Safety has no code 'B'"),
        ("d1_wd", ["3a"], "Withdrawal has no code '3a'"),
        ("d1_wd", [2], "Withdrawal takes codes as text; 2 is not text."),
        ("d1_wd", 2, "Withdrawal takes a collection of codes such as ['0'], not 2."),
        ("d1_wd", "3A", "Withdrawal takes a collection of codes such as ['0'], not '3A'."),
        ("d1_wd", None, "Withdrawal takes a collection of codes"),
        ("d1_wd", {"3A": True}, "Withdrawal takes a collection of codes"),
        ("d1_wd", ["1", "EVAL"], "Withdrawal takes one code, not EVAL and 1 together."),
        ("d1_med", ["A", "EVAL"], "Addiction medication takes one code beside MOUD-C, not EVAL and A together."),
        ("d1_med", ["A", "B", "MOUD-C"], "Addiction medication takes one code beside MOUD-C, not A and B together."),
        ("d6_prefs", ["A"], "Catalog adult-4 has nothing to rate under 'd6_prefs'."),
        ("withdrawal", [], "Catalog adult-4 has nothing to rate under 'withdrawal'."),
    ],
)
def test_a_rating_that_cannot_be_read_is_refused_in_a_sentence(key: str, codes: object, sentence: str) -> None:
    ratings: dict[str, object] = {**NOTHING_MORE, key: codes}
    with pytest.raises(InvalidRating, match=re.escape(sentence)) as refusal:
        recommend(ratings, CATALOG)  # type: ignore[arg-type]
    assert refusal.value.key == key


# --- The catalog


def test_the_default_catalog_has_twelve_things_to_rate_and_one_to_talk_about() -> None:
    assert (CATALOG.edition, CATALOG.name, CATALOG.version) == (4, "adult-4", "1")
    assert " ".join(sub.key for sub in CATALOG.subdimensions) == (
        "d1_intox d1_wd d1_med d2_phys d2_preg d3_psych d3_disab d4_use d4_behav d5_func d5_safe d5_supp"
    )
    assert [dimension.number for dimension in CATALOG.dimensions if not dimension.rated] == [6]


def test_the_default_catalog_ships_neutral_labels_and_no_help_text() -> None:
    codes = [code for sub in CATALOG.subdimensions for code in sub.codes]
    assert all(code.label == f"asks for {code.level}" for code in codes if code.level)
    assert not any(code.help for code in codes)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("edition = 4", "edition = 3", "The catalog is for edition 3"),
        ("edition = 4", "edition =", "not readable TOML"),
        ('version = "1"', "version = 1", "needs a text for 'version'"),
        ('asks = "3.1"', 'asks = "3.3"', "asks for '3.3', which is no level"),
        ('asks = "1.5"', 'asks = "1.0"', "asks for '1.0', which is no level"),
        ('flag = "WM-EVAL"', 'flag = "WM-EVAL", asks = "1.7"', "d1_wd EVAL needs either 'asks' or 'flag'"),
        (", alongside = true", ", beside = true", "d1_med MOUD-C has an entry nobody knows: beside"),
        (", alongside = true", ', alongside = "yes"', "d1_med MOUD-C needs true or false"),
        ("number = 2", "number = 7", "Dimension 2 is missing or out of order"),
        ("topics = [", "subjects = [", "Dimension 6 needs either subdimensions to rate or topics"),
        ("subdimensions.d2_phys]", "subdimensions.d1_wd]", "each subdimension only once"),
        ('codes.1Z = { asks = "1.5 COE"', 'codes.1Z = { asks = ""', "d3_disab 1Z needs a text for 'asks'"),
    ],
)
def test_a_catalog_that_cannot_be_used_says_where_it_is_wrong(old: str, new: str, sentence: str) -> None:
    assert old in CATALOG_TEXT
    with pytest.raises(InvalidCatalog, match=re.escape(sentence)):
        parse_catalog(CATALOG_TEXT.replace(old, new, 1))


@pytest.mark.parametrize("name", ["adult-9", "../adult-4", ""])
def test_a_catalog_that_is_not_there_is_said_to_be_missing(name: str) -> None:
    with pytest.raises(InvalidCatalog, match="There is no catalog"):
        load_catalog(name)
