"""The papers of the group rooms by address: who may have them, that each opening is on the trail, and what a wrong range says."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.models import Event
from groups import actions
from programs.models import Client
from staff.rules.capabilities import Role
from tests.factories import World, assign, person, world
from tests.factories.sessions import attended, group, part
from tests.signing import signed_in as as_


@pytest.fixture
def here(db: None) -> World:
    return world(datetime.now(UTC))


def signed(here: World) -> tuple[int, list[Client]]:
    """A session with a signed note, and its members."""
    where, people = group(here, 2, since=200)
    for who in people:
        attended(where, who, here.facilitator)
        part(where, "member", here.facilitator, f"Words of {who.last_name}.", who)
    actions.sign_parts(by=here.facilitator, at=here.now, session_id=where.pk)
    return where.pk, people


def test_a_sign_in_sheet_goes_to_whoever_sees_groups_and_is_on_the_trail(here: World) -> None:
    pk, _ = signed(here)
    technician = assign(person("tech", "Tal Tech"), here.site, Role.TECHNICIAN, at=here.now)
    answer = as_(technician).get(f"/groups/{pk}/sign-in.pdf")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert answer["Cache-Control"] == "private, no-store"
    event = Event.objects.get(verb="groups.sheet_printed")
    assert (event.by_id, event.site_id, event.client_id) == (technician.pk, here.site.pk, None)
    assert as_(here.elsewhere).get(f"/groups/{pk}/sign-in.pdf").status_code == 404


def test_a_note_is_for_whoever_may_open_that_chart(here: World) -> None:
    pk, [amira, ben] = signed(here)
    answer = as_(here.on_unit).get(f"/groups/{pk}/notes/{amira.pk}.pdf")
    assert answer.content.startswith(b"%PDF")
    assert amira.record_number in answer["Content-Disposition"]
    event = Event.objects.get(verb="groups.note_printed")
    assert (event.by_id, event.client_id) == (here.on_unit.pk, amira.pk)
    assert ben.last_name not in event.summary
    biller = assign(person("bill", "Bo Bill"), here.site, Role.BILLER, at=here.now)
    assert as_(biller).get(f"/groups/{pk}/notes/{amira.pk}.pdf").status_code == 403
    assert as_(here.elsewhere).get(f"/groups/{pk}/notes/{amira.pk}.pdf").status_code == 404
    assert as_(here.on_unit).get(f"/groups/{10**8}/notes/{amira.pk}.pdf").status_code == 404
    assert Event.objects.filter(verb="groups.note_printed").count() == 1


def test_who_sits_in_no_session_has_no_note_of_it(here: World) -> None:
    pk, _ = signed(here)
    [other] = group(here, 1)[1]
    assert as_(here.facilitator).get(f"/groups/{pk}/notes/{other.pk}.pdf").status_code == 404


def test_the_chart_links_the_note_where_something_of_it_is_signed(here: World) -> None:
    pk, [amira, _] = signed(here)
    assert f"/groups/{pk}/notes/{amira.pk}.pdf" in as_(here.on_unit).get(f"/clients/{amira.pk}/").content.decode()
    draft, [zoe] = group(here, 1)
    attended(draft, zoe, here.facilitator)
    part(draft, "member", here.facilitator, "A draft.", zoe)
    page = as_(here.on_unit).get(f"/clients/{zoe.pk}/").content.decode()
    assert f"/groups/{draft.pk}/notes/" not in page
    assert f"/groups/clients/{zoe.pk}/weeks/" in page


@pytest.mark.parametrize(("paper", "words"), [("attendance", "attendance printed"), ("hours", "hours letter printed")])
def test_weeks_on_paper_are_for_whoever_sees_groups_and_on_the_trail(here: World, paper: str, words: str) -> None:
    _, [amira, _] = signed(here)
    biller = assign(person("bill", "Bo Bill"), here.site, Role.BILLER, at=here.now)
    today = here.now.astimezone(here.site.tz).date()
    first = today - timedelta(days=20)
    answer = as_(biller).get(f"/groups/clients/{amira.pk}/{paper}.pdf?from={first}&to={today}")
    assert answer.content.startswith(b"%PDF")
    event = Event.objects.get(verb="groups.weeks_opened")
    assert (event.by_id, event.client_id) == (biller.pk, amira.pk)
    assert words in event.summary


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("from=soon", "is not a date"),
        ("from=2020-01-01&to=2020-12-31", "one paper covers at most 92"),
        ("to=2999-01-01", "has not come yet"),
        ("from=2020-02-02&to=2020-02-01", "would end before it"),
    ],
)
def test_a_wrong_range_is_told_and_nothing_is_printed(here: World, asked: str, sentence: str) -> None:
    _, [amira, _] = signed(here)
    answer = as_(here.facilitator).get(f"/groups/clients/{amira.pk}/attendance.pdf?{asked}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Event.objects.filter(verb="groups.weeks_opened").exists()
