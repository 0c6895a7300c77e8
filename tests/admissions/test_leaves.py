"""Leaves and returns, and when someone is expected to leave for good."""

from datetime import datetime, timedelta

import pytest

from admissions.actions import expected, leaves
from audit.models import Event
from beds.actions import holds
from beds.models import BedStay
from beds.queries import cards
from beds.rules.states import BedState
from live.queries import current_seq
from programs.models import Episode, ExpectedDischarge, Leave
from programs.topics import session_topic
from staff.access import NotAllowed
from tests.beds.racing import said
from tests.factories import World, admit, client
from tests.factories.sessions import series, session

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lena(here: World) -> Episode:
    """Has Alder 1-A."""
    return admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])


def away(here: World, lena: Episode, at: datetime | None = None, kind: str = "pass") -> Leave:
    at = at or here.now
    return leaves.go(by=here.on_unit, at=at, episode_id=lena.pk, kind=kind, expected_at=at + 6 * HOUR)


def state(here: World, at: datetime) -> BedState:
    return cards(here.site, at, [here.beds[0].pk])[0].state


def test_a_leave_keeps_the_bed_and_tells_board_pass_and_groups(here: World, lena: Episode) -> None:
    running = session(series(here, here.residential), here.now - 5 * MINUTE)
    topics = ("beds.board.riverbend", f"emar.pass.{here.unit.pk}", session_topic(running.pk))
    before = [current_seq(topic) for topic in topics]
    leave = away(here, lena)
    assert state(here, here.now) is BedState.ON_LEAVE
    assert [current_seq(topic) for topic in topics] == [seq + 1 for seq in before]
    assert Event.objects.get().summary == "L. Harmon on pass, expected back 16:42 on 18 Nov, Alder 1-A kept"

    leaves.come_back(by=here.on_unit, at=here.now + HOUR, leave_id=leave.pk)
    assert (state(here, here.now + HOUR), state(here, here.now)) == (BedState.OCCUPIED, BedState.ON_LEAVE)
    assert [current_seq(topic) for topic in topics] == [seq + 2 for seq in before]
    assert BedStay.objects.get().ended_at is None


def test_who_is_away_goes_on_no_second_leave(here: World, lena: Episode) -> None:
    first = away(here, lena)
    leaves.expect_later(by=here.on_unit, at=here.now + HOUR, leave_id=first.pk, expected_at=here.now + DAY)
    assert said(lambda: away(here, lena, here.now + 2 * HOUR, "court")) == (
        "L. Harmon is away since 10:42 on 18 Nov (on pass). Record the return first."
    )


def test_a_later_return_is_a_new_row_of_the_same_leave(here: World, lena: Episode) -> None:
    first = away(here, lena, kind="hospital")
    at, back = here.now + HOUR, here.now + 3 * DAY
    second = leaves.expect_later(by=here.on_unit, at=at, leave_id=first.pk, expected_at=back)
    first.refresh_from_db()
    assert (first.ended_at, first.expected_at) == (at, here.now + 6 * HOUR)
    assert (second.kind, second.started_at, second.expected_at, second.ended_at) == ("hospital", at, back, None)
    [before], [after] = (cards(here.site, when, [here.beds[0].pk]) for when in (here.now, at))
    assert (before.until, after.until) == (here.now + 6 * HOUR, back)

    assert "expected back at 10:42 on 21 Nov already" in said(
        lambda: leaves.expect_later(by=here.on_unit, at=at + MINUTE, leave_id=first.pk, expected_at=back)
    )
    stale = first.pk  # a page that was opened before
    leaves.come_back(by=here.on_unit, at=at + HOUR, leave_id=stale)
    second.refresh_from_db()
    assert second.ended_at == at + HOUR


def test_who_came_back_already_is_told_by_whom_and_when(here: World, lena: Episode) -> None:
    leave = away(here, lena)
    leaves.come_back(by=here.on_unit, at=here.now + HOUR, leave_id=leave.pk)
    later = here.now + 2 * HOUR
    told = f"L. Harmon came back at 11:42 on 18 Nov, {here.on_unit.signature} recorded. Reload the board."
    assert said(lambda: leaves.come_back(by=here.intake, at=later, leave_id=leave.pk)) == told
    assert "came back at 11:42" in said(
        lambda: leaves.expect_later(by=here.intake, at=later, leave_id=leave.pk, expected_at=later + DAY)
    )


@pytest.mark.parametrize("hours", [-1, 0, 24 * 91])
def test_a_return_is_expected_in_the_days_to_come(here: World, lena: Episode, hours: int) -> None:
    def go() -> Leave:
        then = here.now + hours * HOUR
        return leaves.go(by=here.on_unit, at=here.now, episode_id=lena.pk, kind="pass", expected_at=then)

    assert said(go) == "Say a later time at which they are expected back, at most 90 days from now."


