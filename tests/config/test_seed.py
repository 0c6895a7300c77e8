"""The demonstration is the same for the same seed and instant, near the numbers it promises, and has doses due at any hour."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q

from asam.models import Assessment, Decision, Transition
from beds.models import BedStay, CleaningJob, Closure, Hold
from beds.queries.cards import cards
from beds.rules.states import BedState
from chart.models import Allergy, Note
from config.demo import people
from config.demo.seed import STEPS, NotEmpty, seed
from emar.models import Administration, Order
from emar.rules.schedule import due_times, from_json
from emar.rules.windows import DoseState, dose_state, window_for
from groups.models import Attendance, Part, Session
from programs.models import Client, Leave, Placement, PlacementRequest, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 15, 4, tzinfo=UTC)  # a Tuesday morning in New York


def everything() -> dict[str, list[tuple[object, ...]]]:
    """What a visitor could notice, without numbers of rows."""
    client = "client__record_number"
    return {
        "clients": list(
            Client.objects.order_by("record_number").values_list("record_number", "first_name", "last_name", "born_on")
        ),
        "stays": list(
            BedStay.objects.order_by("started_at", client).values_list(
                client, "bed__room__name", "bed__label", "started_at", "ended_at"
            )
        ),
        "orders": list(
            Order.objects.order_by(client, "medication__name", "started_at").values_list(
                client, "medication__name", "started_at", "schedule__kind", "by__username"
            )
        ),
        "doses": list(
            Administration.objects.order_by(
                "given_at", "order__client__record_number", "order__medication__name"
            ).values_list("given_at", "due_at", "outcome", "note", "by__username")
        ),
        "marks": list(
            Attendance.objects.order_by("session__started_at", client).values_list(
                "session__started_at", client, "status", "by__name"
            )
        ),
        "parts": list(
            Part.objects.order_by("saved_at", client, "section", "text").values_list("saved_at", "text", "signed_at")
        ),
        "notes": list(Note.objects.order_by("about_at", "text").values_list("about_at", "kind", "text")),
        "levels": list(
            Assessment.objects.order_by("at", "ratings").values_list("at", "ratings", "recommendation__level")
        ),
    }


def test_the_same_seed_and_instant_make_the_same_place() -> None:
    found = []
    for _ in range(2):
        with transaction.atomic():
            seed(seed=4, now=NOW, days=5)
            found.append(everything())
            transaction.set_rollback(True)
    assert all(found[0].values())
    assert found[0] == found[1]


def test_another_seed_makes_other_people() -> None:
    names = []
    for number in (1, 2):
        with transaction.atomic():
            seed(seed=number, now=NOW, days=2)
            names.append(set(Client.objects.values_list("first_name", "last_name")))
            transaction.set_rollback(True)
    assert names[0] != names[1]


def test_the_numbers_are_the_promised_ones() -> None:
    said: list[str] = []
    seed(seed=1, now=NOW, days=7, tell=said.append)
    assert len(said) == STEPS
    placed = Counter(Placement.objects.current(NOW).values_list("program__level", flat=True))
    assert (placed["3.7"], placed["3.5"], placed["3.1"], placed[""]) == (12, 18, 8, 6)
    assert (placed["2.5"], placed["2.1"], placed["1.5"] + placed["1.7"]) == (24, 32, 40)
    assert BedStay.objects.current(NOW).count() == 44
    assert PlacementRequest.objects.filter(settled_at=None).count() == 6
    assert Site.objects.values("time_zone").distinct().count() == 2
    states = Counter(card.state for site in Site.objects.all() for card in cards(site, NOW))
    assert states.total() == 60
    assert (states[BedState.ON_LEAVE], states[BedState.HELD], states[BedState.OUT_OF_SERVICE]) == (2, 1, 1)
    assert states[BedState.CLEANING] == 1
    assert states[BedState.BEING_CLEANED] == 2
    assert states[BedState.AVAILABLE] >= 8
    assert Allergy.objects.count() > 30
    assert Hold.objects.current(NOW).exists() and Closure.objects.current(NOW).exists()
    assert Transition.objects.count() > 100
    assert CleaningJob.objects.filter(ended_at=None).count() == 3


def test_everyone_signs_in_and_every_role_is_held_at_both_sites() -> None:
    seed(seed=1, now=NOW, days=2)
    held = set(RoleAssignment.objects.values_list("site__slug", "role"))
    assert held == {(site, role.value) for site in ("riverbend", "hillcrest") for role in Role}
    for each in people.SIGN_INS:
        assert Person.objects.get(username=each.username).check_password(people.PASSWORD)


def test_what_was_decided_is_what_happened() -> None:
    seed(seed=1, now=NOW, days=7)
    for decision in Decision.objects.select_related("assessment").filter(transition__isnull=False)[:400]:
        assert decision.transition.entered.level == decision.selected
        assert decision.transition.left.ended_at == decision.transition.entered.started_at
        assert decision.assessment.recommendation["level"] == decision.recommended
    assert not Decision.objects.exclude(selected=F("recommended")).filter(supervisor=F("by")).exists()


def test_everybody_in_a_bed_fits_it() -> None:
    seed(seed=1, now=NOW, days=2)
    for stay in BedStay.objects.current(NOW).select_related("client", "bed__room__unit"):
        client, bed, unit = stay.client, stay.bed, stay.bed.room.unit
        assert unit.gender_policy == "any" or client.housing_preference in ("any", unit.gender_policy)
        assert bed.lower_bunk or not client.needs_lower_bunk
        assert bed.room.accessible or not client.needs_accessible
        assert bed.room.near_nursing or not client.withdrawal_watch
        mates = (
            BedStay.objects.current(NOW)
            .filter(bed__room=bed.room_id)
            .values_list("client__housing_preference", flat=True)
        )
        assert not {"women", "men"} <= set(mates)


def test_history_reaches_as_far_as_asked_and_never_past_now() -> None:
    seed(seed=1, now=NOW, days=20)
    first = Administration.objects.order_by("given_at").first()
    assert first is not None and first.given_at < NOW - timedelta(days=19)
    assert not Administration.objects.filter(given_at__gt=NOW).exists()
    assert not Attendance.objects.filter(at__gt=NOW).exists()
    assert not Note.objects.filter(Q(about_at__gt=NOW) | Q(written_at__gt=NOW)).exists()
    assert not Part.objects.filter(Q(saved_at__gt=NOW) | Q(signed_at__gt=NOW)).exists()
    outcomes = Counter(Administration.objects.values_list("outcome", flat=True))
    assert 0.01 < outcomes["refused"] / outcomes.total() < 0.08
    assert Administration.objects.filter(minutes_off__gt=60).exists()
    assert Leave.objects.filter(ended_at=None).count() == 2


@pytest.mark.parametrize("hour", [0, 3, 10, 15, 20])
def test_doses_are_due_now_and_a_group_runs_whatever_the_hour(hour: int) -> None:
    now = datetime(2026, 3, 10, (hour + 4) % 24, 20, tzinfo=UTC)  # New York is four hours behind that day
    seed(seed=1, now=now, days=2)
    missed = 0
    for site, least in (("riverbend", {"Alder": 3, "Cedar East": 3, "Cedar West": 3}), ("hillcrest", {"Birch": 3})):
        waiting: Counter[str] = Counter()
        tz = Site.objects.get(slug=site).tz
        for stay in (
            BedStay.objects.current(now).filter(bed__room__unit__site__slug=site).select_related("bed__room__unit")
        ):
            for order in Order.objects.current(now).filter(episode=stay.episode_id):
                waiting[stay.bed.room.unit.name] += _due(order, now, tz)
                missed += _due(order, now, tz, DoseState.MISSED)
        for unit, number in least.items():
            assert waiting[unit] >= number, (hour, waiting)
        assert Session.objects.filter(site__slug=site, started_at__lte=now, ended_at__gt=now).exists()
    assert missed <= 12


def _due(order: Order, now: datetime, tz: object, *states: DoseState) -> int:
    """How many uncharted doses of the order stand as due or late (or as named)."""
    schedule = from_json(order.schedule)
    window = window_for(schedule, order.time_critical)
    day = timedelta(hours=24)
    dues = due_times(
        schedule,
        start=order.started_at,
        stop=order.ended_at,
        since=now - day / 2,
        until=now + day / 8,
        tz=tz,  # type: ignore[arg-type]
    )
    done = set(order.administrations.values_list("due_at", flat=True))
    wanted = states or (DoseState.DUE, DoseState.LATE)
    return sum(dose_state(due, now, window, None) in wanted for due in dues if due not in done)


def test_it_refuses_where_there_are_clients_already(capsys: pytest.CaptureFixture[str]) -> None:
    seed(seed=1, now=NOW, days=1)
    with pytest.raises(NotEmpty):
        seed(seed=1, now=NOW, days=1)
    with pytest.raises(CommandError, match="There are clients already"):
        call_command("seed_demo")
    call_command("seed_demo", if_empty=True)
    assert "was kept" in capsys.readouterr().out
