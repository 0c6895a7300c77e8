"""Whose chart is one's own, and what it takes to open another: a reason, a PIN, an hour, and somebody who looks at it afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client as Session
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.rules.findings import Refused
from chart.access import GlassShut, client_for, client_with
from chart.actions.break_glass import (
    OPENS,
    break_glass,
    end_glass,
    purpose,
    review_due,
    review_glass,
)
from chart.models import BreakGlass, BreakGlassPaper, BreakGlassReview, NoteDraft, Task, TeamMember
from chart.queries.break_glass import SEEN, to_review
from chart.rules.break_glass import Judged, Why
from groups.models import Attendance
from programs.desk import Desk
from programs.models import Client, Episode, Placement, PlacementRequest
from programs.rules.access_policy import AccessPolicy, ChartAccess
from staff.access import posts
from staff.models import Duty, Person
from staff.rules.capabilities import Capability, Role
from tests.factories import PIN, World, admit, client, signs, world
from tests.factories.people import proof_of
from tests.signing import signed_in

DAY = timedelta(days=1)
WORDS = "He rang and asked what he was allergic to."
TEAM = AccessPolicy(chart_access=ChartAccess.TEAM)


@pytest.fixture
def here(db: None) -> World:
    """The pages read the clock, so the world stands at it."""
    return world(datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=5))


def gone(here: World, who: Client, *, days: int, at: Any = None) -> Client:
    """Somebody who was discharged that many days ago."""
    episode = admit(here, who, at or here.iop, days=days + 20)
    ended = here.now - days * DAY
    Placement.objects.filter(episode=episode).update(ended_at=ended)
    Episode.objects.filter(pk=episode.pk).update(ended_at=ended, ended_as="completed")
    return who


@pytest.fixture
def left(here: World) -> Client:
    """Gone for ten weeks."""
    return gone(here, client(here, "Bo", "Falk"), days=70)


def desk(here: World, who: Person, access: AccessPolicy = AccessPolicy()) -> Desk:  # noqa: B008 - frozen
    held = posts(who, here.now)
    return Desk(who, here.site, held[0].role, held, here.now, access)


def broken(here: World, who: Person, what: Client) -> BreakGlass:
    """The act, with the rows of a PIN that was right."""
    if not Duty.objects.filter(person=who).exists():
        signs(who, here.site, at=here.now)
    proof = proof_of(who, here.site, at=here.now, purpose=purpose(OPENS, what.pk))
    return break_glass(
        by=who, at=here.now, client_id=what.pk, site_id=here.site.pk, why=Why.RETURNING, words=WORDS, proof_id=proof.pk
    )


def opens(here: World, who: Person, what: Client, access: AccessPolicy = AccessPolicy()) -> bool:  # noqa: B008
    """Whether a chart opens without breaking anything."""
    try:
        return client_for(desk(here, who, access), what.pk) == what
    except GlassShut:
        return False


def test_by_the_rule_of_the_site_everybody_who_is_here_is_ones_own(here: World, left: Client) -> None:
    sara, lately = client(here, "Sara", "Amari"), gone(here, client(here, "Lou", "Ito"), days=29)
    admit(here, sara, here.residential, here.beds[0])
    assert opens(here, here.facilitator, sara)
    assert opens(here, here.facilitator, lately)
    assert not opens(here, here.facilitator, left)


def test_who_only_asked_for_a_place_is_open_to_who_keeps_the_list(here: World) -> None:
    asked = client(here, "Noor", "Haddad", asks_for="3.5")
    assert opens(here, here.intake, asked)
    assert not opens(here, here.on_unit, asked)
    PlacementRequest.objects.update(settled_at=here.now, state="withdrawn")
    assert not opens(here, here.intake, asked)


def team(here: World, episode: Episode) -> None:
    TeamMember.objects.create(
        client=episode.client, person=here.facilitator, part="counsellor", started_at=here.now - DAY, by=here.director
    )


def counsellor(here: World, episode: Episode) -> None:
    Episode.objects.filter(pk=episode.pk).update(primary_clinician=here.facilitator)


def drafting(here: World, episode: Episode) -> None:
    NoteDraft.objects.create(
        episode=episode, template="narrative", by=here.facilitator, begun_at=here.now, saved_at=here.now
    )


def group(here: World, episode: Episode) -> None:
    from groups.models.sessions import Session as Meeting

    made = Meeting.objects.create(
        site=here.site, kind="individual", client=episode.client, topic="Talk", started_at=here.now - DAY,
        ended_at=here.now - DAY + timedelta(hours=1),
    )  # fmt: skip
    made.facilitators.add(here.facilitator)
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("makes_own", [team, counsellor, drafting, group])
def test_by_the_rule_of_the_team_only_ones_own_open(makes_own: Callable[[World, Episode], None], here: World) -> None:
    episode = admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])
    assert not opens(here, here.facilitator, episode.client, TEAM)
    makes_own(here, episode)
    assert opens(here, here.facilitator, episode.client, TEAM)
    assert not opens(here, here.cofacilitator, episode.client, TEAM)


def test_a_nurse_on_duty_has_who_sleeps_there_and_nobody_else(here: World) -> None:
    asleep = admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0]).client
    evenings = admit(here, client(here, "Lou", "Ito"), here.iop).client
    assert not opens(here, here.on_unit, asleep, TEAM)
    signs(here.on_unit, here.site, at=here.now)
    assert opens(here, here.on_unit, asleep, TEAM)
    assert not opens(here, here.on_unit, evenings, TEAM)
    signs(here.facilitator, here.site, at=here.now)
    assert not opens(here, here.facilitator, asleep, TEAM)


def test_somebody_of_another_site_does_not_exist_and_nothing_says_otherwise(here: World, left: Client) -> None:
    for pk in (left.pk, 987654321):
        with pytest.raises(Http404):
            client_for(Desk(here.elsewhere, here.other_site, Role.NURSE, posts(here.elsewhere, here.now), here.now), pk)
    session = signed_in(here.elsewhere)
    for where in ("/clients/{}/", "/clients/{}/glass/", "/clients/{}/glass/print/"):
        answers = [session.get(where.format(pk)) for pk in (left.pk, 987654321)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({answer.content for answer in answers}) == 1


def test_the_page_asks_why_and_for_the_pin_and_leads_on(here: World, left: Client) -> None:
    signs(here.on_unit, here.site, at=here.now)
    session = signed_in(here.on_unit)
    chart = f"/clients/{left.pk}/notes/"
    answer = session.get(chart)
    assert answer["Location"] == f"/clients/{left.pk}/glass/?next=%2Fclients%2F{left.pk}%2Fnotes%2F"
    assert session.get(chart, headers={"HX-Request": "true"}).status_code == 403
    form = session.get(answer["Location"]).content.decode()
    assert [why for why in Why if f'value="{why.value}"' not in form or why.label not in form] == []
    asked = {"why": "returning", "words": WORDS, "pin": PIN, "next": chart}
    for wrong in ({"why": ""}, {"words": "because"}, {"pin": "0000"}, {"pin": ""}):
        assert session.post(f"/clients/{left.pk}/glass/", asked | wrong).status_code == 422
    assert not BreakGlass.objects.exists()
    assert session.post(f"/clients/{left.pk}/glass/", asked)["Location"] == chart
    page = session.get(chart).content.decode()
    assert "Opened in an emergency" in page
    assert "closes in 60 minutes" in page
    assert session.get(f"/clients/{left.pk}/glass/").status_code == 302


def test_it_opens_one_chart_to_one_person_for_an_hour(here: World, left: Client) -> None:
    other = gone(here, client(here, "Max", "Ode"), days=90)
    glass = broken(here, here.on_unit, left)
    assert opens(here, here.on_unit, left)
    assert not opens(here, here.on_unit, other)
    assert not opens(here, here.second_nurse, left)
    with pytest.raises(Refused, match="opened this chart already"):
        broken(here, here.on_unit, left)
    here.now = glass.ends_at - timedelta(seconds=1)
    assert opens(here, here.on_unit, left)
    here.now = glass.ends_at
    assert not opens(here, here.on_unit, left)


def test_end_now_closes_it_again(here: World, left: Client) -> None:
    glass = broken(here, here.on_unit, left)
    session = signed_in(here.on_unit)
    assert signed_in(here.second_nurse).post(f"/clients/glass/{glass.pk}/end/").status_code == 404
    assert session.post(f"/clients/glass/{glass.pk}/end/").status_code == 302
    assert session.get(f"/clients/{left.pk}/")["Location"].startswith(f"/clients/{left.pk}/glass/")
    with pytest.raises(Refused, match="closed to you again"):
        end_glass(by=here.on_unit, at=datetime.now(UTC), glass_id=glass.pk)


def test_every_page_that_is_seen_is_written_down(here: World, left: Client) -> None:
    glass, session = broken(here, here.on_unit, left), signed_in(here.on_unit)
    session.get(f"/clients/{left.pk}/")
    session.get(f"/clients/{left.pk}/notes/")
    session.get("/beds/")
    seen = Event.objects.filter(verb=SEEN).order_by("pk")
    assert [each.detail["path"] for each in seen] == [f"/clients/{left.pk}/", f"/clients/{left.pk}/notes/"]
    assert {(each.subject_id, each.client_id, each.by_id) for each in seen} == {(glass.pk, left.pk, here.on_unit.pk)}


def test_no_paper_without_a_second_step(here: World, left: Client) -> None:
    glass, session = broken(here, here.on_unit, left), signed_in(here.on_unit)
    paper, step = f"/clients/{left.pk}/papers/face/", f"/clients/{left.pk}/glass/print/"
    assert session.get(paper)["Location"].startswith(step)
    assert session.post(step, {"words": WORDS, "pin": "0000"}).status_code == 422
    assert session.post(step, {"words": WORDS, "pin": PIN, "next": paper})["Location"] == paper
    assert session.get(paper)["Content-Type"] == "application/pdf"
    assert BreakGlassPaper.objects.get().glass == glass


def test_the_review_is_due_on_the_next_working_day_and_is_somebody_elses(here: World, left: Client) -> None:
    friday = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    assert review_due(here.site, friday) == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)  # Monday, 17:00 in New York
    glass = broken(here, here.director, left)
    asked: dict[str, Any] = {"at": here.now, "glass_id": glass.pk, "judged": Judged.RIGHT, "words": ""}
    with pytest.raises(Refused, match="Somebody else reviews"):
        review_glass(by=here.director, **asked)
    with pytest.raises(Refused, match="may not review"):
        review_glass(by=here.on_unit, **asked)
    task = Task.objects.get(kind="glass")
    assert (task.due_at, task.capability) == (glass.review_due_at, Capability.REVIEW_GLASS.value)
    assert [each.row.pk for each in to_review(here.site.pk, here.now)] == [glass.pk]


def test_a_director_reviews_it_on_the_page_once(here: World, left: Client) -> None:
    glass, session = broken(here, here.on_unit, left), signed_in(here.director)
    where = f"/clients/glass/{glass.pk}/"
    assert left.called in session.get("/clients/glass/").content.decode()
    page = session.get(where).content.decode()
    assert WORDS in page
    assert [each for each in Judged if each.label not in page] == []
    assert session.post(where, {"judged": "wrong", "words": ""}).status_code == 422
    assert session.post(where, {"judged": "right", "words": ""}).status_code == 302
    assert to_review(here.site.pk, here.now) == []
    assert Task.objects.get(kind="glass").outcome == Judged.RIGHT.label
    assert b"Somebody reviewed this already" in session.post(where, {"judged": "right"}).content


@pytest.mark.parametrize(
    ("broken_by", "wall"),
    [
        ({"words": "because"}, "chart_glass_says_why"), ({"ends_at": timedelta(hours=5)}, "chart_glass_ends_in_time"),
        ({"person": "second_nurse"}, "chart_glass_signed_by_its_person"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_glass_that_says_nothing_lasts_or_is_anothers(
    broken_by: dict[str, Any], wall: str, here: World, left: Client
) -> None:
    signs(here.on_unit, here.site, at=here.now)
    proof = proof_of(here.on_unit, here.site, at=here.now, purpose="x")
    fields: dict[str, Any] = {
        "person": here.on_unit, "client": left, "site": here.site, "why": "asked", "words": WORDS, "proof": proof,
        "started_at": here.now, "ends_at": here.now + timedelta(hours=1), "review_due_at": here.now + DAY,
    }  # fmt: skip
    for name, value in broken_by.items():
        fields[name] = here.now + value if isinstance(value, timedelta) else getattr(here, value, value)
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        BreakGlass.objects.create(**fields)


def test_the_database_keeps_it_and_lets_nobody_review_their_own(here: World, left: Client) -> None:
    glass = broken(here, here.on_unit, left)
    for change in ({"words": "Something else entirely."}, {"ends_at": here.now + timedelta(hours=2)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BreakGlass.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.all().delete()
    with pytest.raises(IntegrityError, match="chart_glass_reviewed_by_another"), transaction.atomic():
        BreakGlassReview.objects.create(glass=glass, by=here.on_unit, at=here.now, judged="right")


def test_the_check_is_part_of_the_one_query(here: World, left: Client) -> None:
    admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])
    broken(here, here.on_unit, left)
    for access in (AccessPolicy(), TEAM):
        stands = desk(here, here.on_unit, access)
        with CaptureQueriesContext(connection) as asked:
            client_with(stands, left.pk, Capability.OPEN_CHART)
        assert len(asked) == 1


def test_what_was_left_behind_is_handed_out_to_whom_it_belongs(here: World, left: Client) -> None:
    session: Session = signed_in(here.on_unit)
    assert session.get(f"/clients/{left.pk}/facts/belongings/").status_code == 200


def test_a_release_has_its_own_gate_and_never_rests_on_broken_glass(here: World, left: Client) -> None:
    stands = desk(here, here.director)
    assert client_with(stands, left.pk, Capability.RELEASE) == left
    assert stands.glass == []
    broken(here, here.director, left)
    assert client_with(stands, left.pk, Capability.RELEASE) == left
    assert stands.glass == []
