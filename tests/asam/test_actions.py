"""Rating and deciding: what is recorded, what is refused, and what the second person is told."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from asam.actions import assess, decide
from asam.models import Assessment, Decision
from audit.models import Event
from audit.rules.findings import Refused
from staff.access import NotAllowed
from staff.models import Signature
from tests.asam.care import ALL_LOW, FOR_2_5, FOR_3_5, in_residential, proof, rated, supervisor
from tests.factories import World, admit, client, signs, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)  # 10:41 in New York

pytestmark = pytest.mark.django_db
LOWER: dict[str, object] = {"reasons": ["FINANCIAL"], "consequences": ["LEAVES"], "safety_strategy": "Daily call"}


@pytest.fixture
def here() -> World:
    return world(NOW)


def chosen(here: World, assessment: Assessment, selected: str, **typed: object) -> Decision:
    given: dict[str, object] = {"reasons": [], "texts": {}, "safety_strategy": ""} | typed
    return decide(by=here.director, at=NOW, assessment_id=assessment.pk, selected=selected, **given)  # type: ignore[arg-type]


def codes(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {finding.code for finding in refusal.value.findings}


def test_ratings_keep_what_the_catalog_made_of_them(here: World) -> None:
    episode = in_residential(here)
    made = assess(
        by=here.facilitator, at=NOW, episode_id=episode.pk, kind="reassessment", ratings=FOR_2_5,
        evidence={"d4_use": "  Needs daily structure ", "d1_wd": " "},
    )  # fmt: skip
    assert made.recommendation["level"] == "2.5"
    assert made.recommendation["complete"] is True
    assert made.recommendation["steps"][0] == "Risky use C asks for 2.5"
    assert (made.catalog, made.catalog_version, made.edition) == ("adult-4", "1", "4")
    assert made.evidence == {"d4_use": "Needs daily structure"}
    assert Event.objects.get(verb="asam.assess").client_id == episode.client_id


def test_half_a_form_gives_a_lower_bound(here: World) -> None:
    made = rated(here, in_residential(here), {"d4_use": ["B"]})
    assert (made.recommendation["level"], made.recommendation["complete"]) == ("2.1", False)


@pytest.mark.parametrize(
    ("ratings", "evidence", "kind", "code"),
    [
        ({"d4_use": ["Z"]}, {}, "level", "asam.rating_invalid"),
        ({"d9_none": ["0"]}, {}, "level", "asam.rating_invalid"),
        ({"d4_use": ["A", "B"]}, {}, "level", "asam.rating_invalid"),
        ({}, {}, "level", "asam.nothing_rated"),
        ({"d4_use": ["A"]}, {"d4_use": "x" * 2001}, "level", "asam.evidence_long"),
        ({"d4_use": ["A"]}, {"nothing": "x"}, "level", "asam.evidence_unknown"),
        ({"d4_use": ["A"]}, {}, "guess", "asam.kind_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    here: World, ratings: dict[str, list[str]], evidence: dict[str, str], kind: str, code: str
) -> None:
    episode = in_residential(here)
    with pytest.raises(Refused) as refusal:
        assess(by=here.director, at=NOW, episode_id=episode.pk, kind=kind, ratings=ratings, evidence=evidence)
    assert codes(refusal) == {code}
    assert not Assessment.objects.exists()


def test_a_nurse_may_not_rate_and_a_facilitator_may_not_decide(here: World) -> None:
    episode = in_residential(here)
    with pytest.raises(NotAllowed):
        assess(by=here.on_unit, at=NOW, episode_id=episode.pk, kind="level", ratings=FOR_2_5, evidence={})
    assessment = rated(here, episode)
    with pytest.raises(NotAllowed, match="Ask a clinical director"):
        decide(
            by=here.facilitator, at=NOW, assessment_id=assessment.pk, selected="2.5", reasons=[], texts={},
            safety_strategy="",
        )  # fmt: skip


def test_an_ended_episode_is_not_rated(here: World) -> None:
    episode = in_residential(here)
    episode.ended_at = NOW - timedelta(hours=1)
    episode.save()
    with pytest.raises(Refused) as refusal:
        rated(here, episode)
    assert codes(refusal) == {"programs.episode_ended"}


def test_the_recommended_level_needs_no_reason(here: World) -> None:
    made = chosen(here, rated(here, in_residential(here)), "2.5")
    assert (made.recommended, made.selected, made.by) == ("2.5", "2.5", here.director)


def test_going_higher_needs_only_a_reason(here: World) -> None:
    assessment = rated(here, in_residential(here))
    with pytest.raises(Refused) as refusal:
        chosen(here, assessment, "3.5")
    assert codes(refusal) == {"asam.reason_missing"}
    made = chosen(here, assessment, "3.5", reasons=["DISTANCE"])
    assert (made.recommended, made.selected, made.reasons) == ("2.5", "3.5", ["DISTANCE"])


def test_going_lower_needs_a_reason_a_safety_strategy_and_a_supervisor(here: World) -> None:
    assessment, second = rated(here, in_residential(here), FOR_3_5), supervisor(here)
    with pytest.raises(Refused) as refusal:
        chosen(here, assessment, "2.5")
    assert codes(refusal) == {
        "asam.reason_missing", "asam.consequence_missing", "asam.safety_strategy_missing", "asam.supervisor_missing",
    }  # fmt: skip
    signed = proof(here, second, assessment)
    with pytest.raises(Refused) as refusal:
        chosen(here, assessment, "2.5", **(LOWER | {"reasons": ["OTHER"]}), supervisor_proof=signed)
    assert codes(refusal) == {"asam.reason_text_missing"}
    with pytest.raises(Refused) as refusal:
        chosen(here, assessment, "2.5", **(LOWER | {"consequences": ["OTHER"]}), supervisor_proof=signed)
    assert codes(refusal) == {"asam.consequence_text_missing"}
    made = chosen(
        here, assessment, "2.5", **(LOWER | {"reasons": ["OTHER"]}), supervisor_proof=signed,
        texts={"OTHER": "moves in with family", "LEGAL": "stray"},
    )  # fmt: skip
    assert (made.supervisor, made.proof_id) == (second, signed)
    assert (made.reason_texts, made.consequences) == ({"OTHER": "moves in with family"}, ["LEAVES"])
    signatures = Signature.objects.filter(subject_kind="asam.Decision", content_sha256=made.digest)
    assert set(signatures.values_list("person__name", "meaning")) == {
        ("Nila Desai", "author"),
        ("Lena Ortiz", "cosign"),
    }


def test_a_supervisor_is_someone_else_who_may_decide_and_their_pin_signs_once(here: World) -> None:
    assessment = rated(here, in_residential(here), FOR_3_5)
    own, nurse = signs(here.director, here.site, at=NOW), signs(here.on_unit, here.site, at=NOW)
    for who, code in ((own, "pin.same_person"), (nurse, "pin.may_not")):
        with pytest.raises(Refused) as refusal:
            chosen(here, assessment, "2.5", **LOWER, supervisor_proof=proof(here, who, assessment))
        assert codes(refusal) == {code}
    other = rated(here, admit(here, client(here, "Ben", "Tran"), here.php), FOR_3_5)
    signed = proof(here, supervisor(here), assessment)
    with pytest.raises(Refused, match="entered for something else"):
        chosen(here, other, "2.5", **LOWER, supervisor_proof=signed)
    chosen(here, assessment, "2.5", **LOWER, supervisor_proof=signed)
    assert Decision.objects.count() == 1


def test_unknown_levels_and_reasons_are_refused(here: World) -> None:
    assessment = rated(here, in_residential(here))
    with pytest.raises(Refused) as refusal:
        chosen(here, assessment, "9.9")
    assert codes(refusal) == {"asam.level_unknown"}
    with pytest.raises(Refused) as refusal:
        chosen(here, assessment, "3.5", reasons=["BECAUSE"])
    assert codes(refusal) == {"asam.reason_unknown"}


def test_the_second_decision_is_told_who_decided_what_and_when(here: World) -> None:
    assessment, second = rated(here, in_residential(here)), supervisor(here)
    chosen(here, assessment, "2.5")
    with pytest.raises(Refused, match=r"LCSW Desai decided 2\.5 on these ratings at 10:41 on 24 Nov"):
        decide(
            by=second, at=NOW + timedelta(minutes=1), assessment_id=assessment.pk, selected="3.5",
            reasons=["DISTANCE"], texts={}, safety_strategy="",
        )  # fmt: skip
    assert Decision.objects.count() == 1


def test_a_decision_rests_on_the_newest_ratings(here: World) -> None:
    episode = in_residential(here)
    older = rated(here, episode)
    assess(by=here.facilitator, at=NOW, episode_id=episode.pk, kind="reassessment", ratings=ALL_LOW, evidence={})
    with pytest.raises(Refused, match="LPC Danso rated again at 10:41"):
        chosen(here, older, "2.5")


def test_the_same_request_answers_the_same_row(here: World) -> None:
    episode, key = in_residential(here), uuid4()
    asked = {"episode_id": episode.pk, "kind": "level", "ratings": FOR_2_5, "evidence": {}, "key": key}
    first = assess(by=here.director, at=NOW, **asked)  # type: ignore[arg-type]
    assert assess(by=here.director, at=NOW + timedelta(seconds=5), **asked) == first  # type: ignore[arg-type]
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("model", [Assessment, Decision])
def test_the_database_never_changes_what_was_rated_or_decided(
    here: World, model: type[Assessment] | type[Decision]
) -> None:
    chosen(here, rated(here, in_residential(here)), "2.5")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        model.objects.update(at=NOW)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_the_database_refuses_another_level_without_a_reason(here: World) -> None:
    assessment = rated(here, in_residential(here))
    with pytest.raises(DatabaseError, match="asam_difference_has_reason"), transaction.atomic():
        Decision.objects.create(
            assessment=assessment, recommended="2.5", recovery_residence=False, selected="3.5", at=NOW, by=here.director
        )
