"""What a client said under dimension 6 shapes the plan: it begins the first draft and stands beside every one. It changes no level."""

from datetime import UTC, datetime, timedelta

import pytest

from asam.actions import assess
from chart.actions.plans import draft_plan
from chart.models import Plan
from programs.models import Episode
from tests.asam.care import FOR_2_5, in_residential
from tests.factories import World, world
from tests.factories.plans import signed
from tests.signing import signed_in

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
WORDS = {"d6_1": "Wants to sleep at home as soon as it is safe.", "d6_2": "No car; the last bus goes at nine."}


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def said(here: World, episode: Episode) -> None:
    assess(
        by=here.director, at=NOW, episode_id=episode.pk, kind="reassessment", ratings=FOR_2_5, evidence={}, views=WORDS
    )


def drafted(here: World, episode: Episode, supersedes_id: int | None = None) -> Plan:
    return draft_plan(
        by=here.director, at=NOW + timedelta(minutes=1), episode_id=episode.pk, supersedes_id=supersedes_id
    )


def test_the_first_draft_begins_with_what_the_client_said(here: World) -> None:
    episode = in_residential(here)
    said(here, episode)
    assert drafted(here, episode).wish == "\n".join(WORDS.values())


def test_where_nothing_was_said_it_begins_empty(here: World) -> None:
    assert drafted(here, in_residential(here)).wish == ""


def test_a_later_version_keeps_the_words_of_the_plan(here: World) -> None:
    episode = in_residential(here)
    plan = signed(episode, here.director, NOW - timedelta(days=3))
    said(here, episode)
    assert drafted(here, episode, supersedes_id=plan.pk).wish == plan.wish


def test_the_words_stand_beside_the_plan_and_its_draft_with_who_heard_them(here: World) -> None:
    episode = in_residential(here)
    said(here, episode)
    drafted(here, episode)
    browser = signed_in(here.director)
    for page in ("plan/", "plan/draft/"):
        found = browser.get(f"/clients/{episode.client_id}/{page}").content.decode()
        assert "Said when they were rated" in found and WORDS["d6_2"] in found and "to LCSW Desai" in found
