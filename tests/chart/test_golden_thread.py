"""The golden thread: notes and group parts name objectives, and each objective shows what was done for it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from audit.rules.findings import Refused
from chart.actions import score
from chart.actions.agreements import answer_plan
from chart.actions.objectives import say_objective
from chart.actions.plans import sign_plan, write_wish
from chart.models import Note, NoteObjective, Plan
from chart.queries.objective_page import objective_page
from chart.queries.plan_page import plan_page
from chart.queries.plans import objectives_of
from chart.scales import scale
from groups import actions as groups
from groups.access import viewer_of
from groups.models import MemberNoteObjective, Part, Session
from groups.queries import session_page
from programs.contributions import objective_work, timeline
from programs.models import Client
from tests.factories import World
from tests.factories.plans import SIGNATURE, day, draft, later, objective, signed
from tests.factories.sessions import attended, group
from tests.signing import signed_in
from tests.timeline import EVER

MINUTE = timedelta(minutes=1)


@pytest.fixture
def met(here: World) -> tuple[Session, list[Client], Plan]:
    """A group that runs, its members, and the first one's signed plan."""
    session, people = group(here)
    for each in people:
        attended(session, each, by=here.facilitator)
    return session, people, signed(people[0].episodes.get(), here.facilitator, here.now - timedelta(days=1))


def name(here: World, session: Session, who: Client, *pks: int, **more: Any) -> Part:
    asked: dict[str, Any] = {
        "by": here.facilitator,
        "at": here.now,
        "session_id": session.pk,
        "client_id": who.pk,
    } | more
    return groups.name_objectives(objective_ids=list(pks), **asked)


def write(here: World, session: Session, who: Client, text: str) -> Part:
    return groups.write_part(
        by=here.facilitator,
        at=here.now,
        session_id=session.pk,
        section="member",
        client_id=who.pk,
        text=text,
        version=0,
    )


def test_a_members_part_is_prompted_by_their_own_objectives_and_names_them(here: World, met: Any) -> None:
    session, people, plan = met
    viewer = viewer_of(here.facilitator, here.site.pk, here.now)
    assert viewer is not None
    cards = {
        card.client_id: card.objectives for card in session_page(session, viewer, here.now).cards if card.client_id
    }
    assert [(each.number, each.chosen) for each in cards[people[0].pk]] == [("1.1", False), ("1.2", False)]
    assert cards[people[1].pk] == ()

    part = name(here, session, people[0], objective(plan).pk)
    card = session_page(session, viewer, here.now).card(f"m{people[0].pk}")
    assert card is not None
    assert [each.chosen for each in card.objectives] == [True, False]
    name(here, session, people[0], objective(plan, 1).pk)
    assert [link.objective_id for link in part.objective_links.all()] == [objective(plan, 1).pk]


def test_the_page_sends_the_choice_and_shows_it(here: World, met: Any) -> None:
    session, people, plan = met
    sent = {"objective": [objective(plan).pk], "key": uuid4()}
    address = reverse("groups:name_objectives", args=[session.pk, f"m{people[0].pk}"])
    answer = signed_in(here.facilitator).post(address, sent)
    assert answer.status_code == 200
    assert f'value="{objective(plan).pk}" checked' in answer.content.decode()
    assert signed_in(here.on_unit).post(address, sent).status_code == 403
    assert signed_in(here.facilitator).post(address.replace(f"m{people[0].pk}", "topic"), sent).status_code == 404


def test_a_neighbours_objective_is_refused_by_the_act_and_by_the_database(here: World, met: Any) -> None:
    session, people, plan = met
    with pytest.raises(Refused, match="no open objective of this member's plan"):
        name(here, session, people[1], objective(plan).pk)
    part = write(here, session, people[1], "Spoke of her week.")
    with pytest.raises(IntegrityError, match="own client"), transaction.atomic():
        MemberNoteObjective.objects.create(part=part, objective=objective(plan), at=here.now, by=here.facilitator)


def test_what_a_signed_part_names_is_sealed_with_it(here: World, met: Any) -> None:
    session, people, plan = met
    name(here, session, people[0], objective(plan).pk)
    write(here, session, people[0], "Used the sleep plan twice.")
    groups.sign_parts(by=here.facilitator, at=here.now, session_id=session.pk)
    with pytest.raises(Refused, match="signed"):
        name(here, session, people[0])
    with pytest.raises((IntegrityError, InternalError), match="sealed with it"), transaction.atomic():
        MemberNoteObjective.objects.all().delete()
    viewer = viewer_of(here.facilitator, here.site.pk, here.now)
    assert viewer is not None
    card = session_page(session, viewer, here.now).card(f"m{people[0].pk}")
    assert card is not None
    assert [each.words for each in card.objectives] == ["Fewer withdrawal signs"]


