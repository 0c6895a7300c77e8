"""What the chart page costs over HTTP, sign-in and tabs and trends included: at most twenty questions to the database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Session
from django.test.utils import CaptureQueriesContext

from bench.lives import live
from chart.actions.merge import merge
from chart.models import Score
from programs.models import Client, Episode, Placement
from tests.chart.crowded import crowd
from tests.factories import World, admit, client, world
from tests.signing import signed_in

DAY = timedelta(days=1)
MOST = 20


@pytest.fixture
def today(db: None) -> World:
    """The small program now: the page reads the clock itself."""
    return world(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def sara(today: World) -> Episode:
    """In residential care for two years."""
    return admit(today, client(today, "Sara", "Amari"), today.residential, today.beds[0], days=731)


def over(episode: Episode, at: datetime) -> None:
    """Care that ended."""
    Placement.objects.filter(episode=episode).update(ended_at=at)
    Episode.objects.filter(pk=episode.pk).update(ended_at=at, ended_as="completed")


def asked(session: Session, who: Client) -> list[str]:
    """The statements of one opening that read or write; not those that begin and end a transaction."""
    address = f"/clients/{who.pk}/"
    assert session.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        session.get(address)
    return [each["sql"] for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


def said(statements: list[str]) -> str:
    """What to read where there were too many."""
    return "\n".join(each.strip()[:180].replace("\n", " ") for each in statements)


@pytest.mark.parametrize("days", [3, 730])
def test_a_short_and_a_long_history_cost_the_same(today: World, sara: Episode, days: int) -> None:
    live(sara, today.site, today.on_unit, days, today.now)
    found = asked(signed_in(today.director), sara.client)
    assert len(found) <= MOST, said(found)


def test_a_fortnight_in_which_every_room_wrote_costs_no_more(today: World, sara: Episode) -> None:
    crowd(today, sara, today.now)
    found = asked(signed_in(today.director), sara.client)
    assert len(found) <= MOST, said(found)


def test_a_person_with_two_crowded_records_and_two_withdrawal_scales_costs_no_more(today: World, sara: Episode) -> None:
    old = admit(today, client(today, "Sarah", "Amari"), today.php, days=40)
    crowd(today, old, today.now - DAY)
    over(old, today.now - DAY)
    crowd(today, sara, today.now)
    Score.objects.create(
        client=sara.client, episode=sara, scale="ciwa_ar", edition="x", answers={"a": 9}, total=9, at=today.now - DAY,
        written_at=today.now - DAY, by=today.on_unit,
    )  # fmt: skip
    merge(
        by=today.director, at=today.now, client_id=old.client_id, into_id=sara.client_id, site_id=today.site.pk, why="Same photograph"
    )  # fmt: skip
    session = signed_in(today.director)
    found = asked(session, sara.client)
    assert len(found) <= MOST, said(found)
    assert session.get(f"/clients/{sara.client_id}/").content.decode().count(">Safety plan, version 1") == 2