def test_what_cannot_be_a_leave_says_why(here: World, lena: Episode) -> None:
    assert "Choose what the leave is for" in said(lambda: away(here, lena, kind="holiday"))
    with pytest.raises(NotAllowed, match="record leaves and returns"):
        leaves.go(by=here.housekeeper, at=here.now, episode_id=lena.pk, kind="pass", expected_at=here.now + HOUR)
    leave = away(here, lena)
    assert "Wait a moment" in said(lambda: leaves.come_back(by=here.on_unit, at=here.now, leave_id=leave.pk))
    Episode.objects.update(ended_at=here.now)
    assert "This episode ended" in said(lambda: away(here, lena, here.now + HOUR))


def test_a_leave_over_the_night_in_which_clocks_go_back_lasts_its_hours(here: World) -> None:
    """On 2 November 2025 there are two 01:30; both are told apart, and a leave between them is in order."""
    lena = admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0], days=40)
    first, second = (datetime.fromisoformat(f"2025-11-02T01:30:00{offset}") for offset in ("-04:00", "-05:00"))
    leave = leaves.go(by=here.on_unit, at=first, episode_id=lena.pk, kind="pass", expected_at=second)
    assert leave.expected_at - leave.started_at == HOUR
    leaves.come_back(by=here.on_unit, at=second, leave_id=leave.pk)
    assert state(here, first + 59 * MINUTE) is BedState.ON_LEAVE
    assert state(here, second) is BedState.OCCUPIED


def test_an_expected_discharge_is_said_changed_and_taken_back(here: World, lena: Episode) -> None:
    first = expected.expect(by=here.on_unit, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    assert "expected to leave at 10:42 on 19 Nov already" in said(
        lambda: expected.expect(by=here.intake, at=here.now + MINUTE, episode_id=lena.pk, expected_at=here.now + DAY)
    )
    expected.expect(by=here.intake, at=here.now + MINUTE, episode_id=lena.pk, expected_at=here.now + 2 * DAY)
    first.refresh_from_db()
    assert (first.ended_at, first.expected_at) == (here.now + MINUTE, here.now + DAY)
    expected.expect_nothing(by=here.intake, at=here.now + HOUR, episode_id=lena.pk)
    assert not ExpectedDischarge.objects.current(here.now + HOUR).exists()
    [before] = cards(here.site, here.now, [here.beds[0].pk])
    assert before.expected_at == here.now + DAY
    assert "Nobody said when L. Harmon is expected to leave" in said(
        lambda: expected.expect_nothing(by=here.intake, at=here.now + 2 * HOUR, episode_id=lena.pk)
    )


def test_what_cannot_be_expected_says_why(here: World, lena: Episode) -> None:
    def expect(then: datetime, at: datetime = here.now) -> str:
        return said(lambda: expected.expect(by=here.intake, at=at, episode_id=lena.pk, expected_at=then))

    assert "has passed" in expect(here.now)
    assert "has passed" in expect(here.now - DAY)
    assert "more than a year away" in expect(here.now + 400 * DAY)
    expected.expect(by=here.intake, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    assert "Wait a moment" in expect(here.now + 2 * DAY)
    with pytest.raises(NotAllowed):
        expected.expect(by=here.facilitator, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)


def test_a_promise_to_the_next_is_settled_before_the_expected_time_moves(here: World, lena: Episode) -> None:
    rafa = client(here, "Rafa", "Whitfield", asks_for="3.5")
    expected.expect(by=here.intake, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    held = holds.hold(by=here.intake, at=here.now, bed_id=here.beds[0].pk, client_id=rafa.pk, until=here.now + 2 * DAY)
    at = here.now + MINUTE
    kept = "Alder 1-A is held for R. Whitfield until Thu 20 Nov 10:42, after L. Harmon leaves."
    assert said(
        lambda: expected.expect(by=here.on_unit, at=at, episode_id=lena.pk, expected_at=here.now + 2 * DAY)
    ) == (f"{kept} Hold it for longer, or let it go, first.")
    assert said(lambda: expected.expect_nothing(by=here.on_unit, at=at, episode_id=lena.pk)) == (
        f"{kept} Let that hold go first."
    )
    expected.expect(by=here.on_unit, at=at, episode_id=lena.pk, expected_at=here.now + 2 * DAY - MINUTE)
    holds.release(by=here.intake, at=at + MINUTE, hold_id=held.pk)
    expected.expect_nothing(by=here.on_unit, at=at + MINUTE, episode_id=lena.pk)
