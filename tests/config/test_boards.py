"""Every board announces what it changes: after an act, the announced pieces drawn anew make the old board the new one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test.html import Element, parse_html
from django.utils import timezone

from admissions.actions import expected, leaves
from admissions.actions.admit import admit as admit_person
from admissions.actions.admit import take_back
from admissions.actions.discharge import discharge, resume
from beds.actions import cleaning, closures, holds, staffing, stays
from beds.board import BOARD as BEDS
from beds.models import Bed
from chart.actions import rounds
from chart.board import BOARD as ROUNDS
from emar.actions import administer
from emar.board import PASS
from emar.keys import minute_of
from emar.rules.administration import Outcome
from groups import actions as groups
from groups.board import BOARD as GROUP
from groups.rules.minutes import AttendanceStatus
from live import actions as live
from live.boards import Board
from live.names import dom_id, split_key
from live.queries import current_seq
from programs.models import Episode
from programs.topics import pass_topic
from tests.factories import World, admit, client, world
from tests.factories.meds import at_times, medication, order
from tests.factories.sessions import group

TICK = timedelta(microseconds=1)  # later than what was made ready, and past: the board is drawn by the clock

Act = Callable[[], object]


def pieces(html: str) -> dict[str, str]:
    """Every fragment of a region by its id, and under '' what is left when they are taken out."""
    found: dict[str, str] = {}

    def walk(element: Any) -> str:
        if not isinstance(element, Element):
            return str(element)
        attributes = dict(element.attributes)
        if "data-fragment" in attributes:
            found[str(attributes["id"])] = str(element)
            return str(attributes["id"])
        return f"{element.name}{sorted(element.attributes)}[{''.join(walk(child) for child in element.children)}]"

    found[""] = walk(parse_html(f"<div>{html}</div>"))
    return found


def changed_and_announced(
    board: Board, key: str, who: Any, act: Act, monkeypatch: pytest.MonkeyPatch, capture: Any
) -> None:
    """Do the act; what differs on the board must lie in what was announced for its topic."""
    topic, audience = board.topic_of(key), board.audience(who, key)
    sent: list[live.Message] = []

    async def keep(messages: list[live.Message]) -> None:
        sent.extend(messages)

    monkeypatch.setattr(live, "_send", keep)
    before = dict(board.snapshot(audience, key).regions)
    with capture(execute=True):
        act()
    after = board.snapshot(audience, key)
    keys = [name for message in sent if message["topic"] == topic for name in message["keys"]]
    assert any(message["topic"] == topic for message in sent)
    if board.whole(audience) or any(message["topic"] == topic and not message["keys"] for message in sent):
        return  # the whole board is drawn again
    drawn = board.fragments(audience, key, [split_key(name) for name in keys])
    patched = {dom_id(name): html for name, html in zip(keys, drawn, strict=True)}
    for region, html in after.regions:
        if region in patched:
            assert pieces(patched[region] or "") == pieces(html)
            continue
        old, new = pieces(before[region]), pieces(html)
        assert old[""] == new[""], f"{region} changed around its fragments, and was not announced"
        for name in new:
            if new[name] != old[name]:
                assert name in patched, f"{name} changed and was not announced"
                assert pieces(patched[name] or "")[name] == new[name]


@pytest.fixture
def now_here(db: None) -> World:
    return world(timezone.now())


class Ready:
    """Lena has Alder 1-A, Omar 1-B and Kay 2-A; 2-B is free. ``asks`` is on the list; a minute ago something was made ready."""

    def __init__(self, here: World) -> None:
        self.here, self.at, self.before = here, here.now, here.now - timedelta(minutes=1)
        here.residential.licensed_capacity = None  # else the whole board is drawn where a program fills
        here.residential.save()
        self.lena, self.omar, self.kay = (
            admit(here, client(here, *name.split()), here.residential, bed)
            for name, bed in zip(("Lena Harmon", "Omar Diaz", "Kay Osei"), here.beds, strict=False)
        )
        self.asks = client(here, "Marisol", "Delgado", asks_for="3.5")
        self.rafa = client(here, "Rafa", "Whitfield", asks_for="3.5").requests.get()
        self.free = here.beds[3].pk

    def stay(self, episode: Episode) -> int:
        return episode.stays.get(ended_at=None).pk

    def hold(self, at: datetime, bed: int) -> int:
        until = self.at + timedelta(days=2)
        return holds.hold(by=self.here.intake, at=at, bed_id=bed, client_id=self.asks.pk, until=until).pk

    def held(self) -> int:
        return self.hold(self.before, self.free)

    def expect(self, at: datetime, days: int = 1) -> None:
        then = self.at + timedelta(days=days)
        expected.expect(by=self.here.intake, at=at, episode_id=self.lena.pk, expected_at=then)

    def job(self, *, accepted: bool = False) -> int:
        pk = cleaning.ask(by=self.here.on_unit, at=self.before, bed_id=self.free).pk
        if accepted:
            cleaning.accept(by=self.here.on_unit, at=self.before, job_id=pk)
        return pk

    def away(self, at: datetime) -> int:
        back = self.at + timedelta(hours=5)
        return leaves.go(by=self.here.on_unit, at=at, episode_id=self.lena.pk, kind="pass", expected_at=back).pk

    def admitted(self, at: datetime) -> int:
        request = self.asks.requests.get().pk
        return admit_person(by=self.here.intake, at=at, request_id=request, bed_id=self.free, reasons={}).pk

    def discharge(self, at: datetime) -> int:
        return discharge(by=self.here.on_unit, at=at, episode_id=self.lena.pk, outcome="completed").pk

    def closed(self) -> None:
        closures.close(by=self.here.intake, at=self.before, bed_id=self.free, why="plumbing")


def _released(ready: Ready) -> Act:
    pk = ready.held()
    return lambda: holds.release(by=ready.here.intake, at=ready.at, hold_id=pk)


def _extended(ready: Ready) -> Act:
    pk, until = ready.held(), ready.at + timedelta(days=3)
    return lambda: holds.extend(by=ready.here.intake, at=ready.at, hold_id=pk, until=until)


def _held_after(ready: Ready) -> Act:
    ready.expect(ready.before)
    return lambda: ready.hold(ready.at, ready.here.beds[0].pk)


def _moved_off_a_hold(ready: Ready) -> Act:
    """Marisol is in care in another program and has a bed here held; she comes into another one."""
    ready.held()
    episode = admit(ready.here, ready.asks, ready.here.residential, ready.here.beds[3], days=0)
    stay = episode.stays.get().pk
    fresh = Bed.objects.create(room=ready.here.beds[0].room, label="C").pk
    return lambda: stays.move(by=ready.here.intake, at=ready.at + TICK, stay_id=stay, bed_id=fresh)


def _reopened(ready: Ready) -> Act:
    ready.closed()
    return lambda: closures.reopen(by=ready.here.intake, at=ready.at, bed_id=ready.free)


def _job(step: Callable[..., object], *, accepted: bool = False) -> Callable[[Ready], Act]:
    def make(ready: Ready) -> Act:
        pk = ready.job(accepted=accepted)
        return lambda: step(by=ready.here.on_unit, at=ready.at, job_id=pk)

    return make


def _back(ready: Ready) -> Act:
    pk = ready.away(ready.before)
    return lambda: leaves.come_back(by=ready.here.on_unit, at=ready.at, leave_id=pk)


def _back_later(ready: Ready) -> Act:
    pk, then = ready.away(ready.before), ready.at + timedelta(days=3)
    return lambda: leaves.expect_later(by=ready.here.on_unit, at=ready.at, leave_id=pk, expected_at=then)


def _stays_on(ready: Ready) -> Act:
    ready.expect(ready.before)
    return lambda: expected.expect_nothing(by=ready.here.intake, at=ready.at, episode_id=ready.lena.pk)


def _resumed(ready: Ready) -> Act:
    pk = ready.discharge(ready.before)
    return lambda: resume(by=ready.here.intake, at=ready.at, episode_id=pk)


def _taken_back(ready: Ready) -> Act:
    pk = ready.admitted(ready.before)
    return lambda: take_back(by=ready.here.intake, at=ready.at, episode_id=pk)


def _assigned(ready: Ready) -> Act:
    pk = admit(ready.here, client(ready.here, "Ana", "Beck"), ready.here.residential).pk
    return lambda: stays.assign(by=ready.here.intake, at=ready.at, bed_id=ready.free, episode_id=pk)


BED_ACTS: dict[str, Callable[[Ready], Act]] = {
    "admit": lambda ready: lambda: ready.admitted(ready.at),
    "take back": _taken_back,
    "assign": _assigned,
    "move": lambda ready: (
        lambda: stays.move(by=ready.here.intake, at=ready.at, stay_id=ready.stay(ready.lena), bed_id=ready.free)
    ),
    "move off a hold": _moved_off_a_hold,
    "swap": lambda ready: (
        lambda: stays.swap(
            by=ready.here.intake, at=ready.at, stay_id=ready.stay(ready.lena), other_id=ready.stay(ready.kay)
        )
    ),
    "vacate": lambda ready: lambda: stays.vacate(by=ready.here.intake, at=ready.at, stay_id=ready.stay(ready.lena)),
    "hold": lambda ready: lambda: ready.hold(ready.at, ready.free),
    "hold for after": _held_after,
    "extend": _extended,
    "release": _released,
    "clean": lambda ready: lambda: cleaning.ask(by=ready.here.on_unit, at=ready.at, bed_id=ready.free),
    "accept": _job(cleaning.accept),
    "finish": _job(cleaning.finish),
    "hand back": _job(cleaning.hand_back, accepted=True),
    "not needed": _job(cleaning.not_needed),
    "close": lambda ready: lambda: closures.close(by=ready.here.intake, at=ready.at, bed_id=ready.free, why="plumbing"),
    "reopen": _reopened,
    "staff": lambda ready: (
        lambda: staffing.staff(by=ready.here.director, at=ready.at, unit_id=ready.here.unit.pk, places=3)
    ),
    "leave": lambda ready: lambda: ready.away(ready.at),
    "come back": _back,
    "back later": _back_later,
    "expect": lambda ready: lambda: ready.expect(ready.at),
    "stays on": _stays_on,
    "discharge": lambda ready: lambda: ready.discharge(ready.at),
    "resume": _resumed,
}


@pytest.mark.parametrize("key", ["riverbend", "riverbend.wall", "chosen", "moving"])
@pytest.mark.parametrize("name", BED_ACTS)
def test_the_bed_board_announces_what_it_changes(
    now_here: World, name: str, key: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """``chosen``: with someone of the placement list being placed; ``moving``: with someone who has a bed."""
    ready = Ready(now_here)
    act = BED_ACTS[name](ready)
    if key == "chosen":
        key = f"riverbend.{ready.rafa.pk}"
    if key == "moving":
        key = f"riverbend.m{ready.stay(ready.omar)}"
    changed_and_announced(BEDS, key, now_here.intake, act, monkeypatch, django_capture_on_commit_callbacks)


@pytest.mark.parametrize(
    "name", ["look", "not found", "found", "order", "end", "leave", "come back", "move", "discharge"]
)
def test_rounds_announce_what_they_change(
    now_here: World, name: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    ready, at = Ready(now_here), now_here.now
    lena = ready.lena.client_id

    def look(state: str, when: datetime = at) -> object:
        return rounds.check(
            by=now_here.on_unit, at=when, site_id=now_here.site.pk, client_id=lena, state=state, untagged="no_tag"
        )

    def order(when: datetime = at) -> Any:
        return rounds.order_looks(by=now_here.on_unit, at=when, episode_id=ready.lena.pk, minutes=15, why="Dizzy")

    def found() -> Act:
        look("not_found", ready.before)
        return lambda: look("awake")

    def end() -> Act:
        pk = order(ready.before).pk
        return lambda: rounds.end_looks(by=now_here.on_unit, at=at, order_id=pk, why="Steady")

    acts: dict[str, Callable[[], Act]] = {
        "look": lambda: lambda: look("asleep"), "not found": lambda: lambda: look("not_found"), "found": found,
        "order": lambda: order, "end": end,
    }  # fmt: skip
    act = acts[name]() if name in acts else BED_ACTS[name](ready)
    key, capture = f"{now_here.site.pk}.{now_here.unit.pk}", django_capture_on_commit_callbacks
    changed_and_announced(ROUNDS, key, now_here.second_nurse, act, monkeypatch, capture)


@pytest.mark.parametrize("name", ["leave", "come back", "discharge", "resume", "admit", "move"])
def test_a_pass_is_told_who_is_there(now_here: World, name: str) -> None:
    ready = Ready(now_here)
    act, topic = BED_ACTS[name](ready), pass_topic(now_here.unit.pk)
    before = current_seq(topic)
    act()
    assert current_seq(topic) > before


@pytest.mark.parametrize("name", ["mark", "all here", "write"])
def test_a_group_session_announces_what_it_changes(
    now_here: World, name: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    here, at = now_here, now_here.now
    session, members = group(here)
    acts: dict[str, Act] = {
        "mark": lambda: groups.mark(
            by=here.facilitator,
            at=at,
            session_id=session.pk,
            client_id=members[0].pk,
            status=AttendanceStatus.HERE,
            seen_version=0,
        ),
        "all here": lambda: groups.mark_all_here(by=here.facilitator, at=at, session_id=session.pk),
        "write": lambda: groups.write_part(
            by=here.facilitator, at=at, session_id=session.pk, section="topic", text="Warning signs.", version=0
        ),
    }
    key, capture = str(session.pk), django_capture_on_commit_callbacks
    changed_and_announced(GROUP, key, here.cofacilitator, acts[name], monkeypatch, capture)


def test_a_pass_announces_the_dose_that_was_charted(
    now_here: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    here, at = now_here, now_here.now
    lena = client(here, "Lena", "Harmon")
    episode = admit(here, lena, here.residential, here.beds[0])
    due_at = at.replace(second=0, microsecond=0)
    ordered = order(episode, medication(), at_times(f"{due_at.astimezone(here.site.tz):%H:%M}"), by=here.prescriber)
    key = f"{here.site.pk}.{here.unit.pk}.{minute_of(due_at)}.{lena.pk}"

    def chart() -> object:
        return administer(
            by=here.on_unit, at=at, order_id=ordered.pk, due_at=due_at, outcome=Outcome.GIVEN, client_id=lena.pk,
            identifiers=("name", "birth_date"), amount=ordered.dose, unit=ordered.unit,
        )  # fmt: skip

    changed_and_announced(PASS, key, here.second_nurse, chart, monkeypatch, django_capture_on_commit_callbacks)
