"""What of the chart stands beside a dimension: scores, doses, screens, notes, attendance; as it stood, in a constant number of queries."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chart.actions import write_note
from chart.models import DrugScreen, Score, ScreenResult, Vitals
from emar.models import Administration, Medication, Order
from groups.models import Attendance, Series, Session
from programs.contributions import evidence
from programs.models import Episode, Leave
from tests.asam.care import in_residential
from tests.factories import World, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
AGO = NOW - timedelta(days=1)
SINCE = NOW - timedelta(days=7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world(NOW)


def beside(episode: Episode, dimension: int, since: datetime = SINCE, at: datetime = NOW) -> list[str]:
    return [each.words for each in evidence(episode.client_id, since, at) if each.dimension == dimension]


def scored(here: World, episode: Episode, scale: str, total: int, **more: Any) -> Score:
    return Score.objects.create(
        client=episode.client, episode=episode, scale=scale, edition="1", answers={"q1": 1}, total=total, at=AGO,
        written_at=AGO, by=here.on_unit, **more,
    )  # fmt: skip


def dosed(here: World, episode: Episode, name: str, outcomes: list[str], **more: Any) -> None:
    medication = Medication.objects.create(
        name=name, ingredient=name.lower(), strength="8 mg", form="film", route="sublingual", **more
    )
    order = Order.objects.create(
        episode=episode, client=episode.client, medication=medication, dose=Decimal(8), unit="mg", route="sublingual",
        schedule={"kind": "fixed", "times": ["08:00"]}, started_at=SINCE, by=here.prescriber,
    )  # fmt: skip
    for number, outcome in enumerate(outcomes):
        given = AGO - timedelta(hours=number)
        Administration.objects.create(
            order=order, due_at=given, outcome=outcome, amount=Decimal(8) if outcome == "given" else None,
            unit="mg" if outcome == "given" else "", reason="" if outcome == "given" else "declined", given_at=given,
            recorded_at=given, wall_clock="08:00 -0500", by=here.on_unit,
        )  # fmt: skip


def test_scores_stand_beside_the_dimension_they_speak_to(here: World) -> None:
    episode = in_residential(here)
    first = scored(here, episode, "phq_9", 14)
    scored(here, episode, "ciwa_ar", 9)
    assert (beside(episode, 3), beside(episode, 1)) == (["PHQ-9 14"], ["CIWA-Ar 9"])
    Score.objects.create(
        client=episode.client, episode=episode, scale="phq_9", edition="1", answers={"q1": 1}, total=12, at=AGO, note="Misread",
        written_at=NOW, by=here.on_unit, corrects=first,
    )  # fmt: skip
    assert beside(episode, 3) == ["PHQ-9 12"]
    assert beside(episode, 3, at=NOW - timedelta(hours=1)) == ["PHQ-9 14"]  # as it stood then


def test_doses_are_counted_an_order_and_go_where_the_medication_belongs(here: World) -> None:
    episode = in_residential(here)
    dosed(here, episode, "Buprenorphine", ["given", "given", "refused"])
    dosed(here, episode, "Sertraline", ["given"], psychotropic=True)
    dosed(here, episode, "Metformin", ["given"])
    assert beside(episode, 1) == ["Buprenorphine 8 mg: 2 of 3 doses given, 1 refused"]
    assert (len(beside(episode, 2)), len(beside(episode, 3))) == (1, 1)


def test_screens_vitals_leaves_and_attendance_each_have_their_line(here: World) -> None:
    episode = in_residential(here)
    screen = DrugScreen.objects.create(
        client=episode.client, episode=episode, outcome="collected", specimen="urine", panel="standard",
        substances=[["thc", "Cannabis"], ["coc", "Cocaine"]], observed=False, collected_at=AGO, written_at=AGO, by=here.on_unit,
    )  # fmt: skip
    assert beside(episode, 4) == ["Urine screen: no result yet"]
    ScreenResult.objects.create(screen=screen, substance="coc", result="presumptive", at=AGO, by=here.on_unit)
    Vitals.objects.create(
        client=episode.client,
        episode=episode,
        systolic=150,
        diastolic=95,
        pulse=101,
        at=AGO,
        written_at=AGO,
        by=here.on_unit,
    )
    Leave.objects.create(
        episode=episode,
        kind="pass",
        started_at=AGO - timedelta(hours=5),
        expected_at=AGO - timedelta(hours=2),
        ended_at=AGO,
    )
    series = Series.objects.create(site=here.site, name="Skills")
    for number, status in enumerate(("here", "absent")):
        start = AGO - timedelta(hours=2 + number * 3)
        session = Session.objects.create(
            series=series, site=here.site, room="B", started_at=start, ended_at=start + timedelta(hours=1)
        )
        Attendance.objects.create(
            session=session, client=episode.client, version=1, status=status, at=AGO, by=here.facilitator
        )
    assert set(beside(episode, 4)) == {
        "Urine screen: Cocaine presumptive positive", "Came to 1 of 2 group sessions", "Absent: Skills",
    }  # fmt: skip
    assert beside(episode, 2) == ["Blood pressure 150/95, pulse 101"]
    assert beside(episode, 5) == ["On pass, back late"]


def test_notes_belong_to_any_dimension_and_what_is_older_stays_out(here: World) -> None:
    episode = in_residential(here)
    write_note(by=here.on_unit, at=AGO, episode_id=episode.pk, kind="nursing", text="Slept all night. " * 20)
    [note] = beside(episode, 0)
    assert "Slept all night." in note and note.endswith("...") and len(note) < 200
    assert beside(episode, 0, since=NOW - timedelta(hours=1)) == []


def test_more_of_a_chart_takes_no_more_queries(here: World) -> None:
    episode = in_residential(here)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            evidence(episode.client_id, SINCE, NOW)
        return len(caught)

    scored(here, episode, "phq_9", 14)
    dosed(here, episode, "Buprenorphine", ["given"])
    few = asked()
    dosed(here, episode, "Sertraline", ["given", "refused"])
    for number in range(4):
        write_note(
            by=here.on_unit, at=AGO + timedelta(minutes=number), episode_id=episode.pk, kind="nursing", text="Fine."
        )
    assert asked() == few
