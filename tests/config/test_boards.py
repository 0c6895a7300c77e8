"""Every board announces what it changes: after an act, the announced pieces drawn anew make the old board the new one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test.html import Element, parse_html
from django.utils import timezone

from admissions.actions.admit import admit as admit_person
from beds.actions import cleaning, closures, holds, stays
from beds.board import BOARD as BEDS
from beds.models import BedStay
from emar.actions import administer
from emar.board import PASS
from emar.keys import minute_of
from emar.rules.administration import Outcome
from groups import actions as groups
from groups.board import BOARD as GROUP
from groups.rules.minutes import AttendanceStatus
from live import actions as live
from live.boards import Board
from tests.factories import World, admit, client, world
from tests.factories.meds import at_times, medication, order
from tests.factories.sessions import group

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
    if any(message["topic"] == topic and not message["keys"] for message in sent):
        return  # the whole board is drawn again
    patched = {name.replace(":", "-"): board.fragment(audience, key, *name.split(":")) for name in keys}
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


BED_ACTS = ("admit", "move", "vacate", "hold", "clean", "close")


@pytest.mark.parametrize("key", ["riverbend", "riverbend.wall", "chosen"])
@pytest.mark.parametrize("name", BED_ACTS)
def test_the_bed_board_announces_what_it_changes(
    now_here: World, name: str, key: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    here, at = now_here, now_here.now
    lena = client(here, "Lena", "Harmon")
    admit(here, lena, here.residential, here.beds[0])
    asks = client(here, "Marisol", "Delgado", asks_for="3.5").requests.get()
    stay, free = BedStay.objects.get(), here.beds[2]
    if key == "chosen":
        key = f"riverbend.{client(here, 'Rafa', 'Whitfield', asks_for='3.5').requests.get().pk}"
    acts: dict[str, Act] = {
        "admit": lambda: admit_person(by=here.intake, at=at, request_id=asks.pk, bed_id=free.pk, reasons={}),
        "move": lambda: stays.move(by=here.intake, at=at, stay_id=stay.pk, bed_id=free.pk, level="3.5"),
        "vacate": lambda: stays.vacate(by=here.intake, at=at, stay_id=stay.pk),
        "hold": lambda: holds.hold(
            by=here.intake, at=at, bed_id=free.pk, client_id=lena.pk, until=at + timedelta(hours=2)
        ),
        "clean": lambda: cleaning.ask(by=here.on_unit, at=at, bed_id=free.pk),
        "close": lambda: closures.close(by=here.intake, at=at, bed_id=free.pk, why="plumbing"),
    }
    changed_and_announced(BEDS, key, here.intake, acts[name], monkeypatch, django_capture_on_commit_callbacks)


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
