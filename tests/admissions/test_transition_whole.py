"""A step that fails half way leaves everything as it was; what the database itself refuses of one."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from admissions.actions import transition_rows
from admissions.rules.transition import Choice
from asam.models import Transition, TransitionDraft, TransitionLine, WarmHandoff
from audit.rules.findings import Refused
from beds.models import Bed, BedStay, Room, Unit
from emar.models import LedgerEntry, Order
from programs.models import Placement, Program
from tests.admissions.steps import HANDOFF, LATER, NOW, decided, stepped
from tests.asam.care import in_residential
from tests.factories import World, admit, client, signs, world
from tests.factories.meds import at_times, medication, order
from tests.factories.people import proof_of
from tests.factories.plans import signed
from tests.factories.stock import Stocked, stocked


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def everything() -> dict[str, tuple[int, str]]:
    """Every table: how many rows, and one hash over all of them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)}):
            cursor.execute(
                f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return found


ROOMS = (
    "occupancy.leave", "hand_on", "ask_level_review", "raise_task", "keep", "trail.record", "announce", "tell_sessions",
    "announce_passes", "follow", "Transition.objects.create", "WarmHandoff.objects.create", "TransitionLine.objects.bulk_create",
)  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_whichever_room_fails_everything_is_as_it_was(here: World, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = in_residential(here)
    going = order(episode, medication(), at_times("08:00"), by=here.prescriber)
    signed(episode, here.director, NOW - timedelta(days=3))
    decision = decided(here, episode)
    signs(here.prescriber, here.site, at=NOW)
    settled = {f"order-{going.pk}": Choice("rewrite")}
    proof = proof_of(here.prescriber, here.site, at=LATER, purpose=f"transition.orders.{decision.pk}").pk
    before = everything()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(f"{transition_rows.__name__}.{room}", broken)
        with pytest.raises(RuntimeError, match="the power went"):
            stepped(here, episode, settled, decision=decision, reconciliation=proof)
    assert everything() == before
    made = stepped(here, episode, settled, decision=decision, reconciliation=proof)
    assert made.lines.filter(kind="order", choice="rewrite").exists()


def house(here: World) -> Bed:
    """A bed of a residence."""
    program = Program.objects.create(site=here.site, name="Oak House", kind="residence")
    room = Room.objects.create(unit=Unit.objects.create(site=here.site, program=program, name="Oak"), name="1")
    return Bed.objects.create(room=room, label="A")


def moving(bed: Bed) -> dict[str, Choice]:
    return {"bed": Choice("move", value=str(bed.pk))}


def test_into_a_bed_of_the_residence(here: World) -> None:
    episode, bed = in_residential(here), house(here)
    made = stepped(here, episode, moving(bed))
    assert BedStay.objects.get(ended_at=None).bed == bed
    assert Placement.objects.get(kind="residence").started_at == LATER
    line = made.lines.get(kind="bed")
    assert (line.what, line.words) == ("Alder 1-A", "has the bed Oak 1-A")
    assert made.lines.get(kind="residence").choice == "here"


def test_a_bed_that_has_gone_is_said_and_nothing_moves(here: World) -> None:
    episode, bed = in_residential(here), house(here)
    decision = decided(here, episode)
    other = admit(here, client(here, "Maya", "Ortega"), here.php)
    BedStay.objects.create(bed=bed, episode=other, client=other.client, started_at=NOW)
    before = Transition.objects.count()
    with pytest.raises(Refused) as refusal:
        stepped(here, episode, moving(bed), decision=decision)
    [found] = [each for each in refusal.value.findings if each.detail.get("line") == "bed"]
    assert "Oak 1-A was taken by M.O. before you" in found.message or "Oak 1-A was taken by" in found.message
    assert Transition.objects.count() == before


def test_an_order_that_was_stopped_meanwhile_is_named_by_its_line(here: World) -> None:
    episode = in_residential(here)
    going = order(episode, medication(), at_times("08:00"), by=here.prescriber)
    decision = decided(here, episode)
    seen = {"bed": str(BedStay.objects.get().pk), f"order-{going.pk}": "runs"}
    Order.objects.filter(pk=going.pk).update(ended_at=NOW, stopped_at=NOW, stopped_by=here.prescriber)
    with pytest.raises(Refused) as refusal:
        stepped(here, episode, decision=decision, seen=seen)
    lines = [each.detail["line"] for each in refusal.value.findings if each.code == "transition.line_gone"]
    assert lines == [f"order-{going.pk}"]
    assert not Transition.objects.exists()


def counted_in(stock: Stocked) -> int:
    """Ten tablets that Elin brought; the line of them."""
    from emar.actions.stock import count_in
    from emar.rules.stock import Kind

    entry = count_in(
        by=stock.nurse, at=stock.now, location_id=stock.own.pk, client_id=stock.elin.pk, medication_id=medication("Zinc").pk,
        lot="7", expires_on=stock.expires, amount=Decimal(10), proof_id=stock.witness(stock.second, Kind.COUNT_IN),
    )  # fmt: skip
    return entry.line_id


def test_what_they_brought_goes_with_them_against_their_name_and_two_people(db: None) -> None:
    stock = stocked(NOW)
    line = counted_in(stock)
    episode = stock.elin.episodes.get()
    decision = decided(stock.here, episode)
    settled = {f"order-{stock.order.pk}": Choice("stop", "Done"), f"stock-{line}": Choice("hand", value="Elin Novak")}

    def act(**more: Any) -> Callable[[], Transition]:
        return lambda: stepped(stock.here, episode, settled, decision=decision, **more)

    with pytest.raises(Refused, match="somebody else who keeps stock signs with their own PIN"):
        act()()
    made = act(stock_proofs={line: stock.pin(stock.nurse, "stock.hand_back", LATER)})()
    entry = LedgerEntry.objects.get(kind="hand_back")
    assert (entry.change, entry.balance, entry.signed_as, entry.by) == (
        Decimal(-10),
        Decimal(0),
        "Elin Novak",
        stock.director,
    )
    assert entry.proof is not None and entry.proof.person == stock.nurse
    assert made.lines.get(kind="own_medication").words == "10 tablets handed to the client, who signs as Elin Novak"


def test_the_database_refuses_what_is_not_whole(here: World) -> None:
    made = stepped(here, in_residential(here))
    common = {"program": here.php, "at": LATER, "moved": {}}
    other = admit(here, client(here, "Maya", "Ortega"), here.php)
    [placed] = other.placements.all()
    beside: tuple[tuple[Callable[..., object], dict[str, Any], str], ...] = (
        (Transition.objects.create, common | {"left": placed, "entered": made.left}, "decided_or_taken_back"),
        (Transition.objects.create, common | {"left": placed, "entered": made.left, "reverses": made}, "decided_or_taken_back"),
        (Transition.objects.create, common | {"left": placed, "entered": placed, "reverses": made, "why": "x"}, "goes_somewhere"),
        (TransitionLine.objects.create, {"transition": made, "rank": 1, "kind": "bed", "what": "x", "choice": "x", "words": "x"},
         "line_once"),
        (TransitionLine.objects.create, {"transition": made, "rank": 99, "kind": "bed", "what": "x", "choice": "x", "words": ""},
         "says_what"),
        (TransitionDraft.objects.create, {"decision": made.decision, "program": here.php, "begun_at": LATER, "saved_at": NOW,
                                          "by": here.director}, "draft_in_order"),
    )  # fmt: skip
    for create, fields, name in beside:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            create(**fields)
    assert WarmHandoff.objects.get().receiving == HANDOFF.receiving
