"""Rows for a spreadsheet: readable by every program, and never a formula."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import spreadsheet
from documents.spreadsheet import Cell


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def cell(value: Cell) -> str:
    return read(spreadsheet(("Head",), [(value,)]))[1][0]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|'/c'!A1", "\uff1d1", "-"]
)
def test_a_formula_is_written_as_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+12.5", "-1,200", "Lena", "3.7", "a=b", "", "o'clock"])
def test_a_number_and_plain_text_are_left_alone(text: str) -> None:
    assert cell(text) == text


def test_a_head_is_guarded_like_a_cell() -> None:
    assert read(spreadsheet(("=Head",), []))[0] == ["'=Head"]


def test_days_and_instants_are_iso() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert cell(date(2026, 11, 21)) == "2026-11-21"
    assert cell(datetime(2026, 11, 21, 10, 42, tzinfo=eastern)) == "2026-11-21T10:42:00-05:00"
    assert cell(datetime(2026, 11, 21, 15, 42, tzinfo=UTC)) == "2026-11-21T15:42:00+00:00"
    with pytest.raises(ValueError, match="An instant needs its zone"):
        spreadsheet(("At",), [(datetime(2026, 11, 21),)])


def test_the_file_opens_with_its_accents_and_keeps_numbers_as_numbers() -> None:
    data = spreadsheet(("Name", "Count", "Share", "Rest"), [("Świętochowski", -5, Decimal("0.5"), None)])
    assert data == '\ufeff"Name","Count","Share","Rest"\r\n"Świętochowski",-5,0.5,""\r\n'.encode()


def test_a_program_that_separates_by_semicolons_finds_no_formula_inside_a_cell() -> None:
    assert b'"a;=1"' in spreadsheet(("Head",), [("a;=1",)])


@settings(derandomize=True, database=None, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_nothing_is_lost_but_for_the_apostrophe(text: str) -> None:
    assert cell(text) in (text, f"'{text}")
    assert not cell(text).startswith(("=", "@", "\t", "\r"))
