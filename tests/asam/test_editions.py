"""Levels of the 3rd edition: the same, mapped, or read by a person; never guessed, and the placement stays as it was."""

from datetime import UTC, datetime

import pytest

from asam.actions.readings import read_level
from asam.models import LevelReading
from asam.queries.readings import levels_of, old_levels
from asam.rules.editions import THIRD, may_read_as, read
from asam.rules.levels import LEVELS
from audit.rules.findings import Refused
from programs.models import Placement, Program
from staff.access import NotAllowed
from tests.asam.care import in_residential
from tests.factories import World, admit, client, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "how", "level"),
    [("1", "maps", "1.5"), ("1-WM", "maps", "1.7"), ("2-WM", "maps", "2.7"), ("2.1", "same", "2.1"), ("2.5", "same", "2.5"),
     ("3.1", "same", "3.1"), ("3.2-WM", "person", ""), ("3.3", "person", ""), ("3.5", "same", "3.5"), ("3.7", "same", "3.7"),
     ("3.7-WM", "maps", "3.7"), ("4", "maps", "4"), ("4-WM", "maps", "4"), ("OTP", "person", ""), ("0.5", "gone", "")],
)  # fmt: skip
def test_an_older_level_reads_as_the_table_says(code: str, how: str, level: str) -> None:
    assert (read("3", code).how, read("3", code).level) == (how, level)


def test_whatever_is_offered_is_a_level_of_the_fourth_edition() -> None:
    assert all(set(each.offered) <= set(LEVELS) for each in THIRD.values())
    assert all(read("4", code).level == code for code in LEVELS)


def test_the_same_code_is_another_fact_in_another_edition() -> None:
    assert read("3", "3.7").note and not read("4", "3.7").note
    assert (read("3", "III.5").how, read("2", "3.7").how, read("4", "3.3").how) == ("unknown",) * 3


@pytest.mark.parametrize(
    ("edition", "code", "level", "words"),
    [
        ("3", "3.3", "3.5 COE", ""),
        ("3", "3.7-WM", "3.7 BIO", ""),
        ("3", "3.7-WM", "2.7", "reads as 3.7 or 3.7 BIO, not as 2.7"),
        ("3", "0.5", "1.0", "is no level of the 4th"),
        ("3", "III.5", "3.5", ""),
        ("3", "3.3", "3.3", "There is no level of care '3.3'"),
    ],
)
def test_what_a_level_may_be_read_as(edition: str, code: str, level: str, words: str) -> None:
    said = may_read_as(edition, code, level)
    assert words in said and bool(said) == bool(words)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def old(here: World, level: str) -> Placement:
    program = Program.objects.create(site=here.site, name=f"Old {level}", level=level, edition="3")
    return Placement.objects.select_related("program").get(episode=admit(here, client(here, "Ben", "Tran"), program))


def test_a_person_reads_what_can_mean_several_and_the_newest_reading_counts(here: World) -> None:
    placement = old(here, "3.3")
    assert levels_of([placement], NOW) == {placement.pk: ""}
    for level in ("3.5", "3.5 COE"):
        read_level(by=here.director, at=NOW, placement_id=placement.pk, level=level, reason="Cognitive needs")
    assert levels_of([placement], NOW) == {placement.pk: "3.5 COE"}
    assert (LevelReading.objects.count(), Placement.objects.get(pk=placement.pk).level) == (2, "3.3")
    [row] = old_levels(here.site, NOW)
    assert (row.reading.words, row.said and row.said.by) == ("3.3 of the 3rd edition, read as 3.5 COE", here.director)


def test_what_maps_by_itself_is_read_without_anybody(here: World) -> None:
    placement = old(here, "3.7-WM")
    assert levels_of([placement], NOW) == {placement.pk: "3.7"}


def test_a_reading_needs_a_reason_a_director_and_an_older_level(here: World) -> None:
    placement = old(here, "3.3")
    with pytest.raises(Refused, match="Say why it is that level"):
        read_level(by=here.director, at=NOW, placement_id=placement.pk, level="3.5", reason=" ")
    with pytest.raises(NotAllowed):
        read_level(by=here.facilitator, at=NOW, placement_id=placement.pk, level="3.5", reason="x")
    new = Placement.objects.get(episode=in_residential(here))
    with pytest.raises(Refused, match=r"3\.5 is a level of the 4th edition"):
        read_level(by=here.director, at=NOW, placement_id=new.pk, level="3.7", reason="x")
