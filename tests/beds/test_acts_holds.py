"""Keeping a bed for someone: an empty one, and one that somebody has still."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from admissions.actions import expected
from beds.actions import closures, holds, stays
from beds.models import Hold
from beds.queries import Card, cards
from beds.rules.states import BedState
from programs.models import Client, Episode, KeepApart
from tests.beds.racing import said
from tests.factories import World, admit, client

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def card(here: World, index: int, at: datetime) -> Card:
    [found] = cards(here.site, at, [here.beds[index].pk])
    return found


@pytest.fixture
def rafa(here: World) -> Client:
    return client(here, "Rafa", "Whitfield", asks_for="3.5")


@pytest.fixture
def lena(here: World) -> Episode:
    """Has Alder 1-A."""
    return admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])


def keep(here: World, who: Client, index: int, until: datetime, at: datetime | None = None) -> Hold:
    bed = here.beds[index]
    return holds.hold(by=here.intake, at=at or here.now, bed_id=bed.pk, client_id=who.pk, until=until)


def test_a_hold_ends_by_itself_and_can_be_let_go_before(here: World, rafa: Client) -> None:
    held = keep(here, rafa, 1, here.now + 2 * HOUR)
    assert card(here, 1, here.now + MINUTE).state is BedState.HELD
    assert card(here, 1, here.now + 2 * HOUR).state is BedState.AVAILABLE
    holds.release(by=here.intake, at=here.now + 5 * MINUTE, hold_id=held.pk)
    assert card(here, 1, here.now + 6 * MINUTE).state is BedState.AVAILABLE
    assert card(here, 1, here.now + MINUTE).state is BedState.HELD, "what was seen before the release is still seen"
    held.refresh_from_db()
    assert (held.ended_at, held.until) == (here.now + 5 * MINUTE, here.now + 2 * HOUR)
    assert "already over: it ended at Tue 18 Nov 10:47" in said(
        lambda: holds.release(by=here.intake, at=here.now + 6 * MINUTE, hold_id=held.pk)
    )


def test_a_hold_that_ran_out_keeps_nobody_out(here: World, rafa: Client, lena: Episode) -> None:
    keep(here, rafa, 1, here.now + HOUR)
    kay = client(here, "Kay", "Osei")
    keep(here, kay, 1, here.now + 3 * HOUR, at=here.now + HOUR)
    shown = card(here, 1, here.now + 3 * HOUR)
    assert (shown.state, shown.hold_id, shown.held_for) == (BedState.AVAILABLE, None, "")
    stays.move(by=here.intake, at=here.now + 3 * HOUR, stay_id=lena.stays.get().pk, bed_id=here.beds[1].pk)


@pytest.mark.parametrize("hours", [-1, 0, 24 * 14 + 1])
def test_a_hold_into_the_past_or_for_ever_is_refused(here: World, rafa: Client, hours: int) -> None:
    sentence = said(lambda: keep(here, rafa, 1, here.now + hours * HOUR))
    assert sentence == "Hold it until a later hour, at most 14 days from now."


def test_the_second_hold_is_told_for_whom_the_bed_is_kept(here: World, rafa: Client) -> None:
    until = here.now + 2 * HOUR
    keep(here, rafa, 1, until)
    other = client(here, "Kay", "Osei")
    assert said(lambda: keep(here, other, 1, until)) == (
        "Alder 1-B is held for R. W. until Tue 18 Nov 12:42. Choose another bed."
    )
    assert "Extend that hold instead" in said(lambda: keep(here, rafa, 1, until))
    with pytest.raises(IntegrityError, match="beds_one_hold_a_bed"), transaction.atomic():
        Hold.objects.create(
            bed=here.beds[1], client=other, started_at=here.now, until=until, ended_at=until, by=here.intake
        )


def test_one_person_has_one_hold_and_is_told_where(here: World, rafa: Client) -> None:
    keep(here, rafa, 1, here.now + 2 * HOUR)
    assert said(lambda: keep(here, rafa, 2, here.now + 2 * HOUR)) == (
        "Alder 1-B is held for R. Whitfield until Tue 18 Nov 12:42. Let that one go first."
    )
    keep(here, rafa, 2, here.now + 4 * HOUR, at=here.now + 2 * HOUR)


def test_a_bed_that_somebody_has_is_held_once_it_is_known_when_they_leave(
    here: World, rafa: Client, lena: Episode
) -> None:
    leaves = here.now + 2 * DAY
    assert said(lambda: keep(here, rafa, 0, leaves)) == "Say first when L. H. is expected to leave."
    expected.expect(by=here.intake, at=here.now, episode_id=lena.pk, expected_at=leaves)
    assert said(lambda: keep(here, rafa, 0, leaves)) == (
        "L. H. is expected to leave Alder 1-A on Thu 20 Nov 10:42. Hold it until a later hour than that."
    )
    assert "at most 14 days from Thu 20 Nov 10:42, when L. H." in said(
        lambda: keep(here, rafa, 0, leaves + 14 * DAY + HOUR)
    )
    held = keep(here, rafa, 0, leaves + 3 * HOUR, at=here.now + MINUTE)
    assert held.after == lena.stays.get()
    shown = card(here, 0, here.now + MINUTE)
    assert (shown.state, shown.held_for_initials) == (BedState.OCCUPIED, "R. W.")

    stays.vacate(by=here.intake, at=here.now + DAY, stay_id=lena.stays.get().pk)
    assert "Held for R. W." in said(
        lambda: stays.assign(by=here.intake, at=here.now + 2 * DAY, bed_id=here.beds[0].pk, episode_id=lena.pk)
    )


def test_a_bed_left_later_than_expected_is_held_from_now_on(here: World, rafa: Client, lena: Episode) -> None:
    expected.expect(by=here.intake, at=here.now, episode_id=lena.pk, expected_at=here.now + HOUR)
    late = here.now + 3 * HOUR
    assert "at most 14 days from now" in said(lambda: keep(here, rafa, 0, late, at=late))
    keep(here, rafa, 0, late + HOUR, at=late)


def test_a_hold_is_judged_as_if_who_has_the_bed_had_left(here: World, rafa: Client, lena: Episode) -> None:
    """Who is kept apart from somebody may have their bed after them, and not the bed beside them."""
    pair = sorted([rafa, lena.client], key=lambda who: who.pk)
    KeepApart.objects.create(first=pair[0], second=pair[1], why="x", started_at=here.now - DAY, by=here.director)
    expected.expect(by=here.intake, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    assert "Keep-apart rule in this room" in said(lambda: keep(here, rafa, 1, here.now + DAY))
    keep(here, rafa, 0, here.now + 2 * DAY, at=here.now + MINUTE)


def test_nobody_holds_their_own_bed_or_one_that_is_closed(here: World, rafa: Client, lena: Episode) -> None:
    assert "L. Harmon has Alder 1-A already" in said(lambda: keep(here, lena.client, 0, here.now + DAY))
    closures.close(by=here.intake, at=here.now, bed_id=here.beds[1].pk, why="plumbing")
    assert "out of service: plumbing" in said(lambda: keep(here, rafa, 1, here.now + DAY, at=here.now + MINUTE))


def test_a_held_bed_is_not_closed_and_its_person_is_named(here: World, rafa: Client) -> None:
    keep(here, rafa, 1, here.now + 2 * HOUR)
    assert said(lambda: closures.close(by=here.intake, at=here.now, bed_id=here.beds[1].pk, why="paint")) == (
        "Alder 1-B is held for R. W. until Tue 18 Nov 12:42. Let it go first, then close it."
    )
    closures.close(by=here.intake, at=here.now + 2 * HOUR, bed_id=here.beds[1].pk, why="paint")


def test_a_longer_hold_is_a_new_one_from_now_on(here: World, rafa: Client) -> None:
    first = keep(here, rafa, 1, here.now + HOUR)
    second = holds.extend(
        by=here.intake, at=here.now + MINUTE, hold_id=first.pk, until=here.now + 3 * HOUR
    )  # fmt: skip
    first.refresh_from_db()
    assert (first.ended_at, first.until) == (here.now + MINUTE, here.now + HOUR)
    assert (second.started_at, second.until, second.client) == (here.now + MINUTE, here.now + 3 * HOUR, rafa)
    assert card(here, 1, here.now).held_until == here.now + HOUR
    assert card(here, 1, here.now + MINUTE).held_until == here.now + 3 * HOUR
    later = here.now + 2 * MINUTE
    assert "already over" in said(
        lambda: holds.extend(by=here.intake, at=later, hold_id=first.pk, until=here.now + 4 * HOUR)
    )
    assert "at most 14 days" in said(
        lambda: holds.extend(by=here.intake, at=later, hold_id=second.pk, until=here.now - HOUR)
    )


def test_a_hold_that_waits_is_extended_past_the_expected_time_only(here: World, rafa: Client, lena: Episode) -> None:
    expected.expect(by=here.intake, at=here.now, episode_id=lena.pk, expected_at=here.now + DAY)
    first = keep(here, rafa, 0, here.now + 2 * DAY)
    at = here.now + MINUTE
    assert "Hold it until a later hour than that" in said(
        lambda: holds.extend(by=here.intake, at=at, hold_id=first.pk, until=here.now + HOUR)
    )
    second = holds.extend(by=here.intake, at=at, hold_id=first.pk, until=here.now + 3 * DAY)
    assert second.after == lena.stays.get()


def test_a_hold_let_go_in_the_moment_it_was_made_leaves_no_trace_on_the_board(here: World, rafa: Client) -> None:
    held = keep(here, rafa, 1, here.now + HOUR)
    behind = here.now - timedelta(seconds=2)  # another server's clock
    released = holds.release(by=here.intake, at=behind, hold_id=held.pk)
    assert released.ended_at == here.now
    assert card(here, 1, here.now).state is BedState.AVAILABLE
