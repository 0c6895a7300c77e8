"""The demonstration at any hour and with any dice: every state is there and doses are due; and the same dice make the same place."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django.plugin import DjangoDbBlocker

from asam.models import Assessment
from beds.models import BedStay, CleaningJob, Closure, Hold, Unit
from beds.queries import board_page, cards
from beds.rules.states import BedState
from chart.models import Note
from config.demo.keeping import reached
from config.demo.seed import STEPS, seed
from config.demo.stage import Stage
from emar.models import Administration, Order
from emar.rules.schedule import due_times, from_json
from emar.rules.windows import DoseState, dose_state, window_for
from groups.models import Attendance, Part, Session
from programs.models import (
    CapacityNotice,
    Client,
    ExpectedDischarge,
    KeepApart,
    Leave,
    PlacementRequest,
    Precaution,
    Program,
    Site,
)
from programs.queries import precautions_of
from programs.rules.precautions import Precaution as Kind
from tests import seeded
from tests.databases import copied, own

pytestmark = [pytest.mark.long, pytest.mark.django_db]
DAYS = 2  # of history: what is asked here is asked of today
MADE_HERE = [(3, 22, 4), (2, 17, 20), (1, 0, 20), (1, 3, 20)]  # the number of the dice, the hour and minute in New York
AS_ELSEWHERE = (1, 11, 4)  # what other files look at too
Place = dict[str, list[tuple[object, ...]]]


def named(which: tuple[int, int, int]) -> str:
    number, hour, _ = which
    return f"{number}-{hour}"


@dataclass
class Stand:
    """A demonstration: whose dice, and the instant it stands at. ``said`` is what the seed told while it was made here."""

    number: int
    now: datetime
    said: list[str] = field(default_factory=list)
    stage: Stage | None = None

    @contextmanager
    def made(self) -> Iterator[None]:
        """The default database is one that was seeded so."""
        with copied(own("stand")):
            self.stage = seed(seed=self.number, now=self.now, days=DAYS, tell=self.said.append)
            yield


@pytest.fixture(scope="module", params=[*MADE_HERE, AS_ELSEWHERE], ids=named)
def stand(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stand]:
    number, hour, minute = request.param
    found = Stand(number, datetime(2026, 3, 10, hour, minute, tzinfo=ZoneInfo("America/New_York")))
    elsewhere = request.param == AS_ELSEWHERE
    assert not elsewhere or (number, found.now) == (seeded.NUMBER, seeded.NOW)
    with seeded.there(django_db_blocker, seeded.copy(days=DAYS) if elsewhere else found.made()):
        yield found


@pytest.fixture(scope="module")
def again(stand: Stand, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Place:
    """Everything of a second place, made as the first was."""
    with django_db_blocker.unblock(), copied(own("again")):
        seed(seed=stand.number, now=stand.now, days=DAYS)
        return everything()


@pytest.fixture(scope="module")
def names_elsewhere(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> set[tuple[str, str]]:
    """Who is in the demonstration that other files look at."""
    with django_db_blocker.unblock(), seeded.copy(days=DAYS):
        return names()


def names() -> set[tuple[str, str]]:
    return set(Client.objects.values_list("first_name", "last_name"))


def everything() -> Place:
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
        "holds": list(
            Hold.objects.order_by("started_at", client).values_list(
                client, "bed__room__name", "bed__label", "started_at", "until", "ended_at", "by__username"
            )
        ),
        "closures": list(Closure.objects.order_by("started_at", "why").values_list("why", "started_at", "ended_at")),
        "cleaning": list(
            CleaningJob.objects.order_by("started_at", "after__client__record_number", "pk").values_list(
                "started_at", "accepted_at", "ended_at", "handed_back", "after__client__record_number"
            )
        ),
        "precautions": list(
            Precaution.objects.order_by("started_at", client, "kind").values_list(
                client, "kind", "started_at", "ended_at", "by__username"
            )
        ),
        "leaves": list(
            Leave.objects.order_by("started_at", f"episode__{client}").values_list("kind", "started_at", "expected_at")
        ),
        "expected": list(
            ExpectedDischarge.objects.order_by("started_at", f"episode__{client}").values_list(
                "started_at", "expected_at", "ended_at"
            )
        ),
        "requests": list(
            PlacementRequest.objects.order_by("asked_at", client).values_list(client, "state", "payer", "settled_at")
        ),
        "levels": list(
            Assessment.objects.order_by("at", "ratings").values_list("at", "ratings", "recommendation__level")
        ),
    }


@pytest.mark.parametrize("stand", MADE_HERE[:1], indirect=True, ids=named)
def test_the_same_seed_and_instant_make_the_same_place(stand: Stand, again: Place) -> None:
    found = everything()
    assert all(found.values())
    assert found == again


@pytest.mark.parametrize("stand", MADE_HERE[:2], indirect=True, ids=named)
def test_another_seed_makes_other_people(stand: Stand, names_elsewhere: set[tuple[str, str]]) -> None:
    assert stand.number != seeded.NUMBER
    assert names() != names_elsewhere


@pytest.mark.parametrize("stand", MADE_HERE, indirect=True, ids=named)
def test_every_step_is_told_while_it_is_made(stand: Stand) -> None:
    assert len(stand.said) == STEPS


def test_the_demonstration_shows_every_state(stand: Stand) -> None:
    now = stand.now
    site = Site.objects.get(slug="riverbend")
    here, everywhere = cards(site, now), [card for each in Site.objects.all() for card in cards(each, now)]

    assert {card.state for card in here} == set(BedState)
    assert {card.by for card in everywhere if card.leave_id} == {"On pass", "In hospital", "At court"}
    away = [card for card in everywhere if card.leave_id]
    assert [now - card.until for card in away if card.late and card.until] == [timedelta(minutes=40)]
    arriving = {card.held_for: card for card in here if card.hold_id}
    assert arriving["R. Whitfallow"].state is BedState.HELD
    promised = arriving["T. Okaforde"]
    assert promised.state is BedState.OCCUPIED and promised.expected_at and promised.held_until
    assert now < promised.expected_at < promised.held_until
    local = now.astimezone(site.tz).date()
    leaving = [card.expected_at.astimezone(site.tz).date() for card in everywhere if card.expected_at]
    assert local in leaving or now.hour >= 18
    assert min(leaving) <= local + timedelta(days=1)
    assert sum(day > local + timedelta(days=1) for day in leaving) >= 5
    assert all(card.expected_at is None or card.expected_at > now for card in everywhere)
    closed = [card.why for card in everywhere if card.state is BedState.OUT_OF_SERVICE]
    assert len(closed) == 2 and all("back" in why for why in closed)
    assert [card.overrides[0][0] for card in here if card.overrides] == ["Upper bunk, needs a lower"]
    assert {unit.staffed for unit in board_page(site, now).units} == {14, 10, None}
    assert Unit.objects.get(name="Birch").age_from == 18


def test_every_precaution_is_minded_for_somebody_in_a_bed(stand: Stand) -> None:
    now = stand.now
    here = [card for site in Site.objects.all() for card in cards(site, now) if card.client_id is not None]
    minded = precautions_of([card.client_id for card in here if card.client_id is not None], now)
    often = Counter(kind for kinds in minded.values() for kind in kinds)
    assert set(often) == set(Kind)
    assert (often[Kind.CONSTANT_WATCH], often[Kind.CLOSE_WATCH], often[Kind.ISOLATION]) == (1, 2, 1)
    by_client = {card.client_id: card for card in here}
    for client, kinds in minded.items():
        card = by_client[client]
        mates = [other for other in here if other.room_id == card.room_id and other is not card]
        assert Kind.ISOLATION not in kinds or not mates
        assert Kind.WHEELCHAIR not in kinds or (card.facts.accessible and card.facts.lower_bunk)
        assert Kind.WITHDRAWAL_WATCH not in kinds or (card.level == "3.7" and card.facts.near_nursing)
        assert not any(mate.client_id in card.apart for mate in mates)
    assert KeepApart.objects.current(now).count() == 2
    assert any(card.apart - by_client.keys() for card in here)  # of one pair one waits for a place
    ended = Precaution.objects.filter(ended_at__lt=now)
    assert ended.filter(kind=Kind.WITHDRAWAL_WATCH).count() > 10


@pytest.mark.parametrize("stand", MADE_HERE, indirect=True, ids=named)
def test_one_full_program_was_told_of_and_one_was_not(stand: Stand) -> None:
    now, stage = stand.now, stand.stage
    assert stage is not None
    full = {
        program.level: program
        for program in Program.objects.exclude(licensed_capacity=None).filter(kind="treatment")
        if program.placements.current(now).count() * 10 >= (program.licensed_capacity or 0) * 9
    }
    assert set(full) == {"2.5", "2.1"}
    notice = CapacityNotice.objects.get()
    assert notice.program == full["2.5"] and notice.reached_at <= notice.sent_at <= now
    taken = {key: [0, 0] for key in ("2.5", "2.1")}
    for key, counted in taken.items():
        at = reached(stage, key)
        assert at is not None
        counted[0] = full[key].placements.current(at).count()
        counted[1] = full[key].placements.current(at - timedelta(microseconds=1)).count()
    assert taken["2.5"][1] < 28 * 0.9 <= taken["2.5"][0]
    assert taken["2.1"][1] < 24 * 0.9 <= taken["2.1"][0]


def test_doses_are_due_now_and_a_group_runs_whatever_the_hour(stand: Stand) -> None:
    now = stand.now
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
            assert waiting[unit] >= number, (stand.now, waiting)
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
