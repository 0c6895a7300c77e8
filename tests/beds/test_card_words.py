"""What a card says of a bed: who, and one line of when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from beds.queries.cards import Card, cards
from beds.queries.words import View, said
from beds.rules.states import BedState
from tests.factories import World, admit, client

NOW = datetime(2025, 11, 18, 15, 42, tzinfo=UTC)  # Tuesday, 10:42 in New York
HOUR = timedelta(hours=1)


@pytest.fixture
def card(here: World) -> Card:
    """L. Harmon's, on day 11 at 3.5."""
    admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    return cards(here.site, here.now, [here.beds[0].pk])[0]


def line(card: Card, *, names: bool = True, brief: bool = False) -> list[str]:
    """Who, then each piece, with its tone in brackets."""
    with timezone.override(ZoneInfo("America/New_York")):
        words = said(card, View(names=names, brief=brief, at=NOW))
    return [words.who, *(f"{part.words} [{part.tone}]" if part.tone else part.words for part in words.parts)]


def test_who_is_here_with_day_level_and_review(card: Card) -> None:
    assert line(replace(card, review_on=date(2025, 11, 21))) == ["L. Harmon", "Day 11 · 3.5", "review Fri"]
    assert line(replace(card, review_on=date(2025, 11, 18)))[-1] == "review today"
    assert line(replace(card, review_on=date(2025, 11, 17)))[-1] == "review overdue [late]"
    assert line(replace(card, review_on=date(2025, 12, 9)))[-1] == "review Tue 9 Dec"


def test_initials_where_names_are_not_shown_and_no_care_on_a_wall(card: Card) -> None:
    assert line(replace(card, review_on=None), names=False) == ["L. H.", "Day 11 · 3.5"]
    assert line(replace(card, review_on=NOW.date()), names=False, brief=True) == ["L. H.", "Day 11"]


def test_who_leaves_says_when_and_when_it_is_late(card: Card) -> None:
    leaving = replace(card, expected_at=NOW + 3 * HOUR, leaves_today=True)
    assert line(leaving)[1:] == ["Day 11 · 3.5", "Leaving today 13:42 [accent]"]
    assert line(replace(card, expected_at=NOW + 72 * HOUR))[1:] == ["Day 11 · 3.5", "Leaves Fri"]
    assert line(replace(leaving, expected_at=NOW - HOUR))[1:] == ["Day 11 · 3.5", "Expected out 09:42 [late]"]


def test_who_is_on_leave_says_when_they_come_back(card: Card) -> None:
    away = replace(card, state=BedState.ON_LEAVE, by="Pass", until=NOW + 5 * HOUR)
    assert line(away) == ["L. Harmon", "Pass", "back 15:42"]
    assert line(replace(away, until=NOW + 120 * HOUR))[-1] == "back Sun 10:42"
    assert line(replace(away, until=NOW - 2 * HOUR, late=True))[-1] == "late, expected 08:42 [late]"
    assert line(away, names=False, brief=True) == ["L. H.", "Away", "back 15:42"]


def test_a_hold_says_for_whom_and_stands_behind_whoever_is_in_the_bed(card: Card) -> None:
    kept = replace(
        card, review_on=None, held_for="R. Whitfield", held_for_initials="R. W.", held_until=NOW + 2 * HOUR
    )  # fmt: skip
    held = replace(kept, state=BedState.HELD, client_id=None)
    assert line(held) == ["Held", "R. Whitfield", "until 12:42"]
    assert line(held, names=False)[1] == "R. W."
    assert line(kept)[-1] == "then held for R. Whitfield [held]"


def test_a_bed_without_anybody_says_its_state_and_since_when(card: Card) -> None:
    empty = replace(card, client_id=None, since=NOW - HOUR)
    assert line(replace(empty, state=BedState.AVAILABLE)) == ["Free", "since 09:42"]
    assert line(replace(empty, state=BedState.AVAILABLE, since=None)) == ["Free", "not used yet"]
    assert line(replace(empty, state=BedState.CLEANING)) == ["To clean", "asked 09:42"]
    assert line(replace(empty, state=BedState.BEING_CLEANED, by="P. Lund")) == [
        "Being cleaned",
        "P. Lund",
        "since 09:42",
    ]
    assert line(replace(empty, state=BedState.BEING_CLEANED, by="P. Lund"), brief=True) == [
        "Being cleaned",
        "since 09:42",
    ]
    assert line(replace(empty, state=BedState.OUT_OF_SERVICE, why="plumbing")) == ["Out of service", "plumbing"]
    closed = replace(empty, state=BedState.OUT_OF_SERVICE, why="plumbing · back Fri 21 Nov", free_on=date(2025, 11, 21))
    assert line(closed, brief=True) == ["Out of service", "back Fri"]
