"""The starter formulary itself: every line whole, and what is known of these medications."""

import re
from collections import Counter
from decimal import Decimal

import pytest

from emar.formulary import starter
from emar.rules.contents import MASSES, SINGULAR
from emar.rules.formulary import COLUMNS, COUNTED_IN, Line, decode, plan, read
from emar.rules.orders.kinds import Witness

SHEET = read(decode(starter()))
LINES = [entry.line for entry in plan(SHEET, (), {}).entries]
CONTROLLED = {
    "methadone": "II", "buprenorphine": "III", "chlordiazepoxide": "IV", "lorazepam": "IV", "diazepam": "IV", "oxazepam": "IV",
    "clonazepam": "IV", "phenobarbital": "IV", "pregabalin": "V",
}  # fmt: skip
TALL_MAN = {
    "Hydroxyzine": "hydrOXYzine", "Clonidine": "cloNIDine", "Lorazepam": "LORazepam", "Clonazepam": "clonazePAM",
    "Bupropion XL": "buPROPion XL", "Buspirone": "busPIRone", "Quetiapine": "QUEtiapine", "Trazodone": "traZODone",
    "Metformin": "metFORMIN", "Lamotrigine": "lamoTRIgine",
}  # fmt: skip


def test_it_is_read_without_a_mistake_and_has_about_120_lines() -> None:
    assert plan(SHEET, (), {}).problems == ()
    assert 110 <= len(LINES) <= 135


def test_it_has_the_columns_of_the_file_and_no_labels() -> None:
    assert decode(starter()).splitlines()[0].split(",") == [name for name in COLUMNS if name != "barcodes"]


def test_each_name_strength_and_form_is_there_once() -> None:
    assert [key for key, number in Counter(line.key for line in LINES).items() if number > 1] == []


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.said)
def test_a_line_is_whole(line: Line) -> None:
    assert line.drug_class
    assert line.generic
    assert line.counted_in in COUNTED_IN
    assert not line.contents or line.contents[0].name == line.ingredient
    assert line.rxnorm == ""
    assert line.is_active


@pytest.mark.parametrize("line", [line for line in LINES if line.contents], ids=lambda line: line.said)
def test_the_strength_says_what_the_contents_say(line: Line) -> None:
    """Each amount is in the strength; of a liquid as so much in so many millilitres."""
    said = re.findall(r"([\d.]+) ([A-Za-z]+)", line.strength)
    per = re.search(r"/([\d.]+)? ?mL", line.strength) if line.counted_in == "mL" else None
    by = Decimal(per[1] or 1) if per else Decimal(1)
    for each in line.contents:
        assert any(Decimal(number) / by == each.amount and unit == each.unit for number, unit in said), line.strength


def test_what_a_line_is_counted_in_is_what_its_form_comes_as() -> None:
    words = {line.form.split(",")[0]: line.counted_in for line in LINES}
    for form in ("tablet", "capsule", "film", "patch", "lozenge"):
        assert words[form] == form
    assert {line.counted_in for line in LINES if line.form in ("oral concentrate", "oral solution", "pen")} == {"mL"}


def test_controlled_medications_have_their_schedule_and_no_others() -> None:
    assert {line.ingredient: line.dea_schedule for line in LINES if line.dea_schedule} == CONTROLLED
    assert [line.said for line in LINES if line.ingredient in CONTROLLED and line.dea_schedule == ""] == []


def test_look_alike_names_are_written_in_tall_man_letters() -> None:
    shown = {line.name: line.display_name for line in LINES}
    assert {name: shown[name] for name in TALL_MAN} == TALL_MAN
    assert [line.said for line in LINES if line.display_name and not line.look_alike] == []
    assert [line.said for line in LINES if line.display_name == line.name and line.display_name.istitle()] == []


def test_the_short_list_that_a_second_person_checks() -> None:
    listed = {line.ingredient for line in LINES if line.witness != Witness.NONE.value}
    assert listed == {
        "methadone", "insulin glargine", "insulin lispro", "insulin aspart", "insulin regular", "warfarin",
    }  # fmt: skip
    assert [line.said for line in LINES if line.witness != Witness.NONE.value and not line.high_alert] == []


def test_what_is_injected_or_stuck_on_asks_for_a_site() -> None:
    injected = {line.said for line in LINES if line.route in ("into the muscle", "under the skin")}
    assert {line.said for line in LINES if line.sites == "injection"} == injected
    assert {line.said for line in LINES if line.sites == "patch"} == {
        line.said for line in LINES if line.route == "on the skin"
    }


def test_one_ingredient_has_one_name_and_is_measured_in_masses_or_units() -> None:
    units = {each.unit for line in LINES for each in line.contents}
    assert units - {"units", "tablet"} <= set(MASSES)
    assert not units & set(SINGULAR)
    assert all(each.name == each.name.lower() for line in LINES for each in line.contents)


@pytest.mark.parametrize(
    "needed",
    [
        "buprenorphine",
        "methadone",
        "naltrexone",
        "disulfiram",
        "acamprosate",
        "lofexidine",
        "clonidine",
        "naloxone",
        "nicotine",
    ],
)
def test_what_a_program_of_this_kind_needs_is_there(needed: str) -> None:
    assert any(line.ingredient == needed for line in LINES)
