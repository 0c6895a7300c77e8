"""Who is due, in words; and the pages, in a constant number of queries."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from asam.queries import level_page, reviews, standing
from asam.queries.level import step_to
from asam.rules.reviews import Due, review
from programs.placed import current
from tests.asam.care import FOR_3_5, in_residential, rated
from tests.factories import World, admit, client, world
from tests.signing import signed_in

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("level", "days_ago", "due", "words"),
    [
        ("3.5", 9, Due.OVERDUE, "overdue by 2 days"),
        ("3.5", 8, Due.OVERDUE, "overdue by 1 day"),
        ("3.5 COE", 7, Due.TODAY, "due today"),
        ("3.5", 6, Due.SOON, "due tomorrow"),
        ("2.5", 4, Due.LATER, "due Thu 4 Dec"),
        ("III.5", 40, Due.BY_HAND, "no rule for this level: set by hand"),
    ],
)
def test_a_review_is_due_by_the_days_of_its_level(level: str, days_ago: int, due: Due, words: str) -> None:
    found = review(level, NOW - timedelta(days=days_ago), NOW, NEW_YORK)
    assert (found.due, found.words) == (due, words)


@pytest.mark.parametrize(
    ("selected", "present", "word"),
    [("2.5", "3.5", "lower"), ("3.7", "3.5", "higher"), ("3.1", "2.5", "different service"), ("3.5", "3.5", "same level"),
     ("2.5", "III.5", "not comparable")],
)  # fmt: skip
def test_a_choice_is_seen_from_the_present_level(selected: str, present: str, word: str) -> None:
    seen = step_to(selected, present=present, recommended="2.5")
    assert seen is not None and seen.word == word


def test_what_is_no_level_is_no_step() -> None:
    assert step_to("nonsense", present="3.5", recommended="2.5") is None


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


@pytest.fixture
def director(here: World) -> Browser:
    return signed_in(here.director)


def test_the_most_overdue_comes_first(here: World) -> None:
    rated(here, in_residential(here))
    waits = admit(here, client(here, "Ben", "Tran"), here.php, days=40)
    first, second = reviews(here.site, NOW)
    assert (first.episode_id, first.review.words, first.late) == (waits.pk, "overdue by 26 days", True)
    assert (second.proposed, second.decided, second.review.words) == ("2.5", "", "due Mon 1 Dec")


def test_the_lists_take_as_many_queries_for_three_as_for_one(here: World, django_assert_max_num_queries: Any) -> None:
    episode = in_residential(here)
    rated(here, episode)
    placement = current(episode.pk, NOW)
    assert placement is not None
    with django_assert_max_num_queries(15):
        reviews(here.site, NOW)
    with django_assert_max_num_queries(18):
        level_page(placement, NOW)
    for number in (1, 2):
        rated(here, admit(here, client(here, "Ben", f"Tran{number}"), here.php))
        rated(here, episode, FOR_3_5)
    with django_assert_max_num_queries(15):
        assert len(reviews(here.site, NOW)) == 3
    with django_assert_max_num_queries(18):
        level_page(placement, NOW)
    episodes = [row.episode_id for row in reviews(here.site, NOW)]
    with django_assert_max_num_queries(10):
        assert len(standing(episodes, NOW)) == 3


def test_another_site_and_an_unknown_number_are_not_found(here: World, director: Browser) -> None:
    admit(here, client(here, "Sol", "Else"), here.residential)
    assert director.get("/levels/999999/").status_code == 404
    elsewhere = signed_in(here.elsewhere)
    episode = in_residential(here)
    assert elsewhere.get(f"/levels/{episode.pk}/").status_code == 404
    assert elsewhere.get("/levels/").status_code == 200
