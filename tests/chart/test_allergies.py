"""What must not be given, that none is known, and that nobody asked: three different things, and the database knows it."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Refused
from chart.actions.allergies import end_allergy, note_allergy, state_none_known
from chart.models import Allergy, NoKnownAllergies
from chart.queries.allergies import NOT_ASKED, Allergies, allergies_of
from chart.rules.allergies import check_allergy, said
from programs.models import Client
from staff.access import NotAllowed
from tests.beds.racing import race
from tests.factories import World, admit, client

HOUR = timedelta(hours=1)
steady = settings(derandomize=True, database=None, deadline=None, max_examples=60)


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care in Alder, whom nobody asked about allergies yet."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def noted(here: World, who: Client, substance: str = "penicillin", **more: object) -> Allergy:
    """RN Cole records an allergy now."""
    asked = {"kind": "allergy", "reaction": "hives", "severity": "severe", "source": "client", "at": here.now} | more
    return note_allergy(by=here.on_unit, client_id=who.pk, substance=substance, **asked)  # type: ignore[arg-type]


def known(here: World, who: Client) -> Allergies:
    """What a page shows an hour from now."""
    return allergies_of([who.pk], here.now + HOUR).get(who.pk, NOT_ASKED)


def test_nobody_asked_is_not_the_same_as_none_known(here: World, elin: Client) -> None:
    assert (known(here, elin), known(here, elin).asked) == ((), False)
    state_none_known(by=here.on_unit, at=here.now, client_id=elin.pk)
    told = known(here, elin)
    assert (tuple(told), told.asked) == ((), True)
    assert told.line(here.site.tz) == "No known allergies: RN Cole asked on 18 Nov 2025"


def test_an_allergy_is_shown_with_its_reaction_and_how_severe_it_was(here: World, elin: Client) -> None:
    noted(here, elin)
    noted(here, elin, "codeine", kind="intolerance", reaction="nausea", severity="mild")
    noted(here, elin, "latex", reaction="", severity="unknown")
    assert known(here, elin) == (
        "codeine (nausea, mild, intolerance)", "latex (reaction unknown)", "penicillin (hives, severe)",
    )  # fmt: skip


def test_a_new_allergy_ends_that_none_is_known(here: World, elin: Client) -> None:
    state_none_known(by=here.on_unit, at=here.now - HOUR, client_id=elin.pk)
    noted(here, elin)
    assert NoKnownAllergies.objects.get().ended_at == here.now
    assert known(here, elin) == ("penicillin (hives, severe)",)
    assert allergies_of([elin.pk], here.now - timedelta(minutes=1))[elin.pk].none, "as it was known then"


def test_none_known_cannot_be_said_while_an_allergy_stands(here: World, elin: Client) -> None:
    row = noted(here, elin, at=here.now - HOUR)
    with pytest.raises(Refused, match=r"On the chart: penicillin\. End what no longer counts"):
        state_none_known(by=here.on_unit, at=here.now, client_id=elin.pk)
    end_allergy(by=here.on_unit, at=here.now, allergy_id=row.pk, why="Tested negative at the clinic")
    state_none_known(by=here.on_unit, at=here.now, client_id=elin.pk)
    assert known(here, elin).asked


def test_the_database_holds_one_or_the_other(here: World, elin: Client) -> None:
    state_none_known(by=here.on_unit, at=here.now, client_id=elin.pk)
    with pytest.raises(Error, match="do not hold together"), transaction.atomic():
        Allergy.objects.create(client=elin, substance="latex", noted_at=here.now)
    noted(here, elin, at=here.now + HOUR)
    with pytest.raises(Error, match="do not hold together"), transaction.atomic():
        NoKnownAllergies.objects.create(client=elin, started_at=here.now + 2 * HOUR, by=here.on_unit)


def test_what_ended_says_why_and_is_never_changed_again(here: World, elin: Client) -> None:
    row = noted(here, elin, at=here.now - HOUR)
    with pytest.raises(Refused, match="Say why it no longer counts"):
        end_allergy(by=here.on_unit, at=here.now, allergy_id=row.pk, why=" ")
    ended = end_allergy(by=here.on_unit, at=here.now, allergy_id=row.pk, why="It was a side effect")
    assert (ended.ended_by, ended.ended_why) == (here.on_unit, "It was a side effect")
    with pytest.raises(Refused, match="RN Cole ended this allergy at 10:42 on 18 Nov already: It was a side effect"):
        end_allergy(by=here.director, at=here.now, allergy_id=row.pk, why="Again")
    for change in ({"ended_why": "Never"}, {"substance": "latex"}):
        with pytest.raises(Error, match="never changed"), transaction.atomic():
            Allergy.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        row.delete()


def test_an_allergy_ends_only_with_a_reason_in_the_database_too(here: World, elin: Client) -> None:
    row = noted(here, elin)
    with pytest.raises(Error, match="chart_allergy_ended_says_why"), transaction.atomic():
        Allergy.objects.filter(pk=row.pk).update(ended_at=here.now + HOUR)


def test_the_same_substance_in_another_case_is_told_who_recorded_it(here: World, elin: Client) -> None:
    noted(here, elin)
    with pytest.raises(Refused, match="penicillin stands on the chart already: RN Cole recorded it at 10:42 on 18 Nov"):
        noted(here, elin, "Penicillin")


@pytest.mark.parametrize(
    ("substance", "sentence"),
    [
        ("none", "That says there is none"),
        ("  ", "Write the substance"),
        ("NKDA.", "That says there is none"),
        ("x" * 81, "81 letters"),
    ],
)
def test_what_is_no_substance_is_refused(here: World, elin: Client, substance: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        noted(here, elin, substance)
    assert not Allergy.objects.exists()


def test_who_may_not_record_allergies_is_told_who_can(here: World, elin: Client) -> None:
    with pytest.raises(NotAllowed, match="record allergies"):
        note_allergy(by=here.intake, at=here.now, client_id=elin.pk, substance="latex", kind="allergy")


@given(st.text(max_size=60), st.text(max_size=60))
@steady
def test_any_words_are_judged_without_falling_over(substance: str, reaction: str) -> None:
    findings = check_allergy(substance, reaction)
    assert all(each.detail["field"] in {"substance", "reaction"} for each in findings)
    assert substance in said(substance, reaction)


@pytest.mark.django_db(transaction=True)
def test_of_two_nurses_with_the_same_allergy_one_is_told(here: World, elin: Client) -> None:
    told = race(
        lambda: noted(here, elin),
        lambda: note_allergy(
            by=here.second_nurse, at=here.now, client_id=elin.pk, substance="Penicillin", kind="allergy"
        ),
    )
    assert sorted(word == "won" for word in told) == [False, True]
    assert Allergy.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_none_known_and_an_allergy_at_the_same_moment_never_stand_together(here: World, elin: Client) -> None:
    race(lambda: noted(here, elin), lambda: state_none_known(by=here.second_nurse, at=here.now, client_id=elin.pk))
    assert Allergy.objects.filter(ended_at=None).count() + NoKnownAllergies.objects.filter(ended_at=None).count() == 1
