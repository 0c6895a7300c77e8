"""A client with one of everything that a chart can say, corrections and leaves included, as rows."""

from datetime import datetime, timedelta
from decimal import Decimal

from beds.models import BedStay
from chart.models import (
    Allergy,
    Contact,
    Diagnosis,
    DrugScreen,
    Goal,
    Intervention,
    NoKnownAllergies,
    Note,
    NoteCosign,
    Objective,
    ObjectiveStatus,
    Plan,
    PlanAgreement,
    PlanReview,
    Problem,
    Score,
    ScreenResult,
    Vitals,
)
from emar.models import Administration, Order
from groups.models import Attendance, Part, Series, Session
from programs.models import Client, Episode, Leave, Merge, Placement
from tests.factories import World, admit, client
from tests.factories.meds import as_needed, at_times, medication, order, verbal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def cared_for(here: World, first: str = "Ines", last: str = 'O\'Hara "Bo" <b>', bed: int = 0, days: int = 10) -> Client:
    """In residential care for ten days, with a move between beds, two leaves, and a line of everything."""
    who = client(here, first, last)
    episode = admit(here, who, here.residential, here.beds[bed], days=days)
    at = episode.started_at
    BedStay.objects.filter(episode=episode).update(ended_at=at + 3 * DAY)
    BedStay.objects.create(bed=here.beds[bed + 1], episode=episode, client=who, started_at=at + 3 * DAY)
    Leave.objects.create(
        episode=episode, kind="pass", started_at=at + 4 * DAY, expected_at=at + 5 * DAY, ended_at=at + 5 * DAY
    )
    Leave.objects.create(episode=episode, kind="hospital", started_at=at + 9 * DAY, expected_at=at + 12 * DAY)
    facts(here, who, at)
    measured(here, episode, at)
    medicated(here, episode, at)
    planned(here, episode, at)
    written(here, episode, at)
    return who


def facts(here: World, who: Client, at: datetime) -> None:
    """Allergies, diagnoses, a contact."""
    nurse = here.on_unit
    NoKnownAllergies.objects.create(client=who, started_at=at, by=nurse, ended_at=at + HOUR)
    Allergy.objects.create(
        client=who, substance="Penicillin", reaction="Hives", severity="life", noted_at=at + HOUR, noted_by=nurse
    )
    Allergy.objects.create(
        client=who,
        substance="Latex",
        noted_at=at,
        noted_by=nurse,
        ended_at=at + 2 * HOUR,
        ended_why="Not so",
        ended_by=nurse,
    )
    wrong = Diagnosis.objects.create(
        client=who, code="F10.20", name="Alcohol", kind="primary", place=1, at=at, by=nurse
    )
    Diagnosis.objects.create(
        client=who,
        code="F11.20",
        name="Opioid",
        kind="primary",
        place=1,
        at=at + HOUR,
        by=nurse,
        corrects=wrong,
        why="Slip",
    )
    Contact.objects.create(
        client=who, name="Mo <i>", relation="Sister", phone="555 0100", emergency=True, started_at=at, by=nurse
    )


def measured(here: World, episode: Episode, at: datetime) -> None:
    """Vital signs and a scale, each corrected once; a drug screen."""
    about = {"client_id": episode.client_id, "episode": episode, "by": here.on_unit}
    first = Vitals.objects.create(**about, systolic=120, diastolic=80, pulse=70, at=at, written_at=at)
    Vitals.objects.create(
        **about, systolic=130, diastolic=80, temperature=Decimal("98.6"), temperature_c=Decimal("37.00"), pain=3, spo2=97,
        at=at, written_at=at + HOUR, corrects=first, note="Read wrong",
    )  # fmt: skip
    low = Score.objects.create(
        **about, scale="cows", edition="11 items", answers={"pulse": 1, "sweating": 2}, total=3, at=at, written_at=at
    )
    Score.objects.create(
        **about, scale="cows", edition="11 items", answers={"pulse": 2, "sweating": 2}, total=4, at=at, written_at=at + HOUR,
        corrects=low, note="Pulse again",
    )  # fmt: skip
    screen = DrugScreen.objects.create(
        **about, outcome="collected", specimen="urine", panel="ten", substances=[["coc", "Cocaine"]], observed=True,
        collected_at=at, written_at=at,
    )  # fmt: skip
    guess = ScreenResult.objects.create(screen=screen, substance="coc", result="presumptive", at=at, by=here.on_unit)
    ScreenResult.objects.create(
        screen=screen,
        substance="coc",
        result="confirmed_negative",
        at=at + DAY,
        by=here.on_unit,
        corrects=guess,
        why="Lab",
    )