def test_an_objective_shows_what_was_done_for_it_through_the_versions(here: World, met: Any) -> None:
    session, people, first = met
    episode, one = people[0].episodes.get(), objective(first)
    name(here, session, people[0], one.pk)
    write(here, session, people[0], "Used the sleep plan twice.")
    groups.sign_parts(by=here.facilitator, at=here.now, session_id=session.pk)
    second = draft(episode, here.facilitator, here.now, first)
    write_wish(
        by=here.facilitator,
        at=here.now,
        plan_id=second.pk,
        before=(first.wish, None),
        wish=first.wish,
        review_on=day(here.now, 9),
    )
    second.refresh_from_db()
    sign_plan(by=here.facilitator, at=later(here.now, minutes=5), plan_id=second.pk, revision=second.revision)

    at = later(here.now, minutes=10)
    found = objective_page(objective(second), here.site, at)
    assert [(each.kind, each.line, each.by) for each in found.work] == [
        ("group", "Used the sleep plan twice.", "LPC Danso")
    ]
    assert found.versions == (1, 2)
    assert found.since == first.signed_at
    assert objective_page(one, here.site, at).work == found.work
    assert objective_work([], at) == []


def test_a_retracted_note_did_nothing_for_an_objective(here: World, met: Any) -> None:
    _, people, plan = met
    note = Note.objects.create(
        episode=people[0].episodes.get(), site=here.site, kind="progress", text="Talked about sleep.", about_at=here.now,
        written_at=here.now, by=here.facilitator, sha256="x",
    )  # fmt: skip
    NoteObjective.objects.create(note=note, objective=objective(plan))
    assert [each.line for each in objective_work([objective(plan).pk], here.now)] == ["Talked about sleep."]
    Note.objects.create(
        episode=note.episode, site=here.site, kind="progress", text="Entered in error.", about_at=here.now, sha256="y",
        written_at=here.now + MINUTE, by=here.facilitator, amendment="retraction", reason="Other client", corrects=note, root=note,
    )  # fmt: skip
    assert objective_work([objective(plan).pk], here.now + MINUTE) == []
    assert len(objective_work([objective(plan).pk], here.now)) == 1


def test_two_quiet_weeks_are_loud_and_a_deferred_objective_rests(
    here: World, met: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, people, plan = met
    name(here, session, people[0], objective(plan).pk)
    write(here, session, people[0], "Used the sleep plan twice.")
    groups.sign_parts(by=here.facilitator, at=here.now, session_id=session.pk)
    quiet = {
        days: [each.quiet for each in plan_page(plan, here.site, later(here.now, days=days)).going.values()]
        for days in (12, 13, 14)
    }
    assert quiet == {12: [0, 0], 13: [0, 14], 14: [14, 15]}
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(here.now, days=13))
    page = signed_in(here.facilitator).get(reverse("chart:plan_objective", args=[people[0].pk, objective(plan, 1).pk]))
    assert "Nothing was done for this objective for 14 days" in page.content.decode()
    say_objective(
        by=here.facilitator, at=later(here.now, days=13), objective_id=objective(plan, 1).pk, status="deferred",
        words="After the court date",
    )  # fmt: skip
    assert plan_page(plan, here.site, later(here.now, days=14)).quiet == 1
    assert [each.number for each in objectives_of([people[0].pk], later(here.now, days=14))[people[0].pk]] == ["1.1"]


def test_scores_since_the_signature_are_drawn_with_baseline_and_target(here: World, met: Any) -> None:
    _, people, plan = met
    known = scale("ciwa_ar")
    assert known is not None
    answers = {item.code: 1 for item in known.items}
    score(by=here.on_unit, at=here.now, episode_id=people[0].episodes.get().pk, scale="ciwa_ar", answers=answers)
    found = objective_page(objective(plan), here.site, later(here.now, hours=1))
    assert found.trend is not None
    assert [each.total for each in found.trend.readings] == [10]
    assert [(aim.kind, aim.words) for aim in found.aims] == [("baseline", "Baseline 18"), ("target", "Target 6")]
    assert found.aims[0].y < found.trend.drawn.points[0].y < found.aims[1].y
    assert found.going.percent == 66


def test_the_timeline_tells_signed_answered_and_met(here: World, met: Any) -> None:
    _, people, plan = met
    answer_plan(by=here.facilitator, at=here.now, plan_id=plan.pk, kind="drawn", strokes=SIGNATURE)
    say_objective(by=here.facilitator, at=here.now, objective_id=objective(plan).pk, status="met", words="CIWA-Ar 4")
    told = [each.title for each in timeline(people[0].pk, *EVER, here.now) if each.kind == "plan"]
    assert told == ["The client signed the plan", "Objective met", "Treatment plan signed, version 1"]
    since, until = here.now - timedelta(days=2), here.now
    assert [each.title for each in timeline(people[0].pk, since, until, here.now) if each.kind == "plan"] == told[2:]
