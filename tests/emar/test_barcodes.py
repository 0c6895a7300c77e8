"""What a scanner read: which codes it may stand for, what was read only in part, and codes that tell a slip of the hand."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.barcodes import GS, check_digit, expires_on, is_gtin, ndc_forms, read
from programs.rules.bands import NameForm, said_on_band
from programs.rules.codes import ALPHABET, BAND, LABEL, RANDOM, grouped, is_code, is_piece, made, tidy

EXAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("barcodes.json").read_text(encoding="utf-8"))
CALM = settings(derandomize=True, database=None, deadline=None, max_examples=150)
numbers = st.lists(st.integers(0, 31), min_size=10, max_size=10)
tens = st.text("0123456789", min_size=10, max_size=10)
lots = st.text("ABCXYZ0123456789-", min_size=1, max_size=20)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["what"] for example in EXAMPLES])
def test_the_table_that_the_tablet_reads_too(example: dict[str, Any]) -> None:
    found = read(example["raw"])
    assert list(found.codes) == example["codes"]
    assert (found.damaged, found.is_band) == (example["damaged"], example["band"])
    assert (found.expires, found.lot) == (example.get("expires", ""), example.get("lot", ""))


@CALM
@given(numbers)
def test_a_code_is_whole_and_says_of_every_piece_that_it_is_none(parts: list[int]) -> None:
    code = made(BAND, parts)
    assert is_code(BAND, code)
    assert not is_piece(code)
    assert all(is_piece(code[:end]) for end in range(4, len(code)))
    assert tidy(grouped(code).lower()) == code


@CALM
@given(numbers, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(parts: list[int], place: int, letter: str) -> None:
    code = made(BAND, parts)
    wrong = code[:place] + letter + code[place + 1 :]
    assert is_code(BAND, wrong) == (wrong == code)


@CALM
@given(numbers, st.integers(1, 9))
def test_two_neighbours_that_change_places_are_found(parts: list[int], place: int) -> None:
    """But for the two digits at the ends of the alphabet, which Luhn cannot tell apart."""
    code = made(BAND, parts)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    blind = {code[place], code[place + 1]} == {ALPHABET[0], ALPHABET[-1]}
    assert is_code(BAND, swapped) == (swapped == code or blind)


@CALM
@given(tens, st.sampled_from("012345678"))
def test_every_gtin_with_an_ndc_stands_for_all_its_spellings(ten: str, level: str) -> None:
    body = f"{level}03{ten}"
    gtin = body + check_digit(body)
    assert is_gtin(gtin)
    assert set(ndc_forms(ten)) <= set(read(gtin).codes)
    assert not read(gtin).damaged


@CALM
@given(tens, st.integers(0, 13), st.sampled_from("0123456789"))
def test_a_gtin_with_one_wrong_digit_is_damaged(ten: str, place: int, digit: str) -> None:
    body = f"003{ten}"
    gtin = body + check_digit(body)
    wrong = gtin[:place] + digit + gtin[place + 1 :]
    assert read(wrong).damaged == (wrong != gtin)


@CALM
@given(tens, lots, st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.booleans())
def test_a_gs1_string_gives_back_what_was_put_in(ten: str, lot: str, day: date, separated: bool) -> None:
    body = f"003{ten}"
    gtin, written = body + check_digit(body), day.strftime("%y%m%d")
    text = f"]d201{gtin}10{lot}{GS}17{written}" if separated else f"01{gtin}17{written}10{lot}"
    found = read(text)
    assert (found.lot, found.expires, found.damaged) == (lot, written, False)
    assert gtin in found.codes
    assert expires_on(found.expires, date(2026, 1, 5)) == day


@CALM
@given(st.text(max_size=140))
def test_whatever_is_read_nothing_breaks(raw: str) -> None:
    assert all(code.isascii() and " " not in code for code in read(raw).codes)


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("260200", date(2026, 2, 28)), ("280200", date(2028, 2, 29)), ("261231", date(2026, 12, 31)), ("261301", None),
        ("260230", None), ("", None), ("26123", None), ("990101", date(1999, 1, 1)), ("500101", date(2050, 1, 1)),
    ],
)  # fmt: skip
def test_when_a_package_expires(written: str, last: date | None) -> None:
    assert expires_on(written, date(2026, 1, 5)) == last


def test_a_code_takes_as_many_numbers_as_it_has_places() -> None:
    assert len(made(LABEL, [0] * RANDOM[LABEL])) == 9
    with pytest.raises(ValueError, match="takes 7 numbers, not 3"):
        made(LABEL, [1, 2, 3])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (NameForm.FULL, ("Elin Novak", "Born 14 Mar 1988")), (NameForm.SHORT, ("Elin N.", "")),
        (NameForm.INITIALS, ("E. N.", "")),
    ],
)  # fmt: skip
def test_a_band_says_the_name_as_the_site_chose(form: NameForm, said: tuple[str, str]) -> None:
    assert said_on_band(form, "Elin", "Novak", date(1988, 3, 14)) == said
