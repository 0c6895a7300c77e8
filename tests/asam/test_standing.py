"""Recommended, selected, authorised and actual side by side: what each is at an instant, and that none changes another."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from asam.actions import assess, decide
from asam.actions.authorisations import authorise
from asam.actions.drafts import begin_rating
from asam.queries import standing
from programs.contributions import timeline
from tests.asam.care import FOR_2_5, FOR_3_5, in_residential, rated
from tests.factories import World, admit, client, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world(NOW)


def test_the_four_stand_side_by_side_and_stay_as_they_were(here: World) -> None:
    episode = in_residential(here)
    authorise(
        by=here.director, at=NOW, episode_id=episode.pk, payer="Medicaid", level="3.7", unit="days", approved=Decimal(30),
        first_on=date(2025, 11, 14), last_on=date(2025, 12, 13),
    )  # fmt: skip
    assessment = rated(here, episode)
    decide(
        by=here.director, at=NOW, assessment_id=assessment.pk, selected="3.5", reasons=["DISTANCE"], texts={},
        safety_strategy="",
    )  # fmt: skip
    now = standing([episode.pk], NOW)[episode.pk]
    assert now.decision is not None and now.authorised.now is not None
    four = (now.recommended, now.decision.selected, now.authorised.now.row.level, now.level)
    assert four == ("2.5", "3.5", "3.7", "3.5")
    assert (now.open, now.order, now.uncovered, now.waits) == (None, "lower", False, False)
    assert now.authorised.gap is not None and "more than they need now" in now.authorised.gap.words


def test_ratings_since_the_decision_are_open_and_the_decision_still_stands(here: World) -> None:
    episode = in_residential(here)
    first = rated(here, episode)
    decide(by=here.director, at=NOW, assessment_id=first.pk, selected="2.5", reasons=[], texts={}, safety_strategy="")
    second = assess(
        by=here.facilitator, at=LATER, episode_id=episode.pk, kind="reassessment", ratings=FOR_3_5, evidence={}
    )
    before, after = standing([episode.pk], NOW)[episode.pk], standing([episode.pk], LATER)[episode.pk]
    assert (before.open, before.waits) == (None, True)
    assert (after.open, after.decided, after.waits, after.order) == (second, first, True, "same")


def test_a_draft_shows_and_who_was_never_placed_is_not_there(here: World) -> None:
    episode = in_residential(here)
    begin_rating(by=here.director, at=NOW, episode_id=episode.pk, kind="level", danger="none")
    found = standing([episode.pk, 987654321], NOW)
    assert list(found) == [episode.pk]
    assert found[episode.pk].draft is not None and found[episode.pk].recommended == ""


def test_a_level_of_the_ratings_that_the_present_one_lacks_is_uncovered(here: World) -> None:
    episode = admit(here, client(here, "Ben", "Tran"), here.php)
    rated(here, episode, FOR_2_5 | {"d4_use": ["D"]})
    assert standing([episode.pk], NOW)[episode.pk].uncovered


def test_dangers_and_what_the_client_says_are_on_the_timeline(here: World) -> None:
    episode = in_residential(here)
    begin_rating(by=here.director, at=NOW, episode_id=episode.pk, kind="level", danger="medical", done="911 called")
    begin_rating(by=here.director, at=NOW, episode_id=episode.pk, kind="level", danger="none")
    assessment = rated(here, episode)
    decide(
        by=here.director, at=NOW, assessment_id=assessment.pk, selected="2.5", reasons=[], texts={}, safety_strategy="",
        client_part={"says": "declines", "would_accept": "Evening groups"},
    )  # fmt: skip
    lines = {entry.title: entry.line for entry in timeline(episode.client_id, NOW - timedelta(days=1), LATER, LATER)}
    assert lines["Acute medical danger: nothing was rated"] == "911 called"
    assert lines["The client on 2.5: declines"] == "Evening groups"
