"""The deadlines of a site: derived from what was signed, in as many queries for forty clients as for two; and which packs count."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.rules.findings import Refused
from chart.actions import deadlines as actions
from chart.models import Note, PlanAgreement, ProgramDeadlines, Vitals
from chart.queries.deadlines import Chart, charts
from chart.rules.deadline_rules import What
from chart.rules.standing import Stand
from groups.models import Holiday
from programs.models import Episode, ExpectedDischarge, Leave, Placement, Program
from staff.access import NotAllowed
from staff.models import Person
from tests.factories import World, admit, assign, client, person
from tests.factories.plans import signed as signed_plan
from tests.factories.sessions import attended, series, session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def episode(here: World) -> Episode:
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0], days=2)


def note(episode: Episode, by: Person, at: datetime, kind: str = "progress", template: str = "") -> Note:
    """A signed note as a row: how it was written is not the point here."""
    site = episode.placements.get().program.site
    return Note.objects.create(
        episode=episode,
        site=site,
        kind=kind,
        template=template,
        text="Words",
        about_at=at,
        written_at=at,
        by=by,
        sha256="x" * 64,
    )


def standing(here: World, at: datetime, episode: Episode) -> dict[What, Stand]:
    [chart] = charts(here.site, at, episodes=[episode.pk])
    return {each.what: each.stand for each in chart.deadlines}


def test_who_just_came_has_open_deadlines_and_late_ones_after_them(here: World, episode: Episode) -> None:
    assert standing(here, here.now - 2 * DAY + HOUR, episode)[What.INITIAL_PLAN] is Stand.OPEN
    found = standing(here, here.now, episode)
    assert {what for what, stand in found.items() if stand is Stand.OVERDUE} == {
        What.INITIAL_PLAN, What.NURSING_ASSESSMENT,
    }  # fmt: skip


def test_a_signed_plan_meets_the_initial_plan_and_the_clients_answer_the_treatment_plan(
    here: World, episode: Episode
) -> None:
    plan = signed_plan(episode, here.facilitator, here.now - DAY)
    found = standing(here, here.now, episode)
    assert (found[What.INITIAL_PLAN], found[What.MASTER_PLAN]) == (Stand.MET, Stand.OPEN)
    assert found[What.PLAN_REVIEW] in {Stand.OPEN, Stand.SOON}
    PlanAgreement.objects.create(
        plan=plan, kind="refused", intent="I agree", words="Not now", sha256="x" * 64, at=here.now, by=here.facilitator
    )
    assert standing(here, here.now, episode)[What.MASTER_PLAN] is Stand.MET
    assert standing(here, here.now - DAY - HOUR, episode)[What.INITIAL_PLAN] is Stand.SOON  # as of yesterday


def test_a_nurses_note_is_the_nursing_assessment_and_a_counselors_is_not(here: World, episode: Episode) -> None:
    note(episode, here.facilitator, here.now - DAY, kind="nursing")
    assert standing(here, here.now, episode)[What.NURSING_ASSESSMENT] is Stand.OVERDUE
    note(episode, here.on_unit, here.now - 25 * HOUR, kind="nursing")
    [chart] = charts(here.site, here.now, episodes=[episode.pk])
    met = next(each for each in chart.deadlines if each.what is What.NURSING_ASSESSMENT)
    assert (met.stand, met.met.by if met.met else "") == (Stand.MET, "RN Cole")


def test_a_note_entered_in_error_meets_nothing(here: World) -> None:
    episode = admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0], days=9)
    wrong = note(episode, here.facilitator, here.now - HOUR)
    assert standing(here, here.now, episode)[What.PROGRESS_NOTE] is Stand.OPEN
    Note.objects.create(
        episode=episode, site=here.site, kind="progress", text="Wrong chart", about_at=wrong.about_at, written_at=here.now, by=wrong.by,
        sha256="x" * 64, amendment="retraction", corrects=wrong, root=wrong, reason="Wrong chart",
    )  # fmt: skip
    assert standing(here, here.now, episode)[What.PROGRESS_NOTE] is Stand.OVERDUE


def test_vital_signs_are_asked_where_withdrawal_is_managed(here: World) -> None:
    detox = Program.objects.create(site=here.site, name="Withdrawal 3.7", level="3.7")
    episode = admit(here, client(here, "Ben", "Ruiz"), detox, days=1)
    assert standing(here, here.now, episode)[What.VITALS] is Stand.OVERDUE
    Vitals.objects.create(
        client=episode.client,
        episode=episode,
        pulse=72,
        at=here.now - HOUR,
        written_at=here.now - HOUR,
        by=here.on_unit,
    )
    assert standing(here, here.now, episode)[What.VITALS] is Stand.OPEN


def test_who_is_on_leave_when_it_is_due_is_not_late(here: World, episode: Episode) -> None:
    Leave.objects.create(
        episode=episode, kind="hospital", started_at=here.now - 2 * DAY + HOUR, expected_at=here.now + DAY
    )
    found = standing(here, here.now, episode)
    assert found[What.INITIAL_PLAN] is Stand.PAUSED
    assert Stand.OVERDUE not in found.values()


def test_the_papers_of_a_discharge(here: World, episode: Episode) -> None:
    ExpectedDischarge.objects.create(episode=episode, expected_at=here.now + DAY, started_at=here.now, by=here.director)
    assert standing(here, here.now, episode)[What.DISCHARGE_PLAN] is Stand.SOON
    note(episode, here.facilitator, here.now, template="discharge-plan")
    assert standing(here, here.now + HOUR, episode)[What.DISCHARGE_PLAN] is Stand.MET
    end(episode, here.now + DAY)
    later = here.now + 2 * DAY
    found = standing(here, later, episode)
    assert (found[What.DISCHARGE_SUMMARY], found[What.INITIAL_PLAN]) == (Stand.OPEN, Stand.NEVER)
    note(episode, here.facilitator, later, template="discharge-summary")
    assert standing(here, later, episode)[What.DISCHARGE_SUMMARY] is Stand.MET


def end(episode: Episode, at: datetime, outcome: str = "completed") -> None:
    Placement.objects.filter(episode=episode, ended_at=None).update(ended_at=at)
    Episode.objects.filter(pk=episode.pk).update(ended_at=at, ended_as=outcome)


def test_who_was_admitted_by_mistake_owes_nothing(here: World, episode: Episode) -> None:
    end(episode, here.now, outcome="mistake")
    assert charts(here.site, here.now + DAY) == []


@pytest.mark.parametrize("days", [20, 200, 2000])
def test_a_discharge_summary_stays_overdue_until_it_is_written(here: World, episode: Episode, days: int) -> None:
    end(episode, here.now)
    later = here.now + days * DAY
    assert standing(here, later, episode)[What.DISCHARGE_SUMMARY] is Stand.OVERDUE
    assert [chart.episode for chart in charts(here.site, later)] == [episode]

    note(episode, here.facilitator, later, template="discharge-summary")
    assert standing(here, later, episode)[What.DISCHARGE_SUMMARY] is Stand.MET_LATE
    assert [chart.episode for chart in charts(here.site, later + DAY)] == ([episode] if days == 20 else [])
    assert [chart.episode for chart in charts(here.site, later - DAY)] == [episode]  # as it was then


def test_a_client_belongs_to_the_site_of_the_newest_program(here: World, episode: Episode) -> None:
    elsewhere = Program.objects.create(site=here.other_site, name="IOP", level="2.1")
    Placement.objects.filter(episode=episode).update(ended_at=here.now)
    Placement.objects.create(episode=episode, program=elsewhere, level="2.1", started_at=here.now)
    assert charts(here.site, here.now) == []
    assert [chart.episode for chart in charts(here.other_site, here.now)] == [episode]
    assert [chart.episode for chart in charts(here.site, here.now - HOUR)] == [episode]  # as it was then


def test_a_holiday_that_is_added_later_moves_what_is_due(here: World, episode: Episode) -> None:
    follow(here, here.residential, "us-sd", at=here.now - 9 * DAY)
    ended = here.now - HOUR  # Tuesday
    end(episode, ended)
    assert due(here, episode, What.DISCHARGE_SUMMARY) == date(2025, 11, 25)
    Holiday.objects.create(site=here.site, on=date(2025, 11, 24), name="A day of rest")
    assert due(here, episode, What.DISCHARGE_SUMMARY) == date(2025, 11, 26)


def test_days_of_service_are_those_with_a_session(here: World) -> None:
    follow(here, here.iop, "us-tx", at=here.now - 30 * DAY)
    episode = admit(here, client(here, "Ben", "Ruiz"), here.iop, days=20)
    for days in (19, 17, 15, 13):
        came(here, episode, days)
    [chart] = charts(here.site, here.now)
    found = next(each for each in chart.deadlines if each.what is What.MASTER_PLAN)
    assert (found.stand, found.served) == (Stand.WAITING, 4)
    came(here, episode, 3)
    assert due(here, episode, What.MASTER_PLAN) == (here.now - 3 * DAY).date()


def came(here: World, episode: Episode, days: int) -> None:
    """The client was in a session so many days ago."""
    starts = datetime.combine((here.now - days * DAY).date(), time(15), tzinfo=here.site.tz)
    attended(session(series(here, name=f"Group {days}"), starts), episode.client, here.facilitator)


def due(here: World, episode: Episode, what: What) -> date:
    """The last date that counts."""
    [chart] = charts(here.site, here.now, episodes=[episode.pk])
    found = next(each.due_at for each in chart.deadlines if each.what is what)
    assert found is not None
    return chart.calendar.date_of(found - timedelta(seconds=1))


def follow(here: World, program: Program, pack: str, *, at: datetime) -> ProgramDeadlines:
    return ProgramDeadlines.objects.create(program=program, pack=pack, started_at=at, by=here.director)


def test_a_pack_chosen_now_leaves_running_clocks_as_they_were(here: World, episode: Episode) -> None:
    chosen = actions.follow_pack(
        by=here.director, at=here.now, program_id=here.residential.pk, pack="us-tx", key=uuid4()
    )
    assert Event.objects.get(verb="deadlines.follow").summary == "Residential 3.5 follows the deadline pack us-tx"
    new = admit(here, client(here, "Ben", "Ruiz"), here.residential, days=0)
    rules = {chart.episode: rule_of(chart, What.MASTER_PLAN) for chart in charts(here.site, here.now + HOUR)}
    assert rules == {episode: "default", new: "us-tx"}
    ended = actions.leave_pack(by=here.director, at=here.now + HOUR, row_id=chosen.pk)
    assert (ended.ended_at, ended.ended_by) == (here.now + HOUR, here.director)
    assert {
        chart.episode: rule_of(chart, What.MASTER_PLAN) for chart in charts(here.site, here.now + 2 * HOUR)
    } == rules


def rule_of(chart: Chart, what: What) -> str:
    return next(each.rule.pack for each in chart.deadlines if each.what is what and each.rule is not None)


def told(act: Callable[..., Any], **asked: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        act(**asked)
    return refused.value.findings[0].code, refused.value.findings[0].message


def test_what_cannot_be_followed_is_said(here: World) -> None:
    asked: dict[str, Any] = {"by": here.director, "at": here.now, "program_id": here.residential.pk}
    assert told(actions.follow_pack, **asked, pack="default")[0] == "deadlines.pack"
    assert told(actions.follow_pack, **asked, pack="nowhere")[0] == "deadlines.pack"
    row = actions.follow_pack(**asked, pack="us-fl")
    assert told(actions.follow_pack, **asked, pack="us-fl") == (
        "deadlines.followed", "Residential 3.5 follows this pack already. There is nothing to do.",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="Ask a clinical director or administrator"):
        actions.follow_pack(**asked | {"by": here.on_unit}, pack="us-tx")
    residence = Program.objects.create(site=here.site, name="Sober house", kind="residence")
    assert told(actions.follow_pack, **asked | {"program_id": residence.pk}, pack="us-fl")[0] == "deadlines.residence"
    actions.leave_pack(by=here.director, at=here.now + HOUR, row_id=row.pk)
    assert told(actions.leave_pack, by=here.director, at=here.now + HOUR, row_id=row.pk)[0] == "deadlines.left"


def test_the_database_keeps_one_choice_and_its_past(here: World) -> None:
    row = follow(here, here.residential, "us-fl", at=here.now)
    with pytest.raises(IntegrityError, match="chart_program_deadlines_once"), transaction.atomic():
        follow(here, here.residential, "us-fl", at=here.now + HOUR)
    with pytest.raises(IntegrityError, match="chart_program_deadlines_pack"), transaction.atomic():
        follow(here, here.residential, "", at=here.now)
    with pytest.raises(IntegrityError, match="ended_by_someone"), transaction.atomic():
        ProgramDeadlines.objects.filter(pk=row.pk).update(ended_at=here.now + HOUR)
    for change in ({"pack": "us-tx"}, {"started_at": here.now - DAY}):
        with pytest.raises((IntegrityError, InternalError), match="never changed"), transaction.atomic():
            ProgramDeadlines.objects.filter(pk=row.pk).update(**change)
    with pytest.raises((IntegrityError, InternalError), match="never changed"), transaction.atomic():
        row.delete()


def test_forty_clients_take_as_many_queries_as_two(here: World) -> None:
    follow(here, here.iop, "us-tx", at=here.now - 90 * DAY)
    counts = []
    for number in (2, 38):
        for each in range(number):
            episode = admit(
                here, client(here, "Person", f"{number}-{each}"), (here.residential, here.iop)[each % 2], days=each
            )
            note(episode, here.facilitator, here.now)
            signed_plan(episode, here.facilitator, here.now)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            charts(here.site, here.now)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22


def test_an_administrator_of_another_site_does_not_choose_here(here: World) -> None:
    other = assign(person("ada", "Ada Stone"), here.other_site, *(), at=here.now)
    with pytest.raises(NotAllowed):
        actions.follow_pack(by=other, at=here.now, program_id=here.residential.pk, pack="us-fl")
