"""The placement list as it is read: order, filters, clocks, the 90 % notice; the same queries however many ask."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from admissions.actions import requests
from admissions.actions.capacity import tell_state
from admissions.board import BOARD, shown_of
from admissions.queries.capacity import capacities, notices
from admissions.queries.line import line_page
from admissions.queries.lines import Shown, list_page, shown
from admissions.queries.people import known_like
from beds.actions import holds
from live.boards import NoSuchBoard
from programs.models import CapacityNotice, Placement, PlacementRequest
from programs.rules.duplicates import Match, Someone
from staff.access import NotAllowed
from tests.admissions.asks import BORN, asks
from tests.beds.racing import WON, race, said
from tests.factories import World, admit, client, world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ALL = Shown("riverbend")


def names(here: World, wanted: Shown = ALL, later: timedelta = timedelta(0)) -> list[str]:
    return [line.request.client.first_name for line in list_page(here.site, here.now + later, wanted).lines]


def three(here: World) -> list[PlacementRequest]:
    """Ana asks for 3.7, then Bea (pregnant) and Cleo (injects) for 3.5, a day apart."""
    facts: list[dict[str, object]] = [
        {"first_name": "Ana", "level_wanted": "3.7"},
        {"first_name": "Bea", "level_wanted": "3.5", "pregnant": True},
        {"first_name": "Cleo", "injects": True},
    ]
    return [
        asks(here, at=here.now - (3 - number) * DAY, last_name=f"Row{'abc'[number]}", **known)
        for number, known in enumerate(facts)
    ]


def count(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def test_the_list_is_in_federal_order_with_its_clocks_in_words(here: World) -> None:
    three(here)
    assert names(here) == ["Bea", "Cleo", "Ana"]
    lines = list_page(here.site, here.now, ALL).lines
    assert [[told.words for told in line.clocks] for line in lines] == [
        ["Interim services in 1 min"],
        ["Interim services in 24 h", "Admit by Mon 1 Dec"],
        [],
    ]
    assert [line.step for line in lines] == ["Screened"] * 3


def test_the_filters_count_and_narrow(here: World) -> None:
    rows = three(here)
    requests.screen(by=here.intake, at=here.now, request_id=rows[0].pk, seen_state="inquiry")
    page = list_page(here.site, here.now, ALL)
    assert [(one.words, one.count) for one in page.states] == [
        ("All open", 3), ("Inquiry", 2), ("Screened", 1), ("Approved", 0), ("Scheduled", 0),
    ]  # fmt: skip
    assert [(one.words, one.count) for one in page.levels] == [
        ("Any level", 3), ("3.7", 1), ("3.5", 1), ("not rated", 1),
    ]  # fmt: skip
    assert names(here, shown("riverbend", "screened", "")) == ["Ana"]
    assert names(here, shown("riverbend", "", "3.5")) == ["Bea"]
    assert names(here, shown("riverbend", "", "unrated")) == ["Cleo"]
    assert names(here, shown("riverbend", "nothing", "9.9")) == ["Bea", "Cleo", "Ana"]


def test_settled_lines_stay_for_thirty_days(here: World) -> None:
    rows = three(here)
    requests.withdraw(by=here.intake, at=here.now, request_id=rows[0].pk, seen_state="inquiry", why="went home")
    assert names(here) == ["Bea", "Cleo"]
    over = shown("riverbend", "settled", "")
    assert names(here, over, DAY) == ["Ana"]
    assert list_page(here.site, here.now + DAY, ALL).settled == 1
    assert names(here, over, 31 * DAY) == []
    [line] = list_page(here.site, here.now, over).lines
    assert (line.clocks, line.step) == ((), "")


def test_a_kept_bed_stands_on_the_line(here: World) -> None:
    rows = three(here)
    holds.hold(
        by=here.intake, at=here.now, bed_id=here.beds[0].pk, client_id=rows[1].client_id, until=here.now + 2 * DAY
    )
    [line] = list_page(here.site, here.now, shown("riverbend", "", "3.5")).lines
    assert line.held == "Alder 1-A held until Thu 20 Nov 10:42"


def test_the_reads_take_the_same_queries_however_many_ask(here: World) -> None:
    who = Someone("Sara", "Amari", BORN)
    for number in range(3):
        made = asks(here, first_name="Sara" + "ab" * number, pregnant=True)
        reads: list[tuple[Callable[[], object], int]] = [
            (lambda: list_page(here.site, here.now, ALL), 3),
            (lambda: notices(here.site, here.now), 5),
            (lambda: known_like(here.site.organisation, here.site.pk, who, here.now), 3),
            (lambda made=made: line_page(made, here.now, here.site.tz), 4),  # type: ignore[misc]
        ]
        assert [count(read) for read, _ in reads] == [most for _, most in reads]
        admit(here, client(here, f"P{number}", "Row"), here.residential, here.beds[number])


def test_who_may_be_meant_comes_with_what_tells_them_apart(here: World) -> None:
    asks(here)
    lena = client(here, "Sarah", "Amari")
    lena.born_on = BORN
    lena.save()
    admit(here, lena, here.residential, days=20)
    one, two = known_like(here.site.organisation, here.site.pk, Someone("Sara", "Amari", BORN), here.now)
    assert (one.match, one.asking, one.care, one.in_care) == (
        Match.SAME, "On the placement list since 18 Nov: inquiry", "", False,
    )  # fmt: skip
    assert (two.match, two.care, two.in_care) == (
        Match.LIKELY, "In Residential 3.5, Riverbend campus, since 29 Oct 2025", True,
    )  # fmt: skip


def fill(here: World, many: int) -> None:
    """So many of the four licensed places are taken, one a day, the last yesterday."""
    for number in range(many):
        admit(here, client(here, f"In{number}", "Row"), here.residential, here.beds[number], days=many - number)


def test_a_program_at_ninety_per_cent_is_told_of_until_the_state_is(here: World) -> None:
    fill(here, 3)
    assert notices(here.site, here.now) == ()
    admit(here, client(here, "Last", "Row"), here.residential, here.beds[3], days=1)
    [notice] = notices(here.site, here.now)
    assert (notice.program, notice.capacity.percent, notice.reached_at) == (here.residential, 100, here.now - DAY)
    assert (notice.tell_by, notice.late) == (here.now + 6 * DAY, False)
    [late] = notices(here.site, here.now + 6 * DAY + MINUTE)
    assert late.late

    made = tell_state(by=here.intake, at=here.now, program_id=here.residential.pk)
    assert (made.reached_at, made.sent_at, made.by) == (here.now - DAY, here.now, here.intake)
    assert notices(here.site, here.now + MINUTE) == ()
    assert said(lambda: tell_state(by=here.director, at=here.now + MINUTE, program_id=here.residential.pk)) == (
        "Imani Clarke told the state about Residential 3.5 at 10:42 on 18 Nov. Nothing was written twice."
    )


def test_a_program_below_has_nothing_to_tell(here: World) -> None:
    fill(here, 2)
    assert "below 90 %" in said(lambda: tell_state(by=here.intake, at=here.now, program_id=here.residential.pk))
    assert "below 90 %" in said(lambda: tell_state(by=here.intake, at=here.now, program_id=here.iop.pk))
    with pytest.raises(NotAllowed):
        tell_state(by=here.on_unit, at=here.now, program_id=here.residential.pk)


def test_a_program_without_beds_counts_its_placements(here: World) -> None:
    here.iop.licensed_capacity = 1
    here.iop.save()
    admit(here, client(here, "Ida", "Row"), here.iop, days=3)
    [notice] = notices(here.site, here.now)
    assert (notice.program, notice.reached_at) == (here.iop, here.now - 3 * DAY)


def test_a_program_full_for_longer_than_is_read_first_says_since_when(here: World) -> None:
    here.iop.licensed_capacity = 1
    here.iop.save()
    admit(here, client(here, "Ida", "Row"), here.iop, days=400)
    assert capacities([here.iop], here.now)[here.iop.pk].reached_at == here.now - 400 * DAY
    Placement.objects.update(ended_at=here.now - HOUR)
    assert capacities([here.iop], here.now)[here.iop.pk].reached_at is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_tell_the_state_at_once_one_is_told_who_did(now: datetime) -> None:
    here = world(now)
    fill(here, 4)
    tells = [
        lambda by=by: tell_state(by=by, at=here.now, program_id=here.residential.pk)
        for by in (here.intake, here.director)
    ]
    answers = race(*tells)
    assert sorted(one == WON for one in answers) == [False, True]
    assert "told the state about Residential 3.5" in next(one for one in answers if one != WON)
    assert CapacityNotice.objects.count() == 1


def test_the_live_board_reads_its_key_back(here: World) -> None:
    for wanted in (ALL, shown("riverbend", "settled", ""), shown("riverbend", "inquiry", "3.5 COE")):
        assert shown_of(wanted.key) == wanted
    for odd in ("riverbend", "riverbend~nothing~", "riverbend~open~9.9"):
        with pytest.raises(NoSuchBoard):
            shown_of(odd)
    assert BOARD.topic_of(ALL.key) == "beds.board.riverbend"
    assert BOARD.may_watch(here.intake, ALL.key)
    assert not BOARD.may_watch(here.on_unit, ALL.key)


def test_an_act_is_drawn_as_the_snapshot_is(here: World) -> None:
    rows = three(here)
    key = ALL.key
    look = BOARD.audience(here.intake, key)
    before = dict(BOARD.snapshot(look, key).regions)
    requests.screen(by=here.intake, at=here.now, request_id=rows[0].pk, seen_state="inquiry")
    [piece, gone] = BOARD.fragments(look, key, [("counts", str(here.site.pk)), ("bed", "1")])
    after = dict(BOARD.snapshot(look, key).regions)
    assert gone is None
    assert piece == after[f"counts-{here.site.pk}"] != before[f"counts-{here.site.pk}"]
