"""The third wall: what the database refuses, whoever asks and however it is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction

from asam.actions.assessments import prescreen
from asam.actions.catalogs import kept
from asam.actions.decisions import decide, say_client_part
from asam.models import (
    AssessmentEvidence,
    Attestation,
    Catalog,
    CatalogUse,
    ClientPart,
    Decision,
    Draft,
    LevelReading,
    PreScreen,
)
from asam.queries.catalogs import shipped
from programs.models import Placement
from tests.asam.care import FOR_3_5, in_residential, rated
from tests.factories import World, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world(NOW)


def decided(here: World) -> Decision:
    assessment = rated(here, in_residential(here), FOR_3_5)
    return decide(
        by=here.director, at=NOW, assessment_id=assessment.pk, selected="3.5", reasons=[], texts={}, safety_strategy=""
    )


def decision(here: World, **changes: Any) -> None:
    assessment = rated(here, in_residential(here))
    usual: dict[str, Any] = {
        "recommended": "2.5",
        "recovery_residence": False,
        "selected": "2.5",
        "at": NOW,
        "by": here.director,
    }
    Decision.objects.create(assessment=assessment, **(usual | changes))


def part(here: World, **changes: Any) -> None:
    ClientPart.objects.create(decision=decided(here), at=NOW, by=here.director, **changes)


def draft(here: World, **changes: Any) -> None:
    episode = in_residential(here)
    asked = PreScreen.objects.create(episode=episode, danger="none", at=NOW, by=here.director)
    Draft.objects.create(
        episode=episode,
        kind="level",
        source=kept(shipped(), NOW),
        prescreen=asked,
        begun_at=NOW,
        by=here.director,
        **changes,
    )


def use(here: World, **changes: Any) -> None:
    CatalogUse.objects.create(
        organisation=here.site.organisation, catalog=kept(shipped(), NOW), at=NOW, by=here.director, **changes
    )


def catalog(here: World, **changes: Any) -> None:
    usual = {
        "edition": "4",
        "name": "own",
        "version": "1",
        "title": "Own",
        "content": "x",
        "digest": "a" * 64,
        "at": NOW,
    }
    Catalog.objects.create(**(usual | changes))


def reading(here: World) -> None:
    placement = Placement.objects.get(episode=in_residential(here))
    LevelReading.objects.create(
        placement=placement, edition="3", code="3.3", level="3.5", reason="", at=NOW, by=here.director
    )


WALLS: dict[str, Callable[[World], None]] = {
    "asam_supervisor_is_someone_else": lambda here: decision(here, supervisor=here.director),
    "asam_not_asked_says_why": lambda here: part(here, says="not_asked"),
    "asam_declined_says_what": lambda here: part(here, says="declines"),
    "asam_client_part_signature_whole": lambda here: part(here, says="agrees", svg="<svg/>"),
    "asam_draft_closed_one_way": lambda here: draft(here, closed_at=NOW),
    "asam_catalog_counts_from_now_on": lambda here: use(here, started_at=NOW - timedelta(days=1)),
    "asam_catalog_digest": lambda here: catalog(here, digest="none"),
    "asam_catalog_imported_by_someone": lambda here: catalog(here, organisation=here.site.organisation),
    "asam_reading_says_why": reading,
}


@pytest.mark.parametrize("name", WALLS)
def test_the_database_refuses(here: World, name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WALLS[name](here)


@pytest.mark.parametrize("model", [Attestation, CatalogUse, ClientPart, PreScreen, AssessmentEvidence, Catalog])
def test_the_database_keeps_what_was_said(here: World, model: type[models.Model]) -> None:
    made = decided(here)
    prescreen(by=here.director, at=NOW, episode_id=made.assessment.episode_id, danger="none")
    say_client_part(by=here.director, at=NOW, decision_id=made.pk, says="agrees")
    source = made.assessment.source
    Attestation.objects.create(organisation=here.site.organisation, catalog=source, at=NOW, by=here.director)
    use(here, started_at=NOW)
    AssessmentEvidence.objects.create(
        assessment=made.assessment, dimension=1, kind="note", of=1, words="A note", happened_at=NOW
    )
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        model._default_manager.all()._raw_delete("default")


def test_a_catalog_is_attested_once(here: World) -> None:
    row = {"organisation": here.site.organisation, "catalog": kept(shipped(), NOW), "at": NOW, "by": here.director}
    Attestation.objects.create(**row)
    with pytest.raises(IntegrityError, match="asam_attested_once"), transaction.atomic():
        Attestation.objects.create(**row)
