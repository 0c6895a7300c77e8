"""The notices of 42 CFR 2.32(a): word for word, never edited, and one for each way of leaving."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from privacy.rules.notices import NOTICES, Channel, Statement, notice_for, notice_named

# Fixed when the wording was entered. A new wording gets a new version and a line of its own here.
HASHES = {
    "2.32-long-2024": "dae0b4d455d63722bc4e0d3760e8319ba4ea929068b0a9d96244bf20c338245d",
    "2.32-short-2024": "79fee3d6dff7e052183c61b66bfed589f0f45dcf330bb277e07b396bd12e9774",
}


def test_no_wording_was_edited() -> None:
    assert {each.version: hashlib.sha256(each.text.encode()).hexdigest() for each in NOTICES} == HASHES


def test_an_edited_wording_is_no_notice() -> None:
    edited = replace(NOTICES[1], paragraphs=("42 CFR part 2 forbids unauthorized use of these records.",))
    with pytest.raises(ValueError, match="Add a new version"):
        _ = edited.text


def test_the_short_statement_is_that_of_the_regulation() -> None:
    assert notice_named("2.32-short-2024").text == (
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    )


def test_what_has_room_carries_the_long_statement() -> None:
    long = {channel for channel in Channel if channel.statement is Statement.LONG}
    assert long == {Channel.HANDED_OVER, Channel.FILE, Channel.LINK, Channel.API}


@pytest.mark.parametrize("statement", Statement)
def test_no_wording_counts_before_its_day(statement: Statement) -> None:
    assert notice_for(statement, date(2024, 4, 16)).statement is statement
    with pytest.raises(LookupError):
        notice_for(statement, date(2024, 4, 15))
