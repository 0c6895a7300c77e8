"""A step on a bad day: two windows, a server that is killed, a catalog that is replaced, somebody discharged in between."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from admissions.actions import transition_rows
from admissions.actions.transition import transition as step
from admissions.actions.transition_draft import prepare, settle, unprepare
from admissions.rules.transition import Choice
from asam.actions import assess, decide
from asam.models import Transition, TransitionDraft
from asam.queries import reviews
from asam.queries.transitions import prepared
from audit.rules.findings import Refused
from chart.models import Task
from emar.models import LedgerEntry, StockLocation
from emar.queries.stock.balances import balances
from programs.models import Episode, Placement
from staff.rules.capabilities import Role
from tests.admissions.steps import HANDOFF, LATER, NOW, decided, stepped
from tests.admissions.test_transition_whole import counted_in, everything
from tests.asam.care import FOR_2_5, in_residential
from tests.asam.test_catalogs import STRICTER, brought, counts
from tests.documents.reading import words
from tests.factories import World, assign, person, world
from tests.factories.meds import at_times, medication, order
from tests.factories.stock import stocked
from tests.signing import signed_in

SENT = {
    "receiving": "PHP", "accepted_on": "2025-11-24", "first_visit_at": "2025-11-26T09:00", "bridge": "None", "next_dose": "None",
    "kit": "given", "triggers": "Any use", "caller": "Clarke",
}  # fmt: skip


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def settled(here: World, decision_id: int, version: int, window: str = "one", **more: str) -> TransitionDraft:
    """Save from a window: the hand-off, and a choice a line."""
    stored = {key: {"choice": choice} for key, choice in more.items()} | {"handoff": SENT, "window": window}
    return settle(
        by=here.director,
        at=LATER,
        decision_id=decision_id,
        program_id=here.php.pk,
        version=version,
        settled=stored,
        seen={},
    )


def said(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return " ".join(each.message for each in refusal.value.findings)


def test_a_second_window_of_the_same_person_is_told_what_the_first_settled(here: World) -> None:
    decision = decided(here, in_residential(here))
    settled(here, decision.pk, 0, bed="free")
    settled(here, decision.pk, 1, window="two", bed="keep")
    told = said(lambda: settled(here, decision.pk, 1, bed="free", consent="checked"))
    assert "LCSW Desai saved this step at 10:42" in told
    assert "Alder 1-A: Keep it; Who may be told, at the new level: Not yet." in told
    assert TransitionDraft.objects.get().settled["bed"] == {"choice": "keep"}
    assert (
        settled(here, decision.pk, 1, window="two", consent="checked").version == 3
    )  # its own save was still on the way


def test_who_steps_from_an_older_window_is_told_too_and_nothing_moves(here: World) -> None:
    decision = decided(here, in_residential(here))
    settled(here, decision.pk, 0, window="two", bed="keep")

    def act(version: int, window: str = "one") -> Callable[[], object]:
        return lambda: step(
            by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk, handoff=HANDOFF, version=version,
            window=window,
        )  # fmt: skip

    assert "in another window: Alder 1-A: Keep it" in said(act(0))
    assert not Transition.objects.exists()
    act(0, "two")()
    assert Transition.objects.count() == 1


def test_the_time_of_a_prepared_step_is_taken_off_and_what_was_settled_stays(here: World) -> None:
    decision = decided(here, in_residential(here))
    draft = settled(here, decision.pk, 0, bed="keep")
    prepare(by=here.director, at=LATER, draft_id=draft.pk, version=1, scheduled_for=LATER + timedelta(hours=2))
    assert [each.pk for each in prepared(here.site)] == [draft.pk]
    row = reviews(here.site, LATER)[0]
    assert row.next == "step prepared for Mon 24 Nov 12:42"
    assert reviews(here.site, LATER + timedelta(hours=3))[0].next == "step was due Mon 24 Nov 12:42: carry it out"
    unprepare(by=here.director, at=LATER, draft_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.scheduled_for, draft.settled["bed"]) == (None, {"choice": "keep"})
    assert Task.objects.get(kind="transition.due").outcome == "The time was taken off"
    assert "prepared for no time any more" in said(lambda: unprepare(by=here.director, at=LATER, draft_id=draft.pk))
    assert not prepared(here.site)


def test_the_review_queue_lists_prepared_steps_until_the_episode_ends(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    draft = settled(here, decision.pk, 0)
    prepare(by=here.director, at=LATER, draft_id=draft.pk, version=1, scheduled_for=LATER + timedelta(hours=2))
    TransitionDraft.objects.update(scheduled_for=NOW)
    page = signed_in(here.director).get("/levels/").content.decode()
    assert "Steps prepared" in page and f"/admissions/step/{decision.pk}/" in page and "was due" in page
    nurse = signed_in(here.on_unit).get("/levels/").content.decode()
    assert "Steps prepared" in nurse and f"/admissions/step/{decision.pk}/" not in nurse
    Placement.objects.filter(episode=episode).update(ended_at=LATER)
    Episode.objects.filter(pk=episode.pk).update(ended_at=LATER)
    assert not prepared(here.site)


def test_a_prepared_step_of_somebody_discharged_meanwhile_is_refused_with_a_sentence(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    draft = settled(here, decision.pk, 0)
    prepare(by=here.director, at=LATER, draft_id=draft.pk, version=1, scheduled_for=LATER + timedelta(hours=2))
    Placement.objects.filter(episode=episode).update(ended_at=LATER)
    Episode.objects.filter(pk=episode.pk).update(ended_at=LATER)
    found = said(lambda: stepped(here, episode, decision=decision, at=LATER + timedelta(hours=3), reconciliation=None))
    assert "ended" in found and not Transition.objects.exists()


def test_what_they_brought_moves_to_another_place_and_is_counted_there(db: None) -> None:
    stock = stocked(NOW)
    line, episode = counted_in(stock), stock.elin.episodes.get()
    place = StockLocation.objects.create(site=stock.here.site, name="Day clinic cupboard", kind=stock.own.kind)
    made = stepped(
        stock.here, episode,
        {f"order-{stock.order.pk}": Choice("stop", "Done"), f"stock-{line}": Choice("move", value=str(place.pk))},
        stock_proofs={line: stock.pin(stock.nurse, "stock.transfer_out", LATER)},
    )  # fmt: skip
    assert made.lines.get(kind="own_medication").words == "10 tablets moved to the place Day clinic cupboard"
    out, into = LedgerEntry.objects.get(kind="transfer_out"), LedgerEntry.objects.get(kind="transfer_in")
    assert (out.balance, into.balance, into.line.location) == (Decimal(0), Decimal(10), place)
    assert into.line.owner == stock.elin and balances([line])[line].balance == 0


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_killed_half_way_leaves_everything_as_it_was() -> None:
    here = world(NOW)
    episode = in_residential(here)
    order(episode, medication(), at_times("08:00"), by=here.prescriber)
    decision = decided(here, episode)
    stepped_before = everything()
    child = os.fork()
    if child == 0:  # the server: its own connection, killed after the placement, the orders and the tasks were written
        kept, connection.connection = connection.connection, None
        connection.settings_dict = {**connection.settings_dict, "OPTIONS": {}}  # not out of the parent's pool
        try:
            setattr(getattr(transition_rows, "trail"), "record", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))  # noqa: B009, B010
            assert kept is not None  # held, so that the parent's connection is not closed with it
            rows = {f"order-{each.pk}": Choice("stop", "Done") for each in episode.orders.all()}
            stepped(here, episode, rows, decision=decision)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    after = everything()
    proofs = {
        "staff_duty",
        "staff_pin",
        "staff_pintry",
        "staff_proof",
    }  # what the prescriber entered stood before the step
    assert {name: row for name, row in after.items() if name not in proofs} == {
        name: row for name, row in stepped_before.items() if name not in proofs
    }  # fmt: skip


def test_a_catalog_replaced_after_the_decision_stands_in_no_steps_way(here: World) -> None:
    decision = decided(here, in_residential(here))  # it rests on the catalog that counted then
    counts(here, brought(here, STRICTER))
    made = stepped(here, decision.assessment.episode, decision=decision)
    assert (made.decision, made.entered.level) == (decision, "2.5")


@pytest.mark.parametrize("who", ["another", "the same"])
def test_a_newer_decision_of_anybody_is_carried_out_and_the_older_one_refused(here: World, who: str) -> None:
    episode = in_residential(here)
    first = decided(here, episode)
    by = (
        here.director
        if who == "the same"
        else assign(person("ortiz", "Lena Ortiz", "MD"), here.site, Role.DIRECTOR, at=NOW)
    )
    rated = assess(by=by, at=LATER, episode_id=episode.pk, kind="reassessment", ratings=FOR_2_5, evidence={})
    decide(
        by=by, at=LATER, assessment_id=rated.pk, selected="2.5", reasons=[], texts={}, safety_strategy="", key=uuid4()
    )
    found = said(lambda: stepped(here, episode, decision=first, at=LATER + timedelta(minutes=1), reconciliation=None))
    assert f"{by.signature} decided 2.5" in found and "Carry out that decision" in found


def test_the_paper_of_a_step_says_every_line_the_hand_off_and_what_was_not_checked(here: World) -> None:
    episode = in_residential(here)
    going = order(episode, medication(), at_times("08:00"), by=here.prescriber)
    made = stepped(here, episode, {f"order-{going.pk}": Choice("stop", "Levels are normal")})
    paper = words(signed_in(here.director).get(f"/admissions/steps/{made.pk}/summary.pdf").content)
    for sentence in (
        "Step-down summary", "Residential 3.5, 3.5 PHP, 2.5", "Carried out by Orders reconciled by LCSW Desai MD Okoye",
        "Bed: Alder 1-A is cleaned, then free", "Medication order: stops at the step Levels are normal",
        "Receiving program Accepted PHP, Kofi Danso 24 Nov 2025", "If it is missed, calls 25 Nov 2025, 08:41 EST Imani Clarke, same day",
        "Overdose-reversal kit Back to more care on Given Any use, or a night without sleep", "Hours of groups in a week",
        "No dose was given here.", "No signed plan has open objectives.",
        "it leaves the program by Release in the client's Papers",
    ):  # fmt: skip
        assert sentence in paper, (sentence, paper)
