"""Looks on a unit: the acts, what the database refuses, the pages."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.rules.findings import Refused
from chart.actions import rounds
from chart.models import ObservationCheck, ObservationOrder, Task
from chart.queries.rounds.board import rounds_board
from chart.queries.rounds.report import RoundsReport, rounds_report
from programs.models import Leave
from staff.access import NotAllowed
from tests.beds.racing import race
from tests.chart.unit_here import MINUTE, TAGS, Unit, unit
from tests.documents.reading import pages
from tests.factories import World, last_noon, world
from tests.signing import signed_in


@pytest.fixture
def alder(here: World) -> Unit:
    return unit(here)


@pytest.fixture
def today(db: None) -> Unit:
    """The same at the real hour: pages read the clock."""
    return unit(world(timezone.now()))


def refused(alder: Unit, **changes: object) -> str:
    before = ObservationCheck.objects.count()
    with pytest.raises(Refused) as told:
        alder.look(**changes)
    assert ObservationCheck.objects.count() == before
    return told.value.findings[0].code


def test_a_look_keeps_where_they_sleep_whose_door_it_was_and_both_times(alder: Unit) -> None:
    row = alder.look(seen_at=alder.now - 3 * MINUTE)
    assert (row.place, row.room_tag, row.untagged) == ("Rm 1-A", "Alder 1", "")
    assert (row.at, row.entered_at) == (alder.now - 3 * MINUTE, alder.now)


def test_the_same_look_sent_twice_is_written_once(alder: Unit) -> None:
    key = uuid4()
    assert alder.look(key=key) == alder.look(key=key, at=alder.now + MINUTE)
    assert ObservationCheck.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_look_at_once_both_are_kept_and_the_first_answers() -> None:
    alder = unit(world(last_noon()))  # the report is of a day
    other = alder.here.on_unit
    assert race(lambda: alder.look(), lambda: alder.look(by=other, at=alder.now + timedelta(seconds=1))) == [
        "won",
        "won",
    ]
    [line] = [line for line in report(alder, alder.now + MINUTE).lines if line.name == "L. Harmon"]
    assert (line.sums.on_time + line.sums.late, line.sums.extra) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "flying"}, "rounds.state"),
        ({"tag": "", "untagged": ""}, "rounds.proof"),
        ({"tag": TAGS[1]}, "rounds.other_room"),
        ({"tag": "RZZZZZZZZZ"}, "rounds.tag"),
        ({"tag": "", "untagged": "because"}, "rounds.untagged"),
        ({"state": "off_unit", "tag": ""}, "rounds.where"),
        ({"where": "x" * 121}, "rounds.where_long"),
        ({"client_id": 999_999}, "rounds.not_here"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_written(
    alder: Unit, changes: dict[str, object], code: str
) -> None:
    assert refused(alder, **changes) == code


def test_a_look_of_tomorrow_or_of_yesterday_is_refused(alder: Unit) -> None:
    assert refused(alder, seen_at=alder.now + timedelta(hours=1)) == "rounds.ahead"
    assert refused(alder, seen_at=alder.now - timedelta(hours=13)) == "rounds.old"


def test_a_tablet_whose_clock_is_a_minute_ahead_looked_now(alder: Unit) -> None:
    assert alder.look(seen_at=alder.now + MINUTE).at == alder.now


def test_seen_outside_the_room_needs_no_tag(alder: Unit) -> None:
    row = alder.look(state="group", tag="")
    assert (row.room_tag, row.untagged) == ("", "")


def test_a_tag_that_was_replaced_counts_no_more(alder: Unit) -> None:
    from beds.actions.tags import replace_tag

    replace_tag(by=alder.here.director, at=alder.now - MINUTE, room_id=alder.here.beds[0].room_id)
    assert refused(alder) == "rounds.tag"


def test_whoever_is_not_found_raises_one_urgent_task_and_the_look_that_finds_them_ends_it(alder: Unit) -> None:
    alder.look(state="not_found", tag="")
    alder.look(state="not_found", tag="", at=alder.now + MINUTE)
    task = Task.objects.get()
    assert (task.urgent, task.done_at, task.episode_id) == (True, None, alder.stay.pk)
    board = rounds_board(alder.here.site, alder.here.unit.pk, alder.now + MINUTE)
    assert board is not None
    assert [row.name for row in board.lost] == ["L. Harmon"]
    alder.look(at=alder.now + 2 * MINUTE)
    task.refresh_from_db()
    assert task.done_by == alder.tech
    assert "awake in room" in task.outcome


def test_an_order_takes_the_place_of_the_running_one_and_ends_with_a_reason(alder: Unit) -> None:
    asked = {"by": alder.here.on_unit, "episode_id": alder.stay.pk, "why": "Dizzy"}
    first = rounds.order_looks(at=alder.now - 5 * MINUTE, minutes=30, **asked)  # type: ignore[arg-type]
    second = rounds.order_looks(at=alder.now, minutes=10, until=alder.now + timedelta(hours=1), **asked)  # type: ignore[arg-type]
    first.refresh_from_db()
    assert (first.ended_at, first.ended_why) == (alder.now, "Ordered anew: every 10 minutes")
    ended = rounds.end_looks(by=alder.here.on_unit, at=alder.now + MINUTE, order_id=second.pk, why="Steady again")
    assert (ended.ended_at, ended.until) == (alder.now + MINUTE, alder.now + timedelta(hours=1))
    with pytest.raises(Refused, match="ended at"):
        rounds.end_looks(by=alder.here.on_unit, at=alder.now + 2 * MINUTE, order_id=second.pk, why="Again")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"minutes": 4}, "rounds.minutes"), ({"why": " "}, "rounds.why"), ({"until": 0}, "rounds.until")],
)
def test_an_order_that_makes_no_sense_is_refused(alder: Unit, changes: dict[str, object], code: str) -> None:
    asked: dict[str, object] = {"minutes": 15, "why": "Dizzy"} | changes
    if "until" in asked:
        asked["until"] = alder.now
    with pytest.raises(Refused) as told:
        rounds.order_looks(by=alder.here.on_unit, at=alder.now, episode_id=alder.stay.pk, **asked)  # type: ignore[arg-type]
    assert [each.code for each in told.value.findings] == [code]


def test_a_technician_looks_but_orders_nothing_and_housekeeping_does_neither(alder: Unit) -> None:
    with pytest.raises(NotAllowed):
        rounds.order_looks(by=alder.tech, at=alder.now, episode_id=alder.stay.pk, minutes=15, why="Dizzy")
    with pytest.raises(NotAllowed):
        alder.look(by=alder.here.housekeeper)


def test_the_database_keeps_looks_as_they_are(alder: Unit) -> None:
    row = alder.look()
    with pytest.raises(IntegrityError), transaction.atomic():
        ObservationCheck.objects.filter(pk=row.pk).update(state="asleep")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


@pytest.mark.parametrize(
    ("changes", "wall"),
    [
        ({"entered_at": -1}, "chart_check_not_in_the_future"),
        ({"state": "flying"}, "chart_check_state"),
        ({"room_tag": ""}, "chart_check_proof"),
        ({"untagged": "no_tag"}, "chart_check_one_proof"),
        ({"state": "off_unit"}, "chart_check_where"),
    ],
)
def test_the_database_refuses_a_look_that_proves_nothing(alder: Unit, changes: dict[str, object], wall: str) -> None:
    row = alder.look()
    if "entered_at" in changes:
        changes = {"entered_at": row.at - MINUTE}
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_refuses_two_orders_at_once_and_one_that_is_rewritten(alder: Unit) -> None:
    row = rounds.order_looks(by=alder.here.on_unit, at=alder.now, episode_id=alder.stay.pk, minutes=15, why="Dizzy")
    with pytest.raises(IntegrityError), transaction.atomic():
        ObservationOrder.objects.filter(pk=row.pk).update(minutes=60)
    row.pk, row.started_at = None, alder.now + MINUTE
    with pytest.raises(IntegrityError, match="chart_one_observation"), transaction.atomic():
        row.save(force_insert=True)


def report(alder: Unit, at: datetime) -> RoundsReport:
    on = at.astimezone(alder.here.site.tz).date()
    return rounds_report(alder.here.site, on, on, at)


def test_the_report_says_what_was_late_and_what_was_missed_and_keeps_saying_it(alder: Unit) -> None:
    late = report(alder, alder.now)
    [line] = [line for line in late.lines if line.name == "L. Harmon"]
    assert line.sums.missed >= 1
    alder.look(seen_at=alder.now - 20 * MINUTE)  # written down afterwards: it takes no miss away
    [again] = [line for line in report(alder, alder.now).lines if line.name == "L. Harmon"]
    assert again.sums.missed == line.sums.missed


def test_nobody_on_leave_is_late(alder: Unit) -> None:
    Leave.objects.create(
        episode=alder.stay, kind="pass", started_at=alder.now - 29 * MINUTE, expected_at=alder.now + timedelta(hours=4)
    )
    board = rounds_board(alder.here.site, alder.here.unit.pk, alder.now)
    assert board is not None
    [lena] = [row for row in board.rows if row.name == "L. Harmon"]
    assert (lena.state, lena.away, lena.missed) == ("away", "On pass", 0)


def test_a_board_costs_the_same_however_many_sleep_there(alder: Unit, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        rounds_board(alder.here.site, alder.here.unit.pk, alder.now)


def test_the_board_shows_rows_in_walking_order_and_the_script_gets_its_row(today: Unit) -> None:
    browser = signed_in(today.tech)
    page = browser.get(reverse("unit:rounds", args=[today.here.unit.pk])).content.decode()
    rows = page[page.index('id="rounds-rows"') :]  # above them stands who is due first
    assert rows.index("L. Harmon") < rows.index("O. Diaz")
    assert "15" in page
    sent = {"client": today.lena.pk, "unit": today.here.unit.pk, "state": "asleep", "tag": TAGS[0], "key": uuid4()}
    answer = browser.post(reverse("unit:check"), sent, headers={"Accept": "application/json"})
    assert "asleep, breathing seen" in answer.json()["row"]
    wrong = browser.post(
        reverse("unit:check"), sent | {"tag": TAGS[1], "key": uuid4()}, headers={"Accept": "application/json"}
    )
    assert wrong.status_code == 422
    assert "Scan the tag of that door" in wrong.json()["findings"][0]["message"]


@pytest.mark.parametrize("sent", [{"client": "x"}, {"client": "1", "unit": "1", "seen_at": "yesterday"}])
def test_a_page_that_is_not_whole_is_refused(today: Unit, sent: dict[str, str]) -> None:
    answer = signed_in(today.tech).post(reverse("unit:check"), sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422


def test_the_report_stands_on_paper_and_in_a_spreadsheet(today: Unit) -> None:
    browser = signed_in(today.here.on_unit)
    paper = " ".join(pages(browser.get(reverse("unit:rounds_pdf")).content))
    assert "Observation rounds" in paper
    days = {
        "from": str(today.here.day(-1)),
        "to": str(today.here.day()),
    }  # begun a minute before midnight, it was yesterday
    table = browser.get(reverse("unit:rounds_csv", args=["clients"]), days).content.decode("utf-8-sig")
    assert "L. Harmon" in table
    assert browser.get(reverse("unit:rounds_report") + "?from=nonsense").status_code == 400


def test_a_nurse_orders_looks_on_the_page_and_ends_them(today: Unit) -> None:
    browser = signed_in(today.here.on_unit)
    address = reverse("unit:orders")
    sent = {"client": today.stay.pk, "minutes": "20", "why": "Dizzy", "until": "", "key": str(uuid4())}
    assert browser.post(address, sent).status_code == 302
    order = ObservationOrder.objects.get()
    assert "Dizzy" in browser.get(address).content.decode()
    assert browser.post(address, {"end": order.pk, "why": "Steady", "key": str(uuid4())}).status_code == 302
    assert browser.post(address, sent | {"minutes": "2", "key": str(uuid4())}).status_code == 422
    assert signed_in(today.tech).post(address, sent | {"key": str(uuid4())}).status_code == 403
