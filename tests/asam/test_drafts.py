"""Rating under way: danger first, what is pressed survives, two people at once, a catalog that is replaced, and saving once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from asam.actions import Support, assess, prescreen
from asam.actions.catalogs import import_catalog, use_catalog
from asam.actions.drafts import attach, begin_rating, drop_rating, finish_rating, save_part, take_over_catalog
from asam.models import Assessment, AssessmentEvidence, Draft, DraftPart, PreScreen
from asam.models.drafts import versions_of
from asam.rules.catalog import packaged_text
from audit.rules.findings import Refused
from chart.models import Task
from programs.contributions import wishes
from programs.models import Episode
from staff.access import NotAllowed
from tests.asam.care import FOR_2_5, in_residential, rated
from tests.factories import World, world

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> World:
    return world(NOW)


def begun(here: World, episode: Episode, kind: str = "level") -> Draft:
    begin_rating(by=here.facilitator, at=NOW, episode_id=episode.pk, kind=kind, danger="none")
    return Draft.objects.get(episode=episode, closed_at=None)


def pressed(here: World, draft: Draft, number: int, version: int = 0, **typed: object) -> DraftPart:
    given: dict[str, object] = {"ratings": {}, "evidence": {}, "views": {}} | typed
    return save_part(by=here.facilitator, at=NOW, draft_id=draft.pk, number=number, version=version, **given)  # type: ignore[arg-type]


def whole(here: World, draft: Draft, ratings: dict[str, list[str]] = FOR_2_5) -> None:
    for number in range(1, 6):
        mine = {key: codes for key, codes in ratings.items() if key.startswith(f"d{number}_")}
        pressed(here, draft, number, ratings=mine)


def saved(here: World, draft: Draft) -> Assessment:
    seen = versions_of(draft.parts.all())
    return finish_rating(by=here.facilitator, at=LATER, draft_id=draft.pk, seen=seen)


def code(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.findings[0].code


@pytest.mark.parametrize(
    ("danger", "setting"), [("medical", "level 4"), ("self", "4 Psychiatric"), ("others", "4 Psychiatric")]
)
def test_a_danger_stops_rating_and_raises_an_urgent_task(here: World, danger: str, setting: str) -> None:
    episode = in_residential(here)
    with pytest.raises(Refused, match="Say what was done"):
        begin_rating(by=here.director, at=NOW, episode_id=episode.pk, kind="level", danger=danger)
    assert not PreScreen.objects.exists()
    row = begin_rating(
        by=here.director,
        at=NOW,
        episode_id=episode.pk,
        kind="level",
        danger=danger,
        done="911 called 10:40, RN Cole stays",
    )
    assert row.stops and setting in row.setting
    assert not Draft.objects.exists()
    task = Task.objects.get()
    assert (task.urgent, task.kind, task.due_at) == (True, "asam.danger", NOW + timedelta(minutes=15))
    assert "RN Cole stays" in task.line
    with pytest.raises(Refused, match="Answer the question about danger again"):
        rated(here, episode)
    prescreen(by=here.director, at=LATER, episode_id=episode.pk, danger="none")
    assert Task.objects.get().outcome == "The danger is over: asked again"
    assert assess(
        by=here.director, at=LATER, episode_id=episode.pk, kind="level", ratings=FOR_2_5, evidence={}
    ).recommendation["level"] == "2.5"  # fmt: skip


def test_the_database_keeps_no_danger_without_what_was_done(here: World) -> None:
    with pytest.raises(IntegrityError, match="asam_danger_says_what_was_done"), transaction.atomic():
        PreScreen.objects.create(episode=in_residential(here), danger="self", at=NOW, by=here.director)


def test_what_was_pressed_survives_and_is_saved_once(here: World) -> None:
    episode = in_residential(here)
    draft = begun(here, episode)
    whole(here, draft)
    pressed(here, draft, 6, views={"d6_1": "Home by Christmas"})
    support = Support(4, "score", 7, "PHQ-9 14", NOW)
    for _ in range(2):
        attach(by=here.facilitator, at=NOW, draft_id=draft.pk, support=support, attached=True)
    attach(by=here.facilitator, at=NOW, draft_id=draft.pk, support=Support(4, "note", 9, "A note", NOW), attached=True)
    attach(by=here.facilitator, at=NOW, draft_id=draft.pk, support=Support(4, "note", 9, "A note", NOW), attached=False)
    key, seen = uuid4(), versions_of(draft.parts.all())
    made = finish_rating(by=here.facilitator, at=LATER, draft_id=draft.pk, seen=seen, key=key)
    assert finish_rating(by=here.facilitator, at=LATER, draft_id=draft.pk, seen=seen, key=key) == made
    assert (made.recommendation["level"], made.recommendation["complete"]) == ("2.5", True)
    assert (made.views, made.prescreen_id) == ({"d6_1": "Home by Christmas"}, draft.prescreen_id)
    assert [row.words for row in made.support.all()] == ["PHQ-9 14"]
    [wish] = wishes(episode.client_id, LATER)
    assert (wish.topic, wish.words, wish.by) == ("What the person prefers", "Home by Christmas", "LPC Danso")
    with pytest.raises(Refused, match="These ratings were saved at 10:46"):
        pressed(here, draft, 1, version=1, ratings={"d1_wd": ["2"]})
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AssessmentEvidence.objects.update(words="other")


def test_not_yet_rated_is_not_no_need(here: World) -> None:
    draft = begun(here, in_residential(here))
    pressed(here, draft, 1, ratings={"d1_intox": ["0"], "d1_wd": [""]})
    part = draft.parts.get()
    assert part.ratings == {"d1_intox": ["0"]}
    made = saved(here, draft)
    assert made.recommendation["complete"] is False and "d1_wd" not in made.ratings


def test_two_windows_cannot_overwrite_one_another(here: World) -> None:
    draft = begun(here, in_residential(here))
    pressed(here, draft, 4, ratings={"d4_use": ["B"]})
    with pytest.raises(Refused, match="LPC Danso saved this dimension at 10:41"):
        save_part(
            by=here.director,
            at=NOW,
            draft_id=draft.pk,
            number=4,
            version=0,
            ratings={"d4_use": ["E"]},
            evidence={},
            views={},
        )
    again = pressed(here, draft, 4, version=1, ratings={"d4_use": ["B"]})  # a retry of the same is no save
    assert again.version == 1
    assert pressed(here, draft, 5, ratings={"d5_safe": ["A"]}).version == 1  # another dimension is nobody's business


def test_a_pages_own_last_word_counts_though_its_save_was_still_on_the_way(here: World) -> None:
    draft = begun(here, in_residential(here))
    pressed(here, draft, 4, ratings={"d4_use": ["B"]}, window="mine")
    last = pressed(here, draft, 4, ratings={"d4_use": ["C"]}, window="mine", leaves=True)
    assert (last.version, last.ratings) == (2, {"d4_use": ["C"]})
    with pytest.raises(Refused, match="saved this dimension"):  # the save that came late, after the last word
        pressed(here, draft, 4, ratings={"d4_use": ["B"]}, window="mine")
    with pytest.raises(Refused, match="saved this dimension"):
        pressed(here, draft, 4, ratings={"d4_use": ["E"]}, window="theirs", leaves=True)
    assert draft.parts.get().ratings == {"d4_use": ["C"]}


def test_who_looked_over_older_ratings_looks_again(here: World) -> None:
    draft = begun(here, in_residential(here))
    pressed(here, draft, 4, ratings={"d4_use": ["B"]})
    seen = versions_of(draft.parts.all())
    save_part(
        by=here.director,
        at=LATER,
        draft_id=draft.pk,
        number=4,
        version=1,
        ratings={"d4_use": ["E"]},
        evidence={},
        views={},
    )
    with pytest.raises(
        Refused, match=r"LCSW Desai changed dimension 4 at 10:46 on 24 Nov\. Look the ratings over again"
    ):
        finish_rating(by=here.facilitator, at=LATER, draft_id=draft.pk, seen=seen)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("number", "typed", "expected"),
    [
        (1, {"ratings": {"d1_intox": ["1"]}}, "asam.rating_invalid"),
        (9, {}, "asam.dimension_unknown"),
        (4, {"evidence": {"d4_use": "x" * 2001}}, "asam.evidence_long"),
    ],
)
def test_what_cannot_be_kept_is_refused(here: World, number: int, typed: Any, expected: str) -> None:
    draft = begun(here, in_residential(here))
    with pytest.raises(Refused) as refusal:
        pressed(here, draft, number, **typed)
    assert code(refusal) == expected
    assert not draft.parts.exists()


def test_what_belongs_to_another_dimension_is_left_out(here: World) -> None:
    draft = begun(here, in_residential(here))
    part = pressed(here, draft, 1, ratings={"d4_use": ["E"], "d1_wd": ["2"]}, views={"d6_1": "words"})
    assert (part.ratings, part.views) == ({"d1_wd": ["2"]}, {})


def test_one_draft_at_a_time_and_who_began_it_is_said(here: World) -> None:
    episode = in_residential(here)
    draft = begun(here, episode)
    with pytest.raises(Refused, match=r"LPC Danso began to rate at 10:41 on 24 Nov\. Go on in that one"):
        begin_rating(by=here.director, at=LATER, episode_id=episode.pk, kind="level", danger="none")
    drop_rating(by=here.facilitator, at=LATER, draft_id=draft.pk)
    begin_rating(by=here.director, at=LATER, episode_id=episode.pk, kind="level", danger="none")
    with pytest.raises(IntegrityError, match="asam_one_open_draft"), transaction.atomic():
        other = PreScreen.objects.create(episode=episode, danger="none", at=NOW, by=here.director)
        Draft.objects.create(
            episode=episode, kind="level", source=draft.source, prescreen=other, begun_at=NOW, by=here.director
        )


def test_a_plan_rests_on_all_twelve_lines_and_on_what_the_person_wants(here: World) -> None:
    draft = begun(here, in_residential(here), "planning")
    pressed(here, draft, 4, ratings={"d4_use": ["B"]})
    with pytest.raises(Refused) as refusal:
        saved(here, draft)
    assert {finding.code for finding in refusal.value.findings} == {"asam.planning_not_whole", "asam.planning_views"}
    DraftPart.objects.all().delete()
    whole(here, draft)
    pressed(here, draft, 6, views={"d6_1": "Home by Christmas"})
    assert saved(here, draft).kind == "planning"


def test_a_level_may_stop_after_three_dimensions_where_they_settle_it(here: World) -> None:
    draft = begun(here, in_residential(here))
    for number in (1, 2, 3):
        mine = {key: codes for key, codes in (FOR_2_5 | {"d1_wd": ["3A"]}).items() if key.startswith(f"d{number}_")}
        pressed(here, draft, number, ratings=mine)
    made = saved(here, draft)
    assert (made.recommendation["level"], made.recommendation["complete"], made.recommendation["settled"]) == (
        "3.7",
        False,
        True,
    )


def test_a_catalog_replaced_meanwhile_is_said_and_taken_over(here: World) -> None:
    draft = begun(here, in_residential(here))
    pressed(here, draft, 1, ratings={"d1_wd": ["2"], "d1_med": ["B"]})
    text = (
        packaged_text()
        .replace('version = "1"', 'version = "2"')
        .replace('codes.2 = { asks = "2.7", label = "asks for 2.7" }\n', "")
    )
    row = import_catalog(by=here.director, at=NOW, site_id=here.site.pk, content=text)
    use_catalog(by=here.director, at=NOW, site_id=here.site.pk, digest=row.digest)
    with pytest.raises(
        Refused, match=r"adult-4, version 2 counts by now; these ratings were begun by adult-4, version 1"
    ):
        saved(here, draft)
    take_over_catalog(by=here.facilitator, at=LATER, draft_id=draft.pk)
    assert draft.parts.get().ratings == {"d1_med": ["B"]}
    assert saved(here, draft).source == row


def test_a_nurse_may_not_rate(here: World) -> None:
    episode = in_residential(here)
    with pytest.raises(NotAllowed):
        begin_rating(by=here.on_unit, at=NOW, episode_id=episode.pk, kind="level", danger="none")
    draft = begun(here, episode)
    with pytest.raises(NotAllowed):
        save_part(by=here.on_unit, at=NOW, draft_id=draft.pk, number=1, version=0, ratings={}, evidence={}, views={})
