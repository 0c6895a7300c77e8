"""Write a review: drafts, two directors at once, corrections, confirmation, bad days; the queue and the packet over real charts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from asam.actions.reviews import Answer, confirm_review, purpose, save_review_draft, set_review_policy, write_review
from asam.models import LevelReview, ReviewConfirmation, ReviewDraft, ReviewPolicy
from asam.queries import next_reviews, reviews
from asam.queries.due import current_placements, why_due
from asam.queries.happened import worsened
from asam.queries.packet import packet
from asam.queries.reviews import count_due
from audit.rules.findings import Refused
from chart.models import Task
from chart.scales import scales
from programs.models import Episode, Leave, Placement
from programs.placed import current
from staff.access import NotAllowed
from tests.asam.care import FOR_2_5, FOR_3_5, in_residential, rated, supervisor
from tests.documents.reading import words as words_of
from tests.factories import PIN, World, admit, client, signs, world
from tests.factories.people import proof_of
from tests.signing import signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def here() -> World:
    return world(datetime.now(UTC))


def going_on(here: World, **changed: Any) -> Answer:
    on = here.now.astimezone(here.site.tz).date() + 5 * DAY
    kept: dict[str, Any] = {
        "outcome": "continue", "conditions": ("progressing",), "why": "Used within a day of the last pass.", "next_on": on,
        "progress": dict.fromkeys(range(1, 7), "Holds."),
    }  # fmt: skip
    return Answer(**(kept | changed))


def written(here: World, episode: Episode, **given: Any) -> LevelReview:
    kept: dict[str, Any] = {
        "by": here.director,
        "at": here.now,
        "episode_id": episode.pk,
        "answer": going_on(here),
        "seen": None,
    }
    return write_review(**(kept | given))


def refused(here: World, episode: Episode, **given: Any) -> str:
    with pytest.raises(Refused) as told:
        written(here, episode, **given)
    return told.value.findings[0].code


def rated_here(here: World) -> Episode:
    episode = in_residential(here)
    rated(here, episode, FOR_3_5)
    return episode


def test_to_continue_restarts_the_clock_from_the_day_that_was_named(here: World) -> None:
    episode = rated_here(here)
    review = written(here, episode)
    assert (review.level, review.order, review.recommended, len(review.digest)) == ("3.5", "same", "3.5", 64)
    assert next_reviews([episode.pk], here.now)[episode.pk] == review.next_on
    later = here.now + 9 * DAY
    row = next(each for each in reviews(here.site, later) if each.episode_id == episode.pk)
    assert row.review.words == "overdue by 4 days" and row.last == review


def test_ratings_before_nobody_continues(here: World) -> None:
    episode = in_residential(here)
    assert refused(here, episode) == "asam.never_rated"
    rated(here, episode, FOR_3_5)
    first = written(here, episode)
    assert refused(here, episode, seen=first.pk) == "asam.ratings_stale"


def test_the_second_director_is_told_what_the_first_signed(here: World) -> None:
    episode, second = rated_here(here), supervisor(here)
    first = written(here, episode)
    with pytest.raises(Refused) as told:
        written(here, episode, by=second)
    assert "continue at this level" in str(told.value.findings[0].message)
    with pytest.raises(IntegrityError), transaction.atomic():
        LevelReview.objects.create(
            episode=episode, placement=first.placement, assessment=first.assessment, level="3.5", outcome="discharge",
            conditions=["leaves"], why="Left.", digest="x", reviewed_at=here.now, at=here.now, by=second,
        )  # fmt: skip


def test_the_same_request_again_answers_the_same_review(here: World) -> None:
    episode, key = rated_here(here), uuid4()
    assert written(here, episode, key=key) == written(here, episode, key=key)
    assert LevelReview.objects.count() == 1


def test_a_correction_is_a_new_row_that_keeps_the_day_and_only_the_last_is_corrected(here: World) -> None:
    episode = rated_here(here)
    first = written(here, episode)
    here.now += timedelta(hours=3)
    fixed = going_on(here, why="Used the same evening.", corrected_why="Wrong day")
    no_reason = going_on(here)
    assert refused(here, episode, seen=first.pk, corrects=first.pk, answer=no_reason) == "asam.corrected_why"
    second = written(here, episode, seen=first.pk, corrects=first.pk, answer=fixed)
    assert (second.reviewed_at, second.corrects, second.follows) == (first.reviewed_at, first, first)
    assert refused(here, episode, seen=second.pk, corrects=first.pk, answer=fixed) == "asam.correct_last"


@pytest.mark.parametrize("change", [{"outcome": "discharge"}, {"why": "Other words"}])
def test_the_database_lets_no_review_change(here: World, change: dict[str, str]) -> None:
    review = written(here, rated_here(here))
    with pytest.raises(IntegrityError), transaction.atomic():
        LevelReview.objects.filter(pk=review.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        review.delete()


def test_an_outcome_against_the_ratings_is_refused_without_a_reason_and_stands_with_one(here: World) -> None:
    episode = in_residential(here)
    rated(here, episode, FOR_2_5)
    assert refused(here, episode) == "asam.against_ratings"
    review = written(here, episode, answer=going_on(here, against="Nowhere to sleep yet."))
    assert (review.order, review.against) == ("lower", "Nowhere to sleep yet.")


def test_a_facilitator_signs_and_a_director_confirms_within_a_day(here: World) -> None:
    episode = rated_here(here)
    review = written(here, episode, by=here.facilitator)
    task = Task.objects.get(kind="asam.confirm_review")
    assert (task.capability, task.due_at, review.asks) == ("asam.decide", here.now + DAY, "asam.decide")
    with pytest.raises(NotAllowed):
        confirm_review(by=here.cofacilitator, at=here.now, review_id=review.pk)
    confirm_review(by=here.director, at=here.now, review_id=review.pk)
    task.refresh_from_db()
    assert task.done_at == here.now and ReviewConfirmation.objects.get().by == here.director
    with pytest.raises(Refused) as told:
        confirm_review(by=here.director, at=here.now, review_id=review.pk)
    assert told.value.findings[0].code == "asam.confirmed"


def test_a_director_confirms_on_the_same_tablet_by_their_pin(here: World) -> None:
    episode = rated_here(here)
    signs(here.director, here.site, at=here.now)
    proof = proof_of(here.director, here.site, at=here.now, purpose=purpose(episode.pk)).pk
    review = written(here, episode, by=here.facilitator, proof=proof)
    assert review.confirmation.by == here.director and not Task.objects.filter(kind="asam.confirm_review").exists()


def test_at_a_medically_managed_level_a_prescriber_confirms_a_director(here: World) -> None:
    here.residential.level = "3.7"
    here.residential.save()
    episode = admit(here, client(here, "Ben", "Tran"), here.residential, here.beds[1])
    Placement.objects.filter(episode=episode).update(level="3.7")
    rated(here, episode, FOR_3_5 | {"d1_wd": ["3A"]})
    on = here.now.astimezone(here.site.tz).date() + DAY
    assert written(here, episode, answer=going_on(here, next_on=on)).asks == "emar.order"


def test_a_draft_is_kept_and_another_window_is_told(here: World) -> None:
    episode = rated_here(here)
    keep: dict[str, Any] = {"episode_id": episode.pk, "at": here.now}
    first = save_review_draft(by=here.director, version=0, typed={"why": "Not yet."}, **keep)
    assert first.version == 1
    assert save_review_draft(by=here.director, version=0, typed={"why": "Not yet."}, **keep).version == 1
    with pytest.raises(Refused) as told:
        save_review_draft(by=here.facilitator, version=0, typed={"why": "Mine."}, **keep)
    assert "in another window" in told.value.findings[0].message
    written(here, episode)
    assert ReviewDraft.objects.get().closed_at == here.now
    with pytest.raises(Refused) as late:
        save_review_draft(by=here.director, version=1, typed={"why": "Too late."}, **keep)
    assert late.value.findings[0].code == "asam.reviewed"


def test_who_was_discharged_meanwhile_is_not_reviewed(here: World) -> None:
    episode = rated_here(here)
    Placement.objects.filter(episode=episode).update(ended_at=here.now)
    assert refused(here, episode) == "programs.not_placed"
    Episode.objects.filter(pk=episode.pk).update(ended_at=here.now, ended_as=Episode.Outcome.COMPLETED)
    assert refused(here, episode) == "programs.episode_ended"
    assert signed_in(here.director).get(f"/levels/{episode.pk}/packet/")["Location"] == f"/levels/{episode.pk}/"


def test_a_program_sets_its_own_rule_and_keeps_the_old_one(here: World) -> None:
    episode = rated_here(here)
    kept: dict[str, Any] = {
        "by": here.director,
        "at": here.now,
        "program_id": here.residential.pk,
        "off": [],
        "hours": None,
    }
    set_review_policy(days=3, why="State rule", **kept)
    set_review_policy(days=2, why="Payer contract", **kept)
    assert next_reviews([episode.pk], here.now)[episode.pk] == here.now.astimezone(here.site.tz).date() + 2 * DAY
    assert ReviewPolicy.objects.count() == 2
    with pytest.raises(NotAllowed):
        set_review_policy(days=3, why="Mine", **kept | {"by": here.facilitator})


def test_a_leave_stops_no_clock_and_a_hospital_visit_asks_for_a_review(here: World) -> None:
    episode = in_residential(here)
    started = here.now - 2 * DAY
    Leave.objects.create(episode=episode, kind="hospital", started_at=started, expected_at=here.now + DAY)
    row = reviews(here.site, here.now)[0]
    assert (row.away, row.risk, row.late) == ("In hospital", 2, True)
    assert [each.code for each in row.review.triggers] == ["hospital", "calendar"]
    rated(here, episode, FOR_3_5)
    assert reviews(here.site, here.now)[0].review.triggers[0].code == "hospital"
    assert count_due(here.site, here.now) == (1, 1)
    written(here, episode)
    assert count_due(here.site, here.now) == (0, 0)


def test_the_queue_costs_fifteen_queries_for_many_as_for_few(here: World, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        rated(here, admit(here, client(here, "Ben", f"Tran{number}"), here.php), FOR_2_5)
    set_review_policy(by=here.director, at=here.now, program_id=here.php.pk, days=14, hours=9, off=[], why="Our own")
    with django_assert_max_num_queries(15):
        assert len(reviews(here.site, here.now)) == 12
    placed = list(current_placements(here.now))
    with django_assert_max_num_queries(5):
        why_due(placed, {}, here.now)


def test_the_packet_costs_the_same_for_a_full_chart(here: World, django_assert_max_num_queries: Any) -> None:
    episode = rated_here(here)
    placement = current(episode.pk, here.now)
    assert placement is not None
    for _ in range(3):
        rated(here, episode, FOR_3_5)
    with django_assert_max_num_queries(50):
        found = packet(placement, here.now)
    assert len(found.taken) == 4 and found.plan is None and found.last is None


def test_a_review_is_written_and_printed_from_its_pages(here: World) -> None:
    episode, browser = rated_here(here), signed_in(here.director)
    answer = going_on(here)
    assert "The ratings come to this level" in browser.get(f"/levels/{episode.pk}/review/").content.decode()
    form = {
        "key": str(uuid4()), "seen": "", "outcome": "continue", "conditions": ["length"], "why": answer.why,
        "next_on": str(answer.next_on), "version": "0", **{f"progress-{number}": "Holds." for number in range(1, 7)},
    }  # fmt: skip
    saved = browser.post(f"/levels/{episode.pk}/review/save/", form)
    assert saved.status_code == 200 and 'name="version" value="1"' in saved.content.decode()
    wrong = browser.post(f"/levels/{episode.pk}/review/", form)
    assert wrong.status_code == 422 and "A length of stay alone decides nothing" in wrong.content.decode()
    assert answer.why in wrong.content.decode()
    right = form | {"conditions": ["progressing", "goals_met"]}  # one of another outcome is out of sight
    where = browser.post(f"/levels/{episode.pk}/review/", right)["Location"]
    assert "Continue at this level" in browser.get(where).content.decode()
    for address in (where + "review.pdf", f"/levels/{episode.pk}/packet.pdf", f"/levels/{episode.pk}/ur.pdf"):
        paper = words_of(browser.get(address).content)
        assert "adult-4" in paper and "endorsed" in paper
    assert "release gate" in words_of(browser.get(f"/levels/{episode.pk}/ur.pdf").content)
    for address in ("packet/", "review/"):
        assert browser.get(f"/levels/{episode.pk}/{address}").status_code == 200
    page = browser.get("/levels/").content.decode()
    assert "Sara Amari" in page
    assert "Nobody here" in browser.get("/levels/?show=higher").content.decode()
    assert browser.get(f"/levels/{episode.pk}/nothing.pdf").status_code == 404
    assert signed_in(here.elsewhere).get(where).status_code == 404


def test_a_facilitators_review_is_confirmed_on_the_page_and_a_rule_is_set_there(here: World) -> None:
    episode = rated_here(here)
    signs(here.director, here.site, at=here.now)
    review = written(here, episode, by=here.facilitator)
    browser = signed_in(here.facilitator)
    asked = {"key": str(uuid4()), "second": here.director.pk, "pin": PIN}
    assert browser.post(f"/levels/reviews/{review.pk}/confirm/", asked | {"pin": "0000"}).status_code == 422
    assert browser.post(f"/levels/reviews/{review.pk}/confirm/", asked).status_code == 302
    assert review.__class__.objects.get(pk=review.pk).confirmation.by == here.director
    director = signed_in(here.director)
    rule = f"/levels/review-rules/{here.php.pk}/"
    assert director.post(rule, {"days": "", "why": ""}).status_code == 422
    done = director.post(rule, {"key": str(uuid4()), "days": "10", "on": ["harm", "use"], "why": "Payer contract"})
    assert done.status_code == 302
    assert "sessions" in ReviewPolicy.objects.get().off
    assert "Payer contract" in director.get("/levels/review-rules/").content.decode()


def test_the_directors_day_counts_the_reviews_that_are_due(here: World) -> None:
    admit(here, client(here, "Ben", "Tran"), here.php, days=40)
    assert "1 level review" in signed_in(here.director).get("/").content.decode()


def test_a_first_score_is_no_change_and_one_that_is_worse_by_what_counts_is() -> None:
    phq = scales()["phq-9"] if "phq-9" in scales() else scales()["phq_9"]
    moments = [datetime(2025, 11, day, tzinfo=UTC) for day in (1, 8, 15)]
    assert list(worsened(phq, phq.measures[0], [(moments[0], 22)])) == []
    found = list(worsened(phq, phq.measures[0], list(zip(moments, (6, 8, 14), strict=True))))
    assert [when for when, _ in found] == [moments[2]] and "worse by 8" in found[0][1]
