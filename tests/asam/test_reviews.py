"""Who is due, in words; and the pages, in a constant number of queries."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client as Browser

from asam.models import Assessment, Decision
from asam.queries import level_page, reviews
from asam.queries.level import step_to
from asam.rules.reviews import Due, review
from programs.placed import current
from tests.asam.care import FOR_2_5, FOR_3_5, in_residential, rated
from tests.factories import World, admit, client, world

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
    browser = Browser()
    browser.force_login(here.director, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def test_the_most_overdue_comes_first(here: World) -> None:
    rated(here, in_residential(here))
    waits = admit(here, client(here, "Ben", "Tran"), here.php, days=40)
    first, second = reviews(here.site, NOW)
    assert (first.episode_id, first.review.words, first.late) == (waits.pk, "overdue by 26 days", True)
    assert (second.proposed, second.decided, second.review.words) == ("2.5", "", "due Mon 1 Dec")


def test_the_lists_take_as_many_queries_for_three_as_for_one(here: World, django_assert_num_queries: Any) -> None:
    episode = in_residential(here)
    rated(here, episode)
    placement = current(episode.pk, NOW)
    assert placement is not None
    with django_assert_num_queries(2):
        reviews(here.site, NOW)
    with django_assert_num_queries(3):
        level_page(placement, NOW)
    for number in (1, 2):
        rated(here, admit(here, client(here, "Ben", f"Tran{number}"), here.php))
        rated(here, episode, FOR_3_5)
    with django_assert_num_queries(2):
        assert len(reviews(here.site, NOW)) == 3
    with django_assert_num_queries(3):
        level_page(placement, NOW)


def test_another_site_and_an_unknown_number_are_not_found(here: World, director: Browser) -> None:
    admit(here, client(here, "Sol", "Else"), here.residential)
    assert director.get("/levels/999999/").status_code == 404
    elsewhere = Browser()
    elsewhere.force_login(here.elsewhere, backend=settings.AUTHENTICATION_BACKENDS[0])
    episode = in_residential(here)
    assert elsewhere.get(f"/levels/{episode.pk}/").status_code == 404
    assert elsewhere.get("/levels/").status_code == 200


def posted(**fields: object) -> dict[str, object]:
    return {"key": "8c1c1d0e-54a5-4b9c-9d06-0b1a6f1c2a10", "kind": "reassessment"} | fields


def test_saved_ratings_come_back_with_the_decision_beside_them(here: World, director: Browser) -> None:
    episode = in_residential(here)
    answer = director.post(f"/levels/{episode.pk}/", posted(**{key: codes[0] for key, codes in FOR_2_5.items()}))
    assert answer.status_code == 302
    page = director.get(f"/levels/{episode.pk}/").content.decode()
    assert "Decide and plan the step" in page
    assert '<p class="recommendation__level">2.5</p>' in page


def test_a_wrong_code_loses_nothing_that_was_typed(here: World, director: Browser) -> None:
    episode = in_residential(here)
    answer = director.post(
        f"/levels/{episode.pk}/", posted(d4_use="Z", d1_wd="2", **{"evidence-d4_use": "Needs daily structure"})
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Risky use has no code" in page
    assert "Needs daily structure" in page
    assert '<input type="radio" name="d1_wd" value="2" checked>' in page
    assert not Assessment.objects.exists()


def test_the_preview_writes_nothing_and_says_at_least(here: World, director: Browser) -> None:
    episode = in_residential(here)
    said = director.post(f"/levels/{episode.pk}/preview/", {"d4_use": "C"}).content.decode()
    assert "at least 2.5" in said and "1 of 12 rated" in said and "not attested" in said
    assert not Assessment.objects.exists()
    said = director.post(f"/levels/{episode.pk}/preview/", {"d4_use": ["C", "B"]}).content.decode()
    assert "takes one code" in said


def test_the_panel_asks_for_what_the_choice_needs(here: World, director: Browser) -> None:
    episode = in_residential(here)
    rated(here, episode, FOR_3_5)
    said = director.post(f"/levels/{episode.pk}/choice/", {"selected": "2.5"}).content.decode()
    assert "Selected does not cover recommended" in said and "PHP" in said and "Supervisor" in said
    said = director.post(f"/levels/{episode.pk}/choice/", {"selected": "3.5"}).content.decode()
    assert "Decide to continue at 3.5" in said
    said = director.post(f"/levels/{episode.pk}/choice/", {"selected": "4"}).content.decode()
    assert "No program here gives 4" in said


def test_a_decision_without_its_reason_keeps_what_was_typed(here: World, director: Browser) -> None:
    episode = in_residential(here)
    assessment = rated(here, episode, FOR_3_5)
    answer = director.post(
        f"/admissions/decide/{assessment.pk}/",
        posted(selected="2.5", program=here.php.pk, safety_strategy="Calls home every evening"),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "add at least one reason" in page and "a supervisor has to sign as well" in page
    assert "Calls home every evening" in page
    assert not Decision.objects.exists()


def test_continuing_at_the_level_moves_nothing(here: World, director: Browser) -> None:
    episode = in_residential(here)
    assessment = rated(here, episode, FOR_3_5)
    asked = posted(selected="3.5")
    assert b"Nothing moves" in director.post(f"/admissions/decide/{assessment.pk}/", asked).content
    assert director.post(f"/admissions/decide/{assessment.pk}/", asked | {"confirmed": "1"}).status_code == 302
    assert Decision.objects.get().selected == "3.5"
    placement = current(episode.pk, datetime.now(UTC))
    assert placement is not None and placement.program == here.residential
