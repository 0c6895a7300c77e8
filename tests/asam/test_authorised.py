"""What payers authorised: counted from what was delivered, never stored, loud where it does not fit, corrected by a new row."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from asam.actions.authorisations import authorise, correct_authorisation
from asam.models import Authorisation
from asam.queries import authorised
from asam.rules.authorised import Given, Left, Stay, days_at, gap, left
from audit.rules.findings import Refused
from groups.models import Attendance, Presence, Series, Session
from programs.models import Episode
from staff.access import NotAllowed
from tests.asam.care import in_residential
from tests.factories import World, admit, client, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2025, 11, 24)


def stay(level: str, first: datetime, until: datetime | None = None) -> Stay:
    return Stay(level, first, until)


def given(**changes: Any) -> Given:
    usual: dict[str, Any] = {
        "pk": 1, "payer": "Medicaid", "level": "3.5", "unit": "days", "approved": Decimal(14), "first_on": date(2025, 11, 14),
        "last_on": date(2025, 11, 27),
    }  # fmt: skip
    return Given(**(usual | changes))


# --- counting days


def test_the_day_of_coming_counts_and_the_day_of_leaving_does_not() -> None:
    come, left_at = datetime(2025, 11, 20, 15, tzinfo=UTC), datetime(2025, 11, 23, 15, tzinfo=UTC)
    assert days_at("3.5", [stay("3.5", come, left_at)], date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 3  # 20, 21, 22
    assert (
        days_at("3.5", [stay("3.5", come)], date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 5
    )  # today while they are there


def test_only_days_at_that_level_count_with_its_enhancements() -> None:
    come = datetime(2025, 11, 20, 15, tzinfo=UTC)
    assert days_at("3.5", [stay("3.5 COE", come)], date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 5
    assert days_at("3.5", [stay("3.7", come)], date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 0
    assert days_at("3.5", [stay("", come)], date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 0


def test_a_day_is_a_day_of_the_sites_calendar_also_when_the_clock_changes() -> None:
    come = datetime(2025, 11, 1, 16, tzinfo=UTC)  # the clock goes back on 2 Nov
    until = datetime(2025, 11, 4, 4, 30, tzinfo=UTC)  # 3 Nov 23:30 there
    assert days_at("3.5", [stay("3.5", come, until)], date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 2


def test_a_step_within_a_day_is_no_day_twice() -> None:
    noon = datetime(2025, 11, 22, 17, tzinfo=UTC)
    stays = [stay("3.5", noon - timedelta(days=3), noon), stay("3.5 COE", noon)]
    assert days_at("3.5", stays, date(2025, 11, 1), TODAY, NOW, NEW_YORK) == 6


def test_hours_and_sessions_are_counted_from_attendance_at_that_level() -> None:
    stays = [stay("2.1", datetime(2025, 11, 20, tzinfo=UTC))]
    came = [(datetime(2025, 11, 21, 15, tzinfo=UTC), 170), (datetime(2025, 11, 19, 15, tzinfo=UTC), 180)]
    hours = left(given(level="2.1", unit="hours", approved=Decimal(9)), stays, came, NOW, NEW_YORK)
    assert (hours.used, hours.left) == (Decimal("2.83"), Decimal("6.17"))
    sessions = left(given(level="2.1", unit="sessions", approved=Decimal(1)), stays, came, NOW, NEW_YORK)
    assert (sessions.used, sessions.left, sessions.days) == (Decimal(1), Decimal(0), 4)


# --- the gap


@pytest.mark.parametrize(
    ("now", "rest", "level", "tone", "words"),
    [
        (given(), Left(Decimal(5), Decimal(9), 9), "3.5", "", ""),
        (given(), Left(Decimal(5), Decimal(9), 9), "3.5 COE", "", ""),
        (
            given(),
            Left(Decimal(5), Decimal(9), 9),
            "3.7",
            "stop",
            "authorised 3.5, the client is at 3.7: ask the payer",
        ),
        (given(), Left(Decimal(5), Decimal(9), 9), "3.1", "late", "more than they need now: tell the payer"),
        (given(), Left(Decimal(14), Decimal(0), 3), "3.5", "stop", "All 14 days that Medicaid authorised are used"),
        (given(), Left(Decimal(12), Decimal(2), 2), "3.5", "late", "2 days are left"),
        (given(), Left(Decimal(13), Decimal(1), 1), "3.5", "late", "Today is the last day"),
        (given(approved=Decimal(0)), Left(Decimal(0), Decimal(0), 3), "3.5", "stop", "Medicaid refused 3.5"),
        (None, None, "3.5", "stop", "ended on 27 Nov"),
    ],
)
def test_what_does_not_fit_is_said(now: Given | None, rest: Left | None, level: str, tone: str, words: str) -> None:
    said = gap([given()], now, rest, level, "Medicaid")
    assert (said.tone if said else "") == tone
    assert words in (said.words if said else "")


def test_nothing_on_record_is_a_quiet_word_and_none_without_a_payer() -> None:
    said = gap([], None, None, "3.5", "Medicaid")
    assert said is not None and (said.tone, said.words) == ("caution", "No authorisation of Medicaid is on record.")
    assert gap([], None, None, "3.5", "") is None


# --- entering and correcting


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def entered(here: World, episode: Episode, **changes: Any) -> Authorisation:
    usual: dict[str, Any] = {
        "payer": "Medicaid", "level": "3.5", "unit": "days", "approved": Decimal(14), "first_on": date(2025, 11, 14),
        "last_on": date(2025, 11, 27),
    }  # fmt: skip
    return authorise(by=here.director, at=NOW, episode_id=episode.pk, **(usual | changes))


def corrected(here: World, row: Authorisation, **changes: Any) -> Authorisation:
    kept = {name: getattr(row, name) for name in ("payer", "level", "unit", "approved", "first_on", "last_on")}
    return correct_authorisation(by=here.director, at=NOW, authorisation_id=row.pk, note="Misheard", **(kept | changes))


def test_what_is_left_follows_from_the_placement(here: World) -> None:
    episode = in_residential(here)  # ten days ago
    entered(here, episode)
    paid = authorised([episode.pk], NOW)[episode.pk]
    assert paid.now is not None and paid.now.rest is not None
    assert (paid.now.used, paid.now.left, paid.now.rest.days) == ("11 of 14 days", "3 days left", 4)
    assert paid.gap is not None and paid.gap.words == "3 days are left of Medicaid's authorisation of 3.5."
    assert paid.words == "3.5, 3 days left, until 27 Nov"


def test_hours_are_counted_from_the_groups_they_came_to(here: World) -> None:
    episode = admit(here, client(here, "Ben", "Tran"), here.iop)
    entered(here, episode, level="2.1", unit="hours", approved=Decimal(9))
    start = NOW - timedelta(days=2)
    series = Series.objects.create(site=here.site, name="Skills")
    session = Session.objects.create(
        series=series, site=here.site, room="B", started_at=start, ended_at=start + timedelta(hours=3)
    )
    mark = Attendance.objects.create(
        session=session, client=episode.client, version=1, status="here", arrived_at=start, left_at=start + timedelta(hours=3),
        at=NOW, by=here.facilitator,
    )  # fmt: skip
    Presence.objects.create(
        session=session, client=episode.client, mark=mark, started_at=start, ended_at=start + timedelta(hours=3)
    )
    paid = authorised([episode.pk], NOW)[episode.pk]
    assert paid.now is not None and (paid.now.used, paid.now.left) == ("3 of 9 hours", "6 hours left")


def test_a_correction_is_a_new_row_and_the_old_one_counts_no_more(here: World) -> None:
    episode = in_residential(here)
    first = entered(here, episode)
    second = corrected(here, first, approved=Decimal(20))
    paid = authorised([episode.pk], NOW)[episode.pk]
    assert [(line.row, line.counts) for line in paid.lines] == [(second, True), (first, False)]
    assert paid.now is not None and paid.now.amount == "20 days"
    with pytest.raises(Refused, match="LCSW Desai corrected this entry"):
        corrected(here, first)
    corrected(here, second, withdrawn=True)
    assert authorised([episode.pk], NOW)[episode.pk].now is None
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Authorisation.objects.update(approved=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payer": " "}, "payer"),
        ({"last_on": date(2025, 11, 13)}, "last_on"),
        ({"approved": Decimal(-1)}, "approved"),
        ({"unit": "weeks"}, "unit"),
        ({"level": "9.9"}, "reads_as"),
        ({"edition": "3", "level": "3.3"}, "reads_as"),
        ({"edition": "3", "level": "3.3", "reads_as": "3.5 COE"}, "read_why"),
        ({"edition": "3", "level": "0.5"}, "level"),
        ({"edition": "3", "level": "3.5", "reads_as": "4"}, "reads_as"),
        ({"review_on": date(2025, 1, 1)}, "review_on"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(here: World, changes: dict[str, Any], field: str) -> None:
    episode = in_residential(here)
    with pytest.raises(Refused) as refusal:
        entered(here, episode, **changes)
    assert refusal.value.findings[0].detail["field"] == field
    assert not Authorisation.objects.exists()


def test_a_level_of_the_third_edition_keeps_its_code_and_is_read(here: World) -> None:
    episode = in_residential(here)
    row = entered(here, episode, edition="3", level="3.3", reads_as="3.5 COE", read_why="Cognitive needs")
    assert (row.level, row.reads_as) == ("3.3", "3.5 COE")
    plain = entered(here, episode, edition="3", level="3.7-WM", first_on=TODAY, last_on=TODAY)
    assert plain.reads_as == "3.7"


def test_the_same_answer_twice_is_told_and_a_facilitator_may_not(here: World) -> None:
    episode = in_residential(here)
    entered(here, episode)
    with pytest.raises(Refused, match=r"LCSW Desai entered 3\.5 of Medicaid from 14 Nov to 27 Nov already"):
        entered(here, episode, payer="medicaid")
    with pytest.raises(NotAllowed):
        authorise(
            by=here.facilitator, at=NOW, episode_id=episode.pk, payer="X", level="3.5", unit="days", approved=Decimal(1),
            first_on=TODAY, last_on=TODAY,
        )  # fmt: skip


def test_the_database_refuses_what_no_payer_said(here: World) -> None:
    episode = in_residential(here)
    row = {
        "episode": episode,
        "payer": "X",
        "level": "3.5",
        "reads_as": "3.5",
        "unit": "days",
        "approved": 1,
        "at": NOW,
        "by": here.director,
    }
    with pytest.raises(IntegrityError, match="asam_authorised_days_in_order"), transaction.atomic():
        Authorisation.objects.create(**row, first_on=TODAY, last_on=TODAY - timedelta(days=1))
    with pytest.raises(IntegrityError, match="asam_authorisation_correction_says_why"), transaction.atomic():
        Authorisation.objects.create(**row, first_on=TODAY, last_on=TODAY, withdrawn=True)


def test_many_episodes_take_as_many_queries_as_one(here: World, django_assert_max_num_queries: Any) -> None:
    episodes = [in_residential(here).pk]
    episodes += [admit(here, client(here, "Ben", f"Tran{number}"), here.php).pk for number in range(5)]
    for pk in episodes:
        entered(here, Episode.objects.get(pk=pk), level="2.5", unit="hours")
    with django_assert_max_num_queries(5):
        assert len(authorised(episodes, NOW)) == 6
    with django_assert_max_num_queries(5):
        assert len(authorised(episodes[:1], NOW)) == 1
