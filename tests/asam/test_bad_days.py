"""Two directors at the same moment, and a catalog that is replaced: what the second is told, and that nothing stands twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from asam.actions import decide
from asam.actions.reviews import Answer, write_review
from asam.models import Decision, LevelReview
from asam.queries import reviews
from audit.rules.findings import Refused
from staff.models import Person
from tests.asam.care import FOR_3_5, in_residential, rated, supervisor
from tests.asam.test_catalogs import STRICTER, brought, counts
from tests.factories import World, admit, client, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def both(act: Callable[[Person], object], *people: Person) -> list[str]:
    """Each does it in a thread of their own, at the same moment; '' for who could, else what they were told."""
    barrier, heard = Barrier(len(people)), list[str]()

    def run(who: Person) -> None:
        try:
            barrier.wait(10)
            act(who)
            heard.append("")
        except Refused as refusal:
            heard.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(who,)) for who in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return sorted(heard)


@pytest.mark.django_db(transaction=True)
def test_of_two_directors_who_decide_at_the_same_moment_one_is_told_who_decided_what() -> None:
    here = world(NOW)
    assessment, second = rated(here, in_residential(here)), supervisor(here)

    def act(who: Person) -> object:
        asked: dict[str, Any] = {"reasons": [], "texts": {}, "safety_strategy": ""}
        return decide(by=who, at=LATER, assessment_id=assessment.pk, selected="2.5", **asked)

    heard = both(act, here.director, second)
    assert heard[0] == "" and "decided 2.5 on these ratings at 10:42" in heard[1]
    assert Decision.objects.count() == 1


def answer(here: World) -> Answer:
    on = NOW.astimezone(here.site.tz).date() + timedelta(days=5)
    return Answer(
        outcome="continue", conditions=("progressing",), why="Used within a day of the last pass.", next_on=on,
        progress=dict.fromkeys(range(1, 7), "Holds."),
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_directors_who_review_at_the_same_moment_one_is_told_who_signed() -> None:
    here = world(NOW)
    episode, second = in_residential(here), supervisor(here)
    rated(here, episode, FOR_3_5)

    def act(who: Person) -> object:
        return write_review(by=who, at=LATER, episode_id=episode.pk, answer=answer(here), seen=None)

    heard = both(act, here.director, second)
    assert heard[0] == "" and heard[1]
    assert LevelReview.objects.count() == 1


def test_a_catalog_replaced_between_rating_and_review_is_said_and_nothing_is_signed(here: World) -> None:
    episode = in_residential(here)
    rated(here, episode)  # 2.5 by the catalog that ships
    counts(here, brought(here, STRICTER))
    with pytest.raises(Refused) as refusal:
        write_review(by=here.director, at=LATER, episode_id=episode.pk, answer=answer(here), seen=None)
    told = {each.code: each.message for each in refusal.value.findings}["asam.catalog_replaced"]
    assert "adult-4, version 2 counts now. By it these ratings come to 3.5, not 2.5" in told
    assert not LevelReview.objects.exists()


def test_the_queue_takes_as_many_queries_for_thirty_as_for_three_and_never_more_than_fifteen(here: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            list(reviews(here.site, LATER))
        return len(asked)

    counted = []
    for until in (3, 30):
        for number in range(len(reviews(here.site, LATER)), until):
            rated(here, admit(here, client(here, "Ben", f"Tran{number}"), here.php))
        counted.append(queries())
    assert len(reviews(here.site, LATER)) == 30
    assert counted[0] == counted[1] <= 15
