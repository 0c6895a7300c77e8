"""How do the deadlines of an episode stand? By rules of the house's own pack, on bad days too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chart.deadlines import book
from chart.rules.deadline_rules import What
from chart.rules.deadlines import Away, Calendar, Served
from chart.rules.standing import Deadline, Followed, Happened, History, Named, Stand, Stretch, deadlines
from staff.rules.capabilities import Role

CALENDAR = Calendar(ZoneInfo("America/New_York"))
IN = datetime(2025, 11, 3, 15, 0, tzinfo=UTC)  # Monday, 10:00 in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALDER, IOP = 1, 2


def stay(
    level: str = "3.5", started_at: datetime = IN, ended_at: datetime | None = None, program: int = ALDER
) -> Stretch:
    return Stretch(program, level, started_at, ended_at, lives=level.startswith("3"))


def by(at: datetime, credentials: str = "LPC") -> Happened:
    return Happened(at, f"{credentials} Danso", frozenset({credentials}))


def stands(what: What, at: datetime, *, followed: tuple[Followed, ...] = (), **facts: Any) -> list[Deadline]:
    known: dict[str, Any] = {"started_at": IN, "ended_at": None, "age": 37, "stretches": [stay()]}
    return [each for each in deadlines(History(**known | facts), book(), followed, CALENDAR, at) if each.what is what]


def one(what: What, at: datetime, **facts: Any) -> Deadline:
    [found] = stands(what, at, **facts)
    return found


def test_a_plan_is_open_then_soon_then_overdue_then_the_directors_too() -> None:
    for after, stand, escalated in (
        (HOUR, Stand.OPEN, False), (19 * HOUR, Stand.SOON, False), (24 * HOUR, Stand.SOON, False), (25 * HOUR, Stand.OVERDUE, False),
        (48 * HOUR, Stand.OVERDUE, True),
    ):  # fmt: skip
        found = one(What.INITIAL_PLAN, IN + after)
        assert (found.stand, found.escalated(IN + after)) == (stand, escalated)
        assert found.due_at == IN + DAY
    assert found.rule is not None
    assert found.rule.escalate_to is Role.DIRECTOR
    assert found.late_by(IN + 48 * HOUR) == DAY


def test_what_was_done_meets_it_and_late_stays_late() -> None:
    signed = by(IN + 5 * HOUR)
    found = one(What.INITIAL_PLAN, IN + 9 * DAY, done={What.INITIAL_PLAN: [by(IN + 3 * DAY), signed]})
    assert (found.stand, found.met) == (Stand.MET, signed)
    found = one(What.INITIAL_PLAN, IN + 9 * DAY, done={What.INITIAL_PLAN: [by(IN + 26 * HOUR)]})
    assert (found.stand, found.late_by(IN + 9 * DAY)) == (Stand.MET_LATE, 2 * HOUR)


def test_grace_is_not_late_yet() -> None:
    at = IN + 8 * HOUR + timedelta(minutes=30)
    assert one(What.VITALS, at, stretches=[stay("3.7")]).stand is Stand.GRACE
    assert one(What.VITALS, at + HOUR, stretches=[stay("3.7")]).stand is Stand.OVERDUE


def test_only_the_rules_credentials_satisfy_it() -> None:
    done = {What.NURSING_ASSESSMENT: [by(IN + HOUR, "LPC")]}
    assert one(What.NURSING_ASSESSMENT, IN + 2 * DAY, done=done).stand is Stand.OVERDUE
    done = {What.NURSING_ASSESSMENT: [by(IN + HOUR, "LPC"), by(IN + 2 * HOUR, "RN")]}
    assert one(What.NURSING_ASSESSMENT, IN + 2 * DAY, done=done).stand is Stand.MET


def test_a_client_on_leave_when_it_is_due_is_not_late() -> None:
    gone = IN + 20 * HOUR
    at = IN + 40 * HOUR
    away = [Away("hospital", gone, at)]
    found = one(What.INITIAL_PLAN, at, aways=away, away="hospital")
    assert (found.stand, found.due_at) == (Stand.PAUSED, at + 4 * HOUR)
    back = one(What.INITIAL_PLAN, at + 2 * HOUR, aways=away)
    assert (back.stand, back.due_at) == (Stand.SOON, at + 4 * HOUR)
    plain = [Away("pass", gone, at)]  # this rule does not pause on a pass
    assert one(What.INITIAL_PLAN, at, aways=plain, away="pass").stand is Stand.OVERDUE


def test_what_was_late_before_the_leave_stays_late() -> None:
    at = IN + 50 * HOUR
    found = one(What.INITIAL_PLAN, at, aways=[Away("hospital", IN + 30 * HOUR, at)], away="hospital")
    assert found.stand is Stand.OVERDUE


def test_a_clock_that_repeats_begins_with_the_last_time() -> None:
    found = one(What.PROGRESS_NOTE, IN + 9 * DAY, done={What.PROGRESS_NOTE: [by(IN + 2 * DAY), by(IN + 5 * DAY)]})
    assert (found.stand, found.started_at, found.due_at) == (
        Stand.OPEN, IN + 5 * DAY, datetime(2025, 11, 16, 5, 0, tzinfo=UTC)
    )  # fmt: skip
    assert one(What.PROGRESS_NOTE, IN + 9 * DAY).stand is Stand.OVERDUE  # never written: since they came


def test_vital_signs_are_asked_for_the_first_three_days_only() -> None:
    facts: dict[str, Any] = {"stretches": [stay("3.7")]}
    assert stands(What.VITALS, IN + 4 * DAY, done={What.VITALS: [by(IN + 73 * HOUR)]}, **facts) == []
    assert one(What.VITALS, IN + 71 * HOUR, done={What.VITALS: [by(IN + 66 * HOUR)]}, **facts).due_at == IN + 74 * HOUR


def test_reviews_begin_once_there_is_a_plan_and_are_asked_at_every_change_of_level() -> None:
    assert stands(What.PLAN_REVIEW, IN + 20 * DAY) == []
    planned = {What.INITIAL_PLAN: [by(IN + 2 * DAY)]}
    assert one(What.PLAN_REVIEW, IN + 3 * DAY, done=planned).due_at == datetime(2025, 11, 20, 5, 0, tzinfo=UTC)
    down = IN + 10 * DAY
    two = [stay(ended_at=down), stay("2.1", down, program=IOP)]
    found = one(What.PLAN_REVIEW, down + HOUR, stretches=two, done=planned)
    assert (found.due_at, found.rule.id if found.rule else "") == (
        datetime(2025, 11, 17, 5, 0, tzinfo=UTC), "plan-review-level-change"
    )  # fmt: skip
    assert [rule.id for rule in found.beaten] == ["plan-review-outpatient"]
    reviewed = planned | {What.PLAN_REVIEW: [by(down + DAY)]}
    met, later = sorted(
        stands(What.PLAN_REVIEW, down + 2 * DAY, stretches=two, done=reviewed), key=lambda each: each.stand
    )
    assert (met.stand, later.rule.id if later.rule else "") == (Stand.MET, "plan-review-outpatient")


def test_the_level_now_says_how_often() -> None:
    down = IN + 5 * DAY
    two = [stay(ended_at=down), stay("2.1", down, program=IOP)]
    found = one(What.PROGRESS_NOTE, down + 2 * DAY, stretches=two, done={What.PROGRESS_NOTE: [by(down - HOUR)]})
    assert found.due_at == datetime(2025, 11, 23, 5, 0, tzinfo=UTC)  # 14 days of the step, not 7 of the note before it


def test_a_pack_chosen_in_the_middle_counts_for_clocks_that_start_later() -> None:
    chosen = (Followed(ALDER, "us-sd", IN + 5 * DAY, None),)
    ended = IN + 3 * DAY
    before = one(
        What.DISCHARGE_SUMMARY, ended + HOUR, followed=chosen, ended_at=ended, stretches=[stay(ended_at=ended)]
    )
    assert before.rule is not None
    assert before.rule.pack == "default"
    ended = IN + 6 * DAY
    after = one(What.DISCHARGE_SUMMARY, ended + HOUR, followed=chosen, ended_at=ended, stretches=[stay(ended_at=ended)])
    assert after.rule is not None
    assert after.rule.pack == "us-sd"
    assert after.due_at == datetime(2025, 11, 15, 5, 0, tzinfo=UTC)  # five working days after a Sunday: Friday night


def test_of_two_packs_the_one_due_first_counts() -> None:
    both = (Followed(ALDER, "us-fl", IN - DAY, None), Followed(ALDER, "us-tx", IN - DAY, None))
    found = one(What.MASTER_PLAN, IN + HOUR, followed=both)
    assert [found.rule.id if found.rule else "", *(rule.id for rule in found.beaten)] == [
        "plan-adults",
        "plan-residential-1",
    ]
    young = one(What.MASTER_PLAN, IN + HOUR, followed=both, age=16)
    assert {each.population.value for each in (young.rule, *young.beaten) if each} == {"any", "adolescent"}


def test_days_of_service_wait_until_the_client_came_often_enough() -> None:
    facts: dict[str, Any] = {
        "followed": (Followed(IOP, "us-tx", IN - DAY, None),),
        "stretches": [stay("2.1", program=IOP)],
    }
    came = frozenset(date(2025, 11, day) for day in (4, 6, 7))
    found = one(What.MASTER_PLAN, IN + 9 * DAY, served=Served(every_day=False, dates=came), **facts)
    assert (found.stand, found.due_at, found.served) == (Stand.WAITING, None, 3)
    came |= {date(2025, 11, 10), date(2025, 11, 11)}
    found = one(What.MASTER_PLAN, IN + 9 * DAY, served=Served(every_day=False, dates=came), **facts)
    assert (found.stand, found.due_at) == (Stand.OVERDUE, datetime(2025, 11, 12, 5, 0, tzinfo=UTC))


def test_discharge_stops_the_clocks_and_starts_the_summarys() -> None:
    ended = IN + 3 * DAY
    facts: dict[str, Any] = {"ended_at": ended, "stretches": [stay(ended_at=ended)]}
    found = {each.what: each.stand for each in deadlines(
        History(started_at=IN, age=37, **facts), book(), (), CALENDAR, ended + HOUR
    )}  # fmt: skip
    assert found == {
        What.INITIAL_PLAN: Stand.NEVER, What.NURSING_ASSESSMENT: Stand.NEVER, What.BIOPSYCHOSOCIAL: Stand.NEVER,
        What.DISCHARGE_SUMMARY: Stand.OPEN,
    }  # the treatment plan was not due yet, and nothing repeats  # fmt: skip
    assert one(What.DISCHARGE_SUMMARY, ended + 20 * DAY, **facts).stand is Stand.OVERDUE
    written = {What.DISCHARGE_SUMMARY: [by(ended - HOUR)]}  # written on the morning of the day
    assert one(What.DISCHARGE_SUMMARY, ended + 20 * DAY, done=written, **facts).stand is Stand.MET


def test_a_discharge_plan_is_due_before_the_expected_discharge() -> None:
    assert stands(What.DISCHARGE_PLAN, IN + DAY) == []
    leaves = IN + 10 * DAY
    found = one(What.DISCHARGE_PLAN, leaves - DAY, expected_at=leaves)
    assert (found.stand, found.due_at) == (Stand.SOON, leaves)
    assert one(What.DISCHARGE_PLAN, leaves + HOUR, expected_at=leaves).stand is Stand.OVERDUE


def test_a_date_set_by_hand_stands_beside_the_rules() -> None:
    planned = {What.INITIAL_PLAN: [by(IN + HOUR)], What.PLAN_REVIEW: [by(IN + HOUR)]}
    named = [Named(What.PLAN_REVIEW, IN + HOUR, IN + 4 * DAY, "The plan itself: 7 Nov")]
    found = one(What.PLAN_REVIEW, IN + DAY, done=planned, named=named)
    assert (found.due_at, found.source, found.rule) == (IN + 4 * DAY, "The plan itself: 7 Nov", None)
    assert [rule.id for rule in found.beaten] == ["plan-review-residential"]
    review = planned | {What.PLAN_REVIEW: [by(IN + 2 * DAY)]}
    assert one(What.PLAN_REVIEW, IN + 3 * DAY, done=review, named=named).rule is not None
