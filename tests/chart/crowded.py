"""A record in which every room has written something in the last days, as rows."""

from datetime import datetime, timedelta
from uuid import uuid4

from asam.models import PreScreen
from bench.lives import live
from chart.models import (
    Allergy,
    Belonging,
    Contact,
    Diagnosis,
    DrugScreen,
    Incident,
    IncidentClient,
    Inventory,
    SafetyPlan,
    Score,
    ScreenResult,
    TeamMember,
)
from programs.models import Episode, Leave
from tests.factories import World
from tests.factories.plans import signed as plan_signed
from tests.factories.sessions import attended, part, series, session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def crowd(here: World, episode: Episode, until: datetime, *, days: int = 14) -> None:
    """So many days of daily life before ``until``, and a row of everything else a day before it."""
    who, by, at = episode.client, here.on_unit, until - DAY
    live(episode, here.site, by, days, until)
    Score.objects.create(
        client=who, episode=episode, scale="phq_9", edition="x", answers={"1": 2}, total=12, at=at, written_at=at, by=by
    )
    Diagnosis.objects.create(client=who, code="F10.20", name="Alcohol", kind="primary", place=1, at=at, by=by)
    Allergy.objects.create(client=who, substance="Latex", kind="other", reaction="rash", noted_at=at, noted_by=by)
    SafetyPlan.objects.create(client=who, number=1, sections={"signs": "Pacing"}, at=at, by=by)
    TeamMember.objects.create(client=who, person=here.facilitator, part="primary", started_at=at, by=by)
    Contact.objects.create(
        client=who, name="Ida Amari", relation="sister", phone="555 0100", emergency=True, started_at=at, by=by
    )
    taken_in = Inventory.objects.create(client=who, episode=episode, at=at, by=by, witness=here.second_nurse)
    Belonging.objects.create(
        inventory=taken_in, client=who, kind="clothes", description="A green coat", count=1, kept="Locker 3"
    )
    screen = DrugScreen.objects.create(
        client=who, episode=episode, outcome="collected", specimen="urine", panel="Five", substances=[["thc", "THC"]],
        observed=False, temperature_ok=True, collected_at=at, written_at=at, by=by,
    )  # fmt: skip
    ScreenResult.objects.create(screen=screen, substance="thc", result="negative", at=at, by=by)
    incident = Incident.objects.create(
        site=here.site, kind="fall", severity="minor", happened_at=at, place="Hall", what="Slipped.", done="Helped up.",
        entered_at=at, by=by,
    )  # fmt: skip
    IncidentClient.objects.create(incident=incident, client=who, episode=episode, part="harmed", about="Slipped.")
    PreScreen.objects.create(episode=episode, danger="medical", done="Sent to the hospital.", at=at, by=here.director)
    Leave.objects.create(episode=episode, kind="pass", started_at=at, expected_at=at + HOUR, ended_at=at + HOUR)
    meeting = session(series(here, here.residential, name=f"Group {uuid4().hex[:6]}"), at, here.facilitator)
    attended(meeting, who, here.facilitator)
    part(meeting, "member", here.facilitator, "Named two people to call.", who)
    plan_signed(episode, here.facilitator, at)
