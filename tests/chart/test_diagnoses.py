"""Diagnoses: a code's form, a name typed by hand, and changes that leave the old row standing."""

from datetime import date

import pytest
from django.db import Error, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Refused
from chart.actions.diagnoses import write_diagnosis
from chart.models import Diagnosis
from chart.queries.facts import diagnoses_of
from chart.rules.diagnoses import check_code, code_of
from programs.models import Client
from tests.beds.racing import race
from tests.factories import World, admit, client

steady = settings(derandomize=True, database=None, deadline=None, max_examples=100)
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
REST = st.text(alphabet=LETTERS + DIGITS, min_size=1, max_size=4)


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def written(
    here: World, who: Client, code: str = "F10.20", name: str = "Alcohol use, severe", **more: object
) -> Diagnosis:
    """MD Okoye writes a diagnosis now."""
    asked = {"kind": "secondary"} | more
    return write_diagnosis(by=here.prescriber, at=here.now, client_id=who.pk, code=code, name=name, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["F10.20", "F10", "T40.2X1A", "Z3A.01", "U07.1", "f11.20", "F1120", ""])
def test_codes_that_have_the_form(code: str) -> None:
    assert check_code(code) == []


@pytest.mark.parametrize("code", ["F10.20.3", "10.20", "FF0.1", "F1", "F10.", "F10.20300", "F10-20", "<b>F10</b>"])
def test_codes_that_do_not(code: str) -> None:
    assert [each.code for each in check_code(code)] == ["diagnosis.code"]


@given(st.sampled_from(LETTERS), st.text(alphabet=DIGITS, min_size=2, max_size=2), REST)
@steady
def test_a_code_reads_the_same_with_and_without_its_dot_in_any_case(letter: str, digits: str, rest: str) -> None:
    whole = f"{letter}{digits}.{rest}"
    assert code_of(whole) == code_of(f"{letter}{digits}{rest}".lower()) == whole
    assert check_code(whole) == []


@given(st.text(max_size=12))
@steady
def test_what_the_rule_takes_the_database_takes_too(typed: str) -> None:
    if not check_code(typed) and code_of(typed):
        code = code_of(typed)
        assert 3 <= len(code) <= 8 and code[0] in LETTERS and code[1] in DIGITS


def test_a_code_that_is_none_is_refused_with_a_sentence(here: World, elin: Client) -> None:
    with pytest.raises(Refused, match=r"F10\.20\.3 has two dots"):
        written(here, elin, "F10.20.3")
    with pytest.raises(Error, match="chart_diagnosis_code_form"), transaction.atomic():
        Diagnosis.objects.create(
            client=elin, code="F10203", name="x", kind="primary", place=1, at=here.now, by=here.prescriber
        )


def test_a_change_leaves_the_first_row_and_says_why(here: World, elin: Client) -> None:
    first = written(here, elin, "f1020")
    second = written(here, elin, "F10.21", "Alcohol use, in remission", corrects_id=first.pk, why="Six months without")
    assert (first.code, second.corrects, second.place) == ("F10.20", first, first.place)
    assert [row.code for row in diagnoses_of([elin.pk])] == ["F10.21"]
    with pytest.raises(Refused, match="MD Okoye changed this diagnosis at 10:42 on 18 Nov"):
        written(here, elin, corrects_id=first.pk, why="Again")
    with pytest.raises(Error, match="never changed"), transaction.atomic():
        Diagnosis.objects.filter(pk=first.pk).update(name="Else")


def test_a_mistake_leaves_the_list_and_stays_on_record(here: World, elin: Client) -> None:
    row = written(here, elin)
    written(here, elin, kind="mistake", corrects_id=row.pk, why="Another client's")
    assert diagnoses_of([elin.pk]) == []
    assert Diagnosis.objects.count() == 2


def test_there_is_one_primary_and_the_order_is_kept(here: World, elin: Client) -> None:
    written(here, elin, "F41.1", "Anxiety")
    primary = written(here, elin, "F11.20", "Opioid use, severe", kind="primary")
    written(here, elin, "J45.909", "Asthma", kind="resolved", resolved_on=date(2020, 1, 1))
    with pytest.raises(Refused, match=r"F11\.20 is the primary diagnosis\. Change that one to secondary first"):
        written(here, elin, "F10.20", kind="primary")
    written(here, elin, "F11.21", "Opioid use, in remission", kind="primary", corrects_id=primary.pk, why="Remission")
    assert [row.code for row in diagnoses_of([elin.pk])] == ["F11.21", "F41.1", "J45.909"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"onset_on": date(2026, 1, 1)}, "lies in the future"),
        ({"onset_on": date(1980, 1, 1)}, "before the client was born"),
        ({"kind": "resolved"}, "Write the date it was resolved"),
        ({"resolved_on": date(2020, 1, 1)}, "stands with 'Resolved' alone"),
        ({"kind": "resolved", "onset_on": date(2021, 1, 1), "resolved_on": date(2020, 1, 1)}, "before it began"),
        ({"kind": "mistake"}, "Choose what kind"),
        ({"name": " "}, "Write the name of the diagnosis"),
        ({"place": 99}, "a number from 1 to 40"),
    ],
)
def test_what_cannot_be_is_refused(here: World, elin: Client, more: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        written(here, elin, **more)  # type: ignore[arg-type]
    assert not Diagnosis.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_one_diagnosis_one_is_told(here: World, elin: Client) -> None:
    row = written(here, elin)

    def change(name: str) -> Diagnosis:
        return written(here, elin, name=name, corrects_id=row.pk, why="Seen again")

    told = race(lambda: change("One"), lambda: change("Other"))
    assert sorted(word == "won" for word in told) == [False, True]
    assert Diagnosis.objects.filter(corrects=row).count() == 1
