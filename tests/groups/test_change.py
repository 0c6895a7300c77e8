"""A change of a series is looked at before it is done: what is shown is what happens, and what took place stays."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Refused
from groups.actions import Facts, When, amend_series, begin_series, cancel_session, change_series, move_session
from groups.actions.amend import facts_of
from groups.models import Pattern, Series, Session
from groups.queries.change import Preview, preview
from groups.rules.follow import Fate, Slot, WrittenOut, curriculum, fate
from tests.factories import World, world
from tests.factories.sessions import attended, members

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)  # Monday 09:00 at the site
TODAY = date(2026, 1, 5)
MWF = "FREQ=WEEKLY;BYDAY=MO,WE,FR"


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def group(here: World, **more: object) -> Series:
    asked = {
        "by": here.director, "at": NOW, "site_id": here.site.pk, "name": "Relapse prevention", "programs": [here.iop.pk],
        "service": "H0005", "size_limit": 12, "begins_on": TODAY, "topics": ["Triggers", "Cravings", "Rest"],
        "when": When(MWF, time(17, 30), 180, "Room C", leads=[here.facilitator.pk]),
    }  # fmt: skip
    return begin_series(**(asked | more))  # type: ignore[arg-type]


def looked_at(series: Series, when: When, since: date, at: datetime = NOW) -> Preview:
    pattern = Pattern(
        series=series, rule=when.rule, starts=when.starts, minutes=when.minutes, room=when.room, by_video=when.by_video,
        begins_on=since,
    )  # fmt: skip
    return preview(series, pattern, since, at, when.leads)


def stands(series: Series) -> dict[date | None, str]:
    rows = Session.objects.filter(series=series).order_by("started_at")
    return {
        row.occurs_on: "cancelled" if row.cancelled_at else f"{row.started_at:%d %H:%M}-{row.ended_at:%H:%M} {row.room}"
        for row in rows
    }


def on(series: Series, day: int) -> Session:
    return Session.objects.get(series=series, occurs_on=date(2026, 1, day))


def test_what_is_shown_is_what_is_done(here: World) -> None:
    series = group(here)
    [amira] = members(here, 1)
    attended(on(series, 9), amira, here.facilitator)
    move_session(
        by=here.facilitator,
        at=NOW,
        session_id=on(series, 12).pk,
        starts=NOW + timedelta(days=8),
        minutes=60,
        room="Room A",
        why="Snow",
    )
    cancel_session(by=here.facilitator, at=NOW, session_id=on(series, 14).pk, why="Training")
    when = When("FREQ=WEEKLY;BYDAY=WE,TH", time(18, 0), 120, "Room D", leads=[here.facilitator.pk])
    shown, before = looked_at(series, when, date(2026, 1, 7)), stands(series)
    assert {turn.on.day: turn.fate for turn in shown.turns if turn.on < date(2026, 1, 17)} == {
        7: Fate.CHANGED, 8: Fate.ADDED, 15: Fate.ADDED, 16: Fate.CANCELLED,
    }  # fmt: skip
    assert {turn.on.day: turn.fate for turn in shown.kept} == {9: Fate.ATTENDED, 12: Fate.BY_HAND}
    change_series(by=here.director, at=NOW, series_id=series.pk, from_on=date(2026, 1, 7), when=when)
    after = stands(series)
    touched = {turn.on for turn in shown.turns}
    assert {day for day in {*before, *after} if before.get(day) != after.get(day)} == touched
    assert all((after[turn.on] == "cancelled") == (turn.fate is Fate.CANCELLED) for turn in shown.turns)
    again = looked_at(Series.objects.get(pk=series.pk), when, date(2026, 1, 7))
    assert again.turns == () and again.same > 0


def test_ending_shows_every_session_that_goes(here: World) -> None:
    series = group(here)
    shown = preview(series, None, date(2026, 1, 21), NOW)
    assert {turn.fate for turn in shown.turns} == {Fate.CANCELLED} and shown.turns[0].on == date(2026, 1, 21)


def test_other_people_lead_what_follows_and_a_colleague_of_one_day_stays(here: World) -> None:
    series = group(here)
    on(series, 14).facilitator_rows.create(person=here.director)
    when = When(MWF, time(17, 30), 180, "Room C", leads=[here.cofacilitator.pk])
    shown = looked_at(series, when, date(2026, 1, 12))
    assert shown.turns == () and "joins" in shown.leads and "goes" in shown.leads
    change_series(by=here.director, at=NOW, series_id=series.pk, from_on=date(2026, 1, 12), when=when)
    assert set(on(series, 14).facilitators.all()) == {here.cofacilitator, here.director}
    assert set(on(series, 9).facilitators.all()) == {here.facilitator}


def test_a_room_and_a_colleague_that_are_taken_are_told(here: World) -> None:
    group(here, name="Skills", when=When("FREQ=WEEKLY;BYDAY=TU", time(17), 90, "Room A", leads=[here.cofacilitator.pk]))
    series = group(here)
    when = When("FREQ=WEEKLY;BYDAY=TU", time(18), 60, "Room A", leads=[here.cofacilitator.pk])
    clashes = looked_at(series, when, date(2026, 1, 6)).clashes
    assert clashes[0] == "Room A is taken by Skills, Tue 6 Jan 17:00."
    assert any(sentence.endswith("leads Skills, Tue 6 Jan 17:00.") for sentence in clashes)
    assert clashes[-1].startswith("And ")
    assert looked_at(series, replace(when, room="Room B", leads=[]), date(2026, 1, 6)).clashes == ()


def test_new_topics_are_taken_in_turn_by_what_is_to_come(here: World) -> None:
    series = group(here)
    later = NOW + timedelta(days=1)
    seen = facts_of(series)
    amend_series(
        by=here.director, at=later, series_id=series.pk, seen=seen,
        facts=Facts("Relapse prevention", 10, "LPC", False, ("Triggers", "Sleep", "Money")),
    )  # fmt: skip
    assert [on(series, day).topic for day in (5, 7, 9, 12)] == ["Triggers", "Sleep", "Money", "Triggers"]
    with pytest.raises(Refused, match="Somebody changed Relapse prevention since you opened it"):
        amend_series(
            by=here.director, at=later, series_id=series.pk, seen=seen, facts=Facts("Other", 10, "", False, ())
        )
    with pytest.raises(Refused, match="Give the group a name"):
        amend_series(by=here.director, at=later, series_id=series.pk, facts=Facts(" ", 10, "", False, ()))


moments = st.integers(0, 40).map(lambda hours: NOW + timedelta(hours=hours))
slots = st.builds(lambda at, room: Slot(at, at + timedelta(hours=1), room, False), moments, st.sampled_from("AB"))
rows = st.builds(WrittenOut, st.just(TODAY), slots, st.booleans(), st.booleans(), st.booleans())


@given(row=rows, wanted=slots | st.none(), at=moments)
@settings(derandomize=True, database=None, deadline=None)
def test_what_took_place_or_was_changed_by_itself_is_never_changed(
    row: WrittenOut, wanted: Slot | None, at: datetime
) -> None:
    found = fate(row, wanted, at)
    if row.touched or row.slot.started_at <= at:
        assert found is Fate.ATTENDED
    elif not row.follows:
        assert found is Fate.BY_HAND
    else:
        assert found in {Fate.SAME, Fate.CHANGED, Fate.AGAIN, Fate.CANCELLED}
    assert fate(None, wanted, at) is (Fate.ADDED if wanted and wanted.started_at > at else Fate.SAME)


@given(titles=st.lists(st.text(min_size=1), min_size=1, unique=True), last=st.text(), count=st.integers(0, 30))
@settings(derandomize=True, database=None, deadline=None)
def test_topics_are_taken_in_turn(titles: list[str], last: str, count: int) -> None:
    found = curriculum(titles, last, count)
    assert len(found) == count and set(found) <= set(titles)
    assert all(titles.index(b) == (titles.index(a) + 1) % len(titles) for a, b in pairwise(found))
