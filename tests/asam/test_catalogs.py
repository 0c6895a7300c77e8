"""Catalogs: brought in whole, attested once, counting from an instant; old ratings keep their own, decisions notice."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from asam.actions import assess, decide
from asam.actions.catalogs import attest, import_catalog, use_catalog
from asam.models import Assessment, Catalog
from asam.queries.catalogs import counting, shipped, versions
from asam.queries.level import record
from asam.rules.catalog import differences, load_catalog, packaged_text, parse_catalog
from asam.rules.history import rerun
from audit.rules.findings import Refused
from staff.access import NotAllowed
from tests.asam.care import FOR_2_5, in_residential, rated
from tests.factories import World, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
SECOND = packaged_text().replace('version = "1"', 'version = "2"')
STRICTER = SECOND.replace(
    'codes.C = { asks = "2.5", label = "asks for 2.5" }', 'codes.C = { asks = "3.5", label = "asks for 3.5" }', 1
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world(NOW)


def brought(here: World, text: str = SECOND) -> Catalog:
    return import_catalog(by=here.director, at=NOW, site_id=here.site.pk, content=text)


def counts(here: World, row: Catalog, at: datetime = NOW, from_at: datetime | None = None) -> None:
    use_catalog(by=here.director, at=at, site_id=here.site.pk, digest=row.digest, from_at=from_at)


def test_the_one_that_ships_counts_until_another_does(here: World) -> None:
    organisation = here.site.organisation_id
    assert counting(organisation, NOW).words == "adult-4, version 1"
    row = brought(here)
    assert counting(organisation, NOW).row is None
    counts(here, row, from_at=LATER)
    assert counting(organisation, NOW).words == "adult-4, version 1"
    assert counting(organisation, LATER).row == row
    [now, ships] = versions(organisation, LATER)
    assert (now.counts, now.known.words, ships.counts) == (True, "adult-4, version 2", False)


def test_a_catalog_counts_from_now_on_and_never_from_before(here: World) -> None:
    row = brought(here)
    with pytest.raises(Refused, match="from now on or later"):
        counts(here, row, at=LATER, from_at=NOW)
    with pytest.raises(Refused, match=r"adult-4, version 1 counts already"):
        use_catalog(by=here.director, at=NOW, site_id=here.site.pk, digest=shipped().digest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (packaged_text(), "asam.catalog_here"),
        (packaged_text() + "\n", "asam.catalog_version_taken"),
        (SECOND.replace("edition = 4", "edition = 3"), "asam.catalog_invalid"),
        ("not toml", "asam.catalog_invalid"),
        (SECOND.replace('name = "adult-4"', 'name = "Adult 4"'), "asam.catalog_invalid"),
        (SECOND.replace("codes.3A", "codes.3a", 1), "asam.catalog_invalid"),
    ],
)
def test_what_is_no_catalog_or_no_new_version_is_refused(here: World, text: str, expected: str) -> None:
    with pytest.raises(Refused) as refusal:
        brought(here, text)
    assert refusal.value.findings[0].code == expected
    assert not Catalog.objects.exists()


def test_the_same_version_with_other_content_is_another_catalog(here: World) -> None:
    brought(here)
    with pytest.raises(Refused, match="says something else: raise the version"):
        brought(here, STRICTER)


def test_it_is_attested_once_by_whom_and_when(here: World) -> None:
    site = here.site.pk
    made = attest(by=here.director, at=NOW, site_id=site, digest=shipped().digest, words="2nd printing, room 4")
    assert (made.catalog.name, made.catalog.organisation) == ("adult-4", None)
    with pytest.raises(Refused, match=r"LCSW Desai attested adult-4, version 1 on 24 Nov 2025"):
        attest(by=here.director, at=LATER, site_id=site, digest=shipped().digest)
    with pytest.raises(NotAllowed):
        attest(by=here.facilitator, at=NOW, site_id=site, digest=shipped().digest)


def test_a_recommendation_says_whether_its_catalog_was_attested(here: World) -> None:
    assessment = rated(here, in_residential(here))
    assert record(assessment, here.site.organisation_id, NOW).proposal.attested == ""
    attest(by=here.director, at=LATER, site_id=here.site.pk, digest=shipped().digest)
    assert (
        record(assessment, here.site.organisation_id, LATER).proposal.attested
        == "attested by LCSW Desai on 24 Nov 2025"
    )
    assert record(assessment, here.other_site.organisation_id + 1, LATER).proposal.attested == ""


def test_an_old_record_opens_with_its_own_catalog(here: World) -> None:
    old = rated(here, in_residential(here))
    renamed = SECOND.replace('label = "Risky use"', 'label = "Use, and what it risks"')
    counts(here, brought(here, renamed))
    new = assess(
        by=here.director, at=LATER, episode_id=old.episode_id, kind="reassessment", ratings=FOR_2_5, evidence={}
    )
    organisation = here.site.organisation_id
    assert "4 Risky use" in {line.name for line in record(old, organisation, LATER).lines}
    assert "4 Use, and what it risks" in {line.name for line in record(new, organisation, LATER).lines}
    assert (old.catalog_version, new.catalog_version) == ("1", "2")


def test_a_catalog_replaced_between_rating_and_decision_is_said(here: World) -> None:
    assessment = rated(here, in_residential(here))
    chosen = {"selected": "2.5", "reasons": [], "texts": {}, "safety_strategy": ""}
    counts(here, brought(here, STRICTER))
    with pytest.raises(Refused, match=r"adult-4, version 2 counts now. By it these ratings come to 3\.5, not 2\.5"):
        decide(by=here.director, at=LATER, assessment_id=assessment.pk, **chosen)  # type: ignore[arg-type]


def test_a_catalog_that_comes_to_the_same_stands_in_nobodys_way(here: World) -> None:
    assessment = rated(here, in_residential(here))
    counts(here, brought(here))
    made = decide(
        by=here.director,
        at=LATER,
        assessment_id=assessment.pk,
        selected="2.5",
        reasons=[],
        texts={},
        safety_strategy="",
    )
    assert made.recommended == "2.5"


def test_what_another_catalog_changes_is_said_code_by_code() -> None:
    new = parse_catalog(STRICTER)
    assert differences(load_catalog(), new) == ("Risky use C asks for 3.5; it asked for 2.5.",)
    assert differences(load_catalog(), parse_catalog(SECOND)) == ()
    less = parse_catalog(
        SECOND.replace(
            'codes.EVAL = { flag = "WM-EVAL", label = "see a medical clinician promptly about withdrawal" }\n', ""
        )
    )
    assert differences(load_catalog(), less) == ("Withdrawal EVAL is gone.",)
    change = rerun({"d4_use": ["C"]}, "2.5", False, new)
    assert change is not None and (change.now, change.order) == ("3.5", "higher")
    assert rerun({"d4_use": ["C"]}, "2.5", False, load_catalog()) is None


def test_history_is_run_again_and_nothing_is_written(here: World, tmp_path: Path) -> None:
    assessment = rated(here, in_residential(here))
    file = tmp_path / "stricter.toml"
    file.write_text(STRICTER)
    said, bar = io.StringIO(), io.StringIO()
    call_command("reassess", str(file), stdout=said, stderr=bar)
    assert f"assessment {assessment.pk}: 2.5 would be 3.5" in said.getvalue()
    assert "1 would be higher." in said.getvalue() and "1 of 1" in bar.getvalue()
    assert Assessment.objects.get().recommendation["level"] == "2.5"
    call_command("reassess", stdout=said, stderr=bar)
    assert "Nothing would change." in said.getvalue()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("reassess", str(tmp_path / "none.toml"))


def test_the_command_brings_a_catalog_in_as_the_page_does(here: World, tmp_path: Path) -> None:
    file = tmp_path / "second.toml"
    file.write_text(SECOND)
    call_command("import_catalog", str(file), by="desai", site="riverbend", stdout=io.StringIO())
    assert Catalog.objects.get(organisation=here.site.organisation).by == here.director
    with pytest.raises(CommandError, match="here already"):
        call_command("import_catalog", str(file), by="desai", site="riverbend")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Catalog.objects.update(title="other")