def medicated(here: World, episode: Episode, at: datetime, doses: int = 1) -> None:
    """A verbal order changed once, one as needed; a dose given, refused, corrected and undone."""
    drug = medication("Thiamine", "100 mg")
    first = order(
        episode, drug, at_times("08:00", "20:00"), by=here.on_unit, written_at=at, ended_at=at + DAY, stopped_at=at + DAY,
        stopped_by=here.prescriber, stopped_why="Changed", started_at=at,
    )  # fmt: skip
    verbal(first, here.prescriber, by=here.on_unit, at=at)
    order(
        episode, drug, at_times("08:00"), by=here.prescriber, started_at=at + DAY, replaces=first, written_at=at + DAY
    )
    order(
        episode,
        medication("Ibuprofen", "400 mg"),
        as_needed(),
        by=here.prescriber,
        indication="Headache",
        dose_max=Decimal(800),
    )
    for number in range(doses):
        _dose(here, first, at + number * HOUR, outcome="given", amount=Decimal("100"), unit="mg")
    refused = _dose(here, first, at + 50 * DAY, outcome="refused", reason="asleep")
    _dose(
        here, first, at + 50 * DAY, outcome="given", amount=Decimal("99.5"), unit="mg", corrects=refused, note="Woke up"
    )
    mistake = _dose(here, first, at + 51 * DAY, outcome="given", amount=Decimal(100), unit="mg")
    _dose(here, first, at + 51 * DAY, outcome="undone", corrects=mistake, note="Wrong person")


def _dose(here: World, ordered: Order, due: datetime, **more: object) -> Administration:
    given = min(due, here.now - HOUR)
    values = {"given_at": given, "recorded_at": given, "wall_clock": "08:00", "by": here.on_unit} | more
    return Administration.objects.create(order=ordered, due_at=due, **values)


def planned(here: World, episode: Episode, at: datetime) -> None:
    """A signed plan with a problem, a goal, an objective, what is done, and the client's name under it."""
    by = here.facilitator
    plan = Plan.objects.create(
        episode=episode,
        number=1,
        wish="Sleep",
        review_on=at.date() + 7 * DAY,
        begun_at=at,
        begun_by=by,
        saved_at=at,
        saved_by=by,
    )
    problem = Problem.objects.create(plan=plan, rank=1, text="Drinking", dimension="4")
    goal = Goal.objects.create(plan=plan, rank=1, text="Sleep without", problem=problem)
    step = Objective.objects.create(
        plan=plan, rank=1, text="Fewer nights", goal=goal, measure="count", unit="nights", baseline="5", target="0",
        by_date=at.date() + 30 * DAY,
    )  # fmt: skip
    Intervention.objects.create(
        plan=plan, rank=1, text="Group", objective=step, frequency="weekly", owner_role="facilitator"
    )
    Plan.objects.filter(pk=plan.pk).update(signed_at=at + HOUR, signed_by=by, sha256="a" * 64)
    PlanAgreement.objects.create(
        plan=plan,
        kind="word",
        intent="I agree",
        words="Yes",
        sha256="b" * 64,
        witness=here.on_unit,
        at=at + HOUR,
        by=by,
    )
    review = PlanReview.objects.create(
        plan=plan,
        found="Goes well",
        outcome="goes_on",
        next_on=at.date() + 14 * DAY,
        sha256="c" * 64,
        at=at + 2 * HOUR,
        by=by,
    )
    ObjectiveStatus.objects.create(
        objective=step, status="met", words="No night", review=review, at=at + 2 * HOUR, by=by
    )


def written(here: World, episode: Episode, at: datetime) -> None:
    """A note co-signed, added to, corrected and taken back; a discharge summary; a group note."""
    by, site = here.facilitator, here.site
    about = {"episode": episode, "site": site, "kind": "progress", "by": by, "sha256": "d" * 64, "about_at": at}
    first = Note.objects.create(**about, text='Slept "well" & <ate>.', written_at=at)
    NoteCosign.objects.create(note=first, due_at=at + DAY, rule="Supervisor", by=here.director, at=at + HOUR)
    Note.objects.create(
        **about, text="And drank.", written_at=at + HOUR, amendment="addendum", adds_to=first, reason="Forgot"
    )
    later = Note.objects.create(
        **about,
        text="Slept badly.",
        written_at=at + HOUR,
        amendment="correction",
        corrects=first,
        root=first,
        reason="Other",
    )
    Note.objects.create(
        **about,
        text="Wrong person.",
        written_at=at + 2 * HOUR,
        amendment="retraction",
        corrects=later,
        root=first,
        reason="Wrong",
    )
    Note.objects.create(
        **about, template="discharge-summary", template_name="Summary", text="Went home.", written_at=at
    )
    series = Series.objects.create(site=site, name="Relapse prevention")
    session = Session.objects.create(
        series=series, site=site, started_at=at + HOUR, ended_at=at + 2 * HOUR, topic="Craving", occurs_on=at.date()
    )
    Attendance.objects.create(
        session=session, client_id=episode.client_id, version=1, status="here", at=at + 2 * HOUR, by=by
    )
    for section, about_whom in (("topic", None), ("member", episode.client_id)):
        Part.objects.create(
            session=session, section=section, client_id=about_whom, text=f"Of {section}.", author=by, version=1,
            signed_at=at + 3 * HOUR, sha256="e" * 64,
        )  # fmt: skip


def merged(here: World, who: Client) -> Client:
    """An older record of the same person, read as one with theirs."""
    old = client(here, "Inez", "O'Hara")
    past = Episode.objects.create(
        client=old, started_at=here.now - 400 * DAY, ended_at=here.now - 380 * DAY, ended_as="completed"
    )
    Placement.objects.create(
        episode=past, program=here.php, level="2.5", started_at=past.started_at, ended_at=past.ended_at
    )
    Merge.objects.create(client=old, into=who, why="One person", started_at=here.now - DAY, by=here.director)
    return old
