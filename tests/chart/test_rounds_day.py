"""Looks at who comes for the day: an order puts them on the rounds of the site's day program while it runs."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.rules.findings import Refused
from beds.models import BedStay
from chart.actions import rounds
from chart.models import ObservationCheck, ObservationOrder, Task
from chart.queries.rounds.board import RoundsBoard, rounds_board
from chart.queries.rounds.day import DAY_PROGRAM
from chart.queries.rounds.orders import watched_people
from chart.queries.rounds.report import report_between
from programs.models import Episode, Placement
from tests.chart.unit_here import MINUTE, Unit, unit
from tests.factories import admit, client, world
from tests.signing import signed_in

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    """Pages read the clock."""
    return timezone.now()


@pytest.fixture
def alder(db: None, now: datetime) -> Unit:
    return unit(world(now))


@pytest.fixture
def bo(alder: Unit) -> Episode:
    """Bo comes to PHP for the day."""
    return admit(alder.here, client(alder.here, "Bo", "Castell"), alder.here.php)


def ordered(
    alder: Unit, bo: Episode, at: datetime | None = None, until: timedelta | None = 4 * HOUR
) -> ObservationOrder:
    at = at or alder.now - HOUR
    return rounds.order_looks(
        by=alder.here.on_unit, at=at, episode_id=bo.pk, minutes=30, why="Dizzy this morning", until=None if until is None else at + until,
    )  # fmt: skip


def look(alder: Unit, bo: Episode, **changes: object) -> ObservationCheck:
    return alder.look(**{"client_id": bo.client_id, "tag": "", "state": "group"} | changes)


def by_day(alder: Unit, at: datetime) -> RoundsBoard:
    found = rounds_board(alder.here.site, DAY_PROGRAM.pk, at)
    assert found is not None
    return found


def test_they_are_on_the_rounds_of_the_day_program_while_the_order_runs(alder: Unit, bo: Episode) -> None:
    assert by_day(alder, alder.now).rows == ()
    ordered(alder, bo)
    [row] = by_day(alder, alder.now).rows
    assert (row.client_id, row.place, row.minutes, row.state) == (bo.client_id, "Day program", 30, "late")
    board = rounds_board(alder.here.site, alder.here.unit.pk, alder.now)
    assert board is not None and bo.client_id not in {each.client_id for each in board.rows}
    assert by_day(alder, alder.now + 4 * HOUR).rows == ()


def test_a_look_is_written_down_without_a_door(alder: Unit, bo: Episode) -> None:
    ordered(alder, bo)
    row = look(alder, bo)
    assert (row.unit_id, row.place, row.room_tag, row.untagged) == (0, "Day program", "", "")
    assert by_day(alder, alder.now + MINUTE).rows[0].state == "next"
    with pytest.raises(Refused, match="has no room here"):
        look(alder, bo, state="asleep")


def test_who_is_not_found_raises_a_task_that_a_later_look_ends(alder: Unit, bo: Episode) -> None:
    ordered(alder, bo)
    look(alder, bo, state="not_found")
    assert Task.objects.get().line.startswith("Day program. Look for them now")
    look(alder, bo, at=alder.now + MINUTE)
    assert Task.objects.get().done_at is not None


def test_an_order_for_the_day_ends_with_the_day(alder: Unit, bo: Episode) -> None:
    for until in (None, 17 * HOUR):
        with pytest.raises(Refused, match="goes home"):
            ordered(alder, bo, until=until)


def test_without_an_order_nobody_looks(alder: Unit, bo: Episode) -> None:
    with pytest.raises(Refused, match="not on rounds here"):
        look(alder, bo)


def test_who_steps_down_while_an_order_runs_goes_on_in_the_day_program(alder: Unit) -> None:
    order = rounds.order_looks(
        by=alder.here.on_unit, at=alder.now - HOUR, episode_id=alder.stay.pk, minutes=30, why="Dizzy"
    )
    assert order.until is None
    BedStay.objects.filter(client=alder.lena).update(ended_at=alder.now)
    Placement.objects.filter(episode=alder.stay).update(ended_at=alder.now)
    Placement.objects.create(episode=alder.stay, program=alder.here.php, level="2.5", started_at=alder.now)
    [row] = by_day(alder, alder.now + MINUTE).rows
    assert row.client_id == alder.lena.pk


def test_the_report_counts_their_looks(alder: Unit, bo: Episode) -> None:
    ordered(alder, bo, at=alder.now - 2 * HOUR)
    look(alder, bo)
    report = report_between(
        alder.here.site,
        alder.now - 3 * HOUR,
        alder.now + MINUTE,
        alder.now + MINUTE,
        alder.here.day(),
        alder.here.day(),
    )
    [line] = [each for each in report.lines if each.unit == "Day program"]
    assert line.sums.due > 1 and line.sums.missed + line.sums.late >= 1


def test_the_page_offers_them_and_writes_the_look(alder: Unit, bo: Episode) -> None:
    people = {each.name: each for each in watched_people(alder.here.site, alder.now)}
    assert (people["B. Castell"].unit, people["B. Castell"].place) == ("Day program", alder.here.php.name)
    ordered(alder, bo)
    tech, address = signed_in(alder.tech), reverse("unit:rounds", args=[0])
    page = tech.get(address).content.decode()
    assert "B. Castell" in page and "In group" in page and "Asleep" not in page
    assert tech.post(reverse("unit:check"), {"client": bo.client_id, "unit": 0, "state": "group"}).status_code == 302
    assert "Day program" in tech.get(reverse("unit:rounds", args=[alder.here.unit.pk])).content.decode()
