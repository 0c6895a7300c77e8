"""Precautions and keep-apart rules: set from now on, told to the board, kept from who may not know, one of two wins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from admissions.actions.apart import end_keep_apart, keep_apart, sharing
from admissions.actions.minding import set_precautions
from audit.models import Event
from audit.rules.findings import Refused
from live.queries import current_seq
from programs.models import Client, KeepApart, PlacementRequest, Precaution
from programs.queries import minded, precautions_of, rules_at
from programs.rules.precautions import GROUPS
from programs.rules.precautions import Precaution as Kind
from staff.access import NotAllowed
from tests.factories import World, admit, client, world
from tests.signing import signed_in

A, B = Kind.ISOLATION, Kind.LOWER_BUNK


def later(here: World, minutes: int) -> datetime:
    return here.now + timedelta(minutes=minutes)


@pytest.fixture
def lena(here: World) -> Client:
    who = client(here, "Lena", "Harmon")
    admit(here, who, here.residential, here.beds[0])
    return who


@pytest.fixture
def kay(here: World) -> Client:
    who = client(here, "Kay", "Osei")
    admit(here, who, here.residential, here.beds[1])
    return who


# Precautions


def test_precautions_hold_from_now_on_and_the_past_keeps_what_was_minded_then(here: World, lena: Client) -> None:
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A, B}, seen=())
    set_precautions(by=here.second_nurse, at=later(here, 9), client_id=lena.pk, kinds={B}, seen={A, B})

    assert precautions_of([lena.pk], later(here, -1)) == {}
    assert precautions_of([lena.pk], here.now) == {lena.pk: frozenset({A, B})}
    assert precautions_of([lena.pk], later(here, 9)) == {lena.pk: frozenset({B})}
    [held] = minded(lena.pk, later(here, 10))
    assert (held.kind, held.since, held.by) == (B, here.now, "RN Cole")
    assert list(Event.objects.order_by("pk").values_list("summary", flat=True)) == [
        "L. Harmon: Isolation and Lower bunk set",
        "L. Harmon: Isolation ended",
    ]


def test_the_board_and_the_pass_of_the_unit_are_told(here: World, lena: Client) -> None:
    board, passes = f"beds.board.{here.site.slug}", f"emar.pass.{here.unit.pk}"
    before = current_seq(board), current_seq(passes)
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A}, seen=())
    assert current_seq(board) > before[0]
    assert current_seq(passes) > before[1]


def test_someone_who_waits_has_precautions_too(here: World) -> None:
    who = client(here, "Rui", "Alves", asks_for="3.5")
    before = current_seq(f"beds.board.{here.site.slug}")
    set_precautions(by=here.prescriber, at=here.now, client_id=who.pk, kinds={B}, seen=())
    assert precautions_of([who.pk], here.now) == {who.pk: frozenset({B})}
    assert current_seq(f"beds.board.{here.site.slug}") > before


def test_saving_the_same_again_writes_nothing(here: World, lena: Client) -> None:
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A}, seen=())
    set_precautions(by=here.on_unit, at=later(here, 1), client_id=lena.pk, kinds={A}, seen={A})
    assert Precaution.objects.count() == Event.objects.count() == 1


def test_the_same_key_is_one_act(here: World, lena: Client) -> None:
    key = uuid4()
    for minute in (0, 1):
        set_precautions(by=here.on_unit, at=later(here, minute), client_id=lena.pk, kinds={A}, seen=(), key=key)
    assert Precaution.objects.count() == 1


def test_who_saves_an_old_page_is_told_what_changed_and_by_whom(here: World, lena: Client) -> None:
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A}, seen=())
    with pytest.raises(Refused, match=r"RN Cole changed these at 10:42 on 18 Nov: Isolation set\. Look again"):
        set_precautions(by=here.second_nurse, at=later(here, 1), client_id=lena.pk, kinds={B}, seen=())
    assert precautions_of([lena.pk], later(here, 1)) == {lena.pk: frozenset({A})}


@pytest.mark.parametrize("name", ["intake", "facilitator", "elsewhere", "housekeeper", "without_role"])
def test_who_may_not_set_them_is_told_who_may(here: World, lena: Client, name: str) -> None:
    with pytest.raises(NotAllowed, match="You may not set precautions here"):
        set_precautions(by=getattr(here, name), at=here.now, client_id=lena.pk, kinds={A}, seen=())
    assert not Precaution.objects.exists()


def test_who_is_nowhere_is_listed_or_admitted_first(here: World) -> None:
    who = client(here, "Nora", "Away")
    with pytest.raises(Refused, match="Admit or list them first"):
        set_precautions(by=here.on_unit, at=here.now, client_id=who.pk, kinds={A}, seen=())


def test_a_clock_that_went_back_refuses_instead_of_writing_into_the_past(here: World, lena: Client) -> None:
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A}, seen=())
    with pytest.raises(Refused, match="changed these just now"):
        set_precautions(by=here.on_unit, at=later(here, -5), client_id=lena.pk, kinds=(), seen={A})


def test_every_precaution_can_be_chosen_once() -> None:
    offered = [kind for _, kinds in GROUPS for kind in kinds]
    assert sorted(offered) == sorted(Kind)
    assert len(offered) == len(set(offered))


def race(*acts: Callable[[], object]) -> list[str]:
    """What each was told, '' for who won."""
    barrier, said = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            act()
            said.append("")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(said)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_precautions_at_once_one_wins_and_one_is_told(now: datetime) -> None:
    here = world(now)
    who = client(here, "Lena", "Harmon")
    admit(here, who, here.residential, here.beds[0])
    said = race(
        lambda: set_precautions(by=here.on_unit, at=now, client_id=who.pk, kinds={A}, seen=()),
        lambda: set_precautions(by=here.second_nurse, at=now, client_id=who.pk, kinds={B}, seen=()),
    )
    assert said[0] == ""
    assert "changed these at 10:42 on 18 Nov" in said[1]
    assert Precaution.objects.count() == 1


def test_the_page_shows_since_when_and_by_whom_and_saves_what_is_ticked(here: World, lena: Client) -> None:
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A}, seen=())
    nurse, address = signed_in(here.second_nurse), f"/admissions/people/{lena.pk}/precautions/"
    page = nurse.get(address).content.decode()
    assert "18 Nov, 10:42, RN Cole" in page
    assert 'name="seen" value="isolation"' in page

    old = nurse.post(address, {"key": str(uuid4()), "kind": ["lower_bunk"]})
    assert old.status_code == 422
    assert "RN Cole changed these" in old.content.decode()
    typed = {"key": str(uuid4()), "seen": ["isolation"], "kind": ["isolation", "lower_bunk", "no such thing"]}
    answer = nurse.post(f"{address}?from=beds", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/beds/")
    assert set(Precaution.objects.filter(ended_at=None).values_list("kind", flat=True)) == {"isolation", "lower_bunk"}
    assert nurse.get("/admissions/people/999999/precautions/").status_code == 404
    assert signed_in(here.elsewhere).get(address).status_code == 404
    assert signed_in(here.intake).get(address).status_code == 403


def test_the_chart_shows_precautions_and_leads_to_them_who_may_set_them(here: World, lena: Client) -> None:
    set_precautions(by=here.on_unit, at=here.now, client_id=lena.pk, kinds={A}, seen=())
    address = f"/admissions/people/{lena.pk}/precautions/"
    nurse = signed_in(here.on_unit).get(f"/clients/{lena.pk}/").content.decode()
    intake = signed_in(here.intake).get(f"/clients/{lena.pk}/").content.decode()
    assert "Isolation" in nurse and "Isolation" in intake
    assert address in nurse
    assert address not in intake


# Keep apart


def test_one_rule_holds_both_ways_from_now_on(here: World, lena: Client, kay: Client) -> None:
    rule = keep_apart(by=here.on_unit, at=here.now, first_id=kay.pk, second_id=lena.pk, why=" Old quarrel. ")
    assert (rule.first, rule.second, rule.why) == (lena, kay, "Old quarrel.")
    assert [held.pk for held in rules_at(here.site, here.now)] == [rule.pk]

    end_keep_apart(by=here.director, at=later(here, 5), rule_id=rule.pk)
    assert [held.pk for held in rules_at(here.site, later(here, 4))] == [rule.pk]
    assert rules_at(here.site, later(here, 5)) == []
    with pytest.raises(Refused, match=r"ended at 10:47 on 18 Nov already"):
        end_keep_apart(by=here.on_unit, at=later(here, 6), rule_id=rule.pk)
    assert keep_apart(by=here.on_unit, at=later(here, 7), first_id=kay.pk, second_id=lena.pk, why="Again.") != rule


def test_two_who_share_a_room_are_told_of(here: World, lena: Client, kay: Client) -> None:
    rule = keep_apart(by=here.on_unit, at=here.now, first_id=lena.pk, second_id=kay.pk, why="Old quarrel.")
    [found] = sharing(rule, here.now)
    assert (found.severity.value, found.message) == ("note", "They share Alder 1 now: move one of them.")
    far = client(here, "Ada", "Far")
    admit(here, far, here.residential, here.beds[2])
    other = keep_apart(by=here.on_unit, at=here.now, first_id=lena.pk, second_id=far.pk, why="Asked for it.")
    assert sharing(other, here.now) == []
    assert [rule.shared for rule in rules_at(here.site, here.now)] == ["", "Alder 1"]


def test_the_same_pair_the_same_person_and_an_empty_reason_are_refused(here: World, lena: Client, kay: Client) -> None:
    def made(first: Client, second: Client, why: str = "Old quarrel.") -> KeepApart:
        return keep_apart(by=here.on_unit, at=here.now, first_id=first.pk, second_id=second.pk, why=why)

    with pytest.raises(Refused, match="two different people"):
        made(lena, lena)
    with pytest.raises(Refused, match="Say why"):
        made(lena, kay, "   ")
    with pytest.raises(Refused, match="at most 200"):
        made(lena, kay, "x" * 201)
    made(lena, kay)
    with pytest.raises(Refused, match=r"RN Cole keeps L\. Harmon and K\. Osei apart already"):
        made(kay, lena)
    assert KeepApart.objects.count() == 1


@pytest.mark.parametrize("name", ["intake", "elsewhere", "housekeeper", "without_role"])
def test_who_may_not_write_rules_neither_makes_nor_ends_nor_reads_them(
    here: World, lena: Client, kay: Client, name: str
) -> None:
    who = getattr(here, name)
    rule = keep_apart(by=here.on_unit, at=here.now, first_id=lena.pk, second_id=kay.pk, why="Old quarrel.")
    with pytest.raises(NotAllowed):
        keep_apart(by=who, at=here.now, first_id=lena.pk, second_id=kay.pk, why="So.")
    with pytest.raises(NotAllowed):
        end_keep_apart(by=who, at=later(here, 1), rule_id=rule.pk)
    answer = signed_in(who).get("/admissions/keep-apart/")
    assert answer.status_code == (200 if name == "elsewhere" else 403)
    assert "Old quarrel" not in answer.content.decode()
    assert signed_in(who).post(f"/admissions/keep-apart/{rule.pk}/end/").status_code in {403, 404}


def test_the_board_and_the_trail_never_say_with_whom_or_why(here: World, lena: Client) -> None:
    waiting = client(here, "Rui", "Alves", asks_for="3.5")
    keep_apart(by=here.on_unit, at=here.now, first_id=lena.pk, second_id=waiting.pk, why="Old quarrel.")
    request = PlacementRequest.objects.get(client=waiting)
    board = signed_in(here.intake).get(f"/beds/?choose={request.pk}").content.decode()
    assert "Keep-apart rule in this room" in board
    assert "Old quarrel" not in board
    [event] = Event.objects.filter(verb="admissions.keep_apart")
    assert event.summary == "A keep-apart rule began"
    assert "Old quarrel" not in str(event.detail) and str(waiting.pk) not in event.detail


@pytest.mark.django_db(transaction=True)
def test_of_two_who_keep_the_same_pair_apart_at_once_one_wins_and_one_is_told(now: datetime) -> None:
    here = world(now)
    people = [client(here, "Lena", "Harmon"), client(here, "Kay", "Osei")]
    for bed, who in zip(here.beds, people, strict=False):
        admit(here, who, here.residential, bed)
    one, two = (who.pk for who in people)
    said = race(
        lambda: keep_apart(by=here.on_unit, at=now, first_id=one, second_id=two, why="Mine."),
        lambda: keep_apart(by=here.director, at=now, first_id=two, second_id=one, why="Mine."),
    )
    assert said[0] == ""
    assert "apart already. One rule holds both ways." in said[1]
    assert KeepApart.objects.count() == 1


def test_the_page_makes_a_rule_says_what_to_do_and_ends_it(here: World, lena: Client, kay: Client) -> None:
    nurse, address = signed_in(here.on_unit), "/admissions/keep-apart/"
    typed = {"key": str(uuid4()), "first": lena.pk, "second": kay.pk, "why": "Old quarrel."}
    answer = nurse.post(address, typed)
    assert answer.status_code == 302
    page = nurse.get(answer["Location"]).content.decode()
    assert page.count("They share Alder 1 now: move one of them.") == 2
    assert "Old quarrel." in page
    again = nurse.post(address, typed | {"key": str(uuid4())})
    assert again.status_code == 422
    assert "apart already" in again.content.decode()
    chosen = nurse.get(f"{address}?first={kay.pk}").content.decode()
    assert f'<option value="{kay.pk}" selected>Osei, Kay</option>' in chosen
    assert "Choose" in nurse.post(address, {"key": str(uuid4()), "first": lena.pk}).content.decode()

    rule = KeepApart.objects.get()
    assert nurse.post(f"{address}{rule.pk}/end/", {"key": str(uuid4())}).status_code == 302
    rule.refresh_from_db()
    assert rule.ended_at is not None
    assert nurse.post(f"{address}{rule.pk}/end/", {"key": str(uuid4())}).status_code == 422
    assert nurse.post(f"{address}999999/end/").status_code == 404


def test_the_reads_take_the_same_queries_however_many_people(here: World, lena: Client, kay: Client) -> None:
    def count(read: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            read()
        return len(queries)

    reads: list[tuple[Callable[[], object], int]] = [
        (lambda: precautions_of([who.pk for who in here.clients], here.now), 1),
        (lambda: minded(lena.pk, here.now), 1),
        (lambda: rules_at(here.site, here.now), 3),
    ]
    for number in range(4):
        who = client(here, f"Person{number}", "More")
        admit(here, who, here.iop)
        set_precautions(by=here.on_unit, at=here.now, client_id=who.pk, kinds={A, B}, seen=())
        keep_apart(by=here.on_unit, at=here.now, first_id=lena.pk, second_id=who.pk, why="Asked for it.")
        assert [count(read) for read, _ in reads] == [most for _, most in reads]
