"""The pages of the placement list: by role, with everything typed given back, and every act through its form."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from programs.models import Client, PlacementRequest
from staff.rules.capabilities import Role
from tests.admissions.asks import asks, settled
from tests.factories import World, admit, assign, client, world
from tests.signing import signed_in

NEW = "/admissions/new/"
TYPED = {"first_name": "Sara", "last_name": "Amari", "preferred_name": "", "born_on": "1991-09-02"}
FACTS = {"level_wanted": "3.5", "ready_on": "", "payer": "Medicaid", "contact": "mornings"}


@pytest.fixture
def here(db: None) -> World:
    """The pages read the clock."""
    return world(timezone.now())


def key() -> dict[str, str]:
    return {"key": str(uuid4())}


@pytest.mark.parametrize(
    ("name", "status"), [("intake", 200), ("director", 200), ("on_unit", 403), ("facilitator", 403)]
)
def test_the_list_is_for_who_keeps_it(here: World, name: str, status: int) -> None:
    line = asks(here)
    browser = signed_in(getattr(here, name))
    for address in ("/admissions/", NEW, f"/admissions/{line.pk}/"):
        assert browser.get(address).status_code == status
    assert browser.post(f"/admissions/{line.pk}/screen/", {"seen_state": "inquiry"}).status_code in (302, 403)


def test_a_line_of_another_site_does_not_exist_until_one_keeps_that_list_too(here: World) -> None:
    other = PlacementRequest.objects.create(
        client=client(here, "Far", "Away"), site=here.other_site, asked_at=here.now - timedelta(days=1)
    )
    browser = signed_in(here.intake)
    assert browser.get(f"/admissions/{other.pk}/").status_code == 404
    assert "Far Away" not in browser.get("/admissions/?site=hillcrest").content.decode()
    assign(here.intake, here.other_site, Role.INTAKE, at=here.now)
    page = browser.get("/admissions/?site=hillcrest").content.decode()
    assert "Far Away" in page
    assert "change your site in the bar" not in browser.get(f"/admissions/{other.pk}/").content.decode()
    PlacementRequest.objects.filter(pk=other.pk).update(state="approved", level_wanted="3.5")
    assert "change your site in the bar" in browser.get(f"/admissions/{other.pk}/").content.decode()


def test_an_empty_list_says_how_to_begin(here: World) -> None:
    browser = signed_in(here.intake)
    assert "Nobody asks for a place" in browser.get("/admissions/").content.decode()
    assert "Nothing was settled" in browser.get("/admissions/?state=settled").content.decode()
    asks(here, at=here.now)
    assert "Nobody here with these filters" in browser.get("/admissions/?state=approved").content.decode()


def test_an_inquiry_in_two_steps(here: World) -> None:
    browser = signed_in(here.intake)
    page = browser.post(NEW, TYPED).content.decode()
    assert "Nobody like this is known here" in page
    answer = browser.post(NEW, {**TYPED, **FACTS, **key(), "who": "new", "ask": "1", "pregnant": "on"})
    made = PlacementRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/admissions/{made.pk}/")
    assert (made.client.called, made.payer, made.priority, made.ready_on) == ("Sara Amari", "Medicaid", 2, None)


def test_who_is_known_is_shown_and_one_must_be_chosen(here: World) -> None:
    known = asks(here).client
    PlacementRequest.objects.update(state="withdrawn", settled_at=here.now)
    browser = signed_in(here.intake)
    page = browser.post(NEW, TYPED).content.decode()
    assert "Is it one of these?" in page
    assert "R0001" in page and "born 2 Sep 1991" in page and "Never in care here" in page
    answer = browser.post(NEW, {**TYPED, **FACTS, **key(), "ask": "1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose one of these people" in page
    assert 'value="Medicaid"' in page and 'value="mornings"' in page and 'value="3.5" selected' in page
    answer = browser.post(NEW, {**TYPED, **FACTS, **key(), "ask": "1", "who": "new"})
    assert answer.status_code == 422
    assert "Record R0001 (S. Amari) has the same name and birth date." in answer.content.decode()
    assert browser.post(NEW, {**TYPED, **FACTS, **key(), "ask": "1", "who": str(known.pk)}).status_code == 302
    assert Client.objects.count() == 1
    PlacementRequest.objects.filter(settled_at=None).update(state="withdrawn", settled_at=here.now)
    sent = {**TYPED, **FACTS, **key(), "ask": "1", "who": "new", "reason": "A twin."}
    assert browser.post(NEW, sent).status_code == 302
    assert Client.objects.count() == 2


def test_who_asks_here_already_is_a_link_to_that_line_and_who_is_in_care_no_choice(here: World) -> None:
    line = asks(here)
    lena = client(here, "Sarah", "Amari")
    Client.objects.filter(pk=lena.pk).update(born_on="1991-09-02")
    admit(here, lena, here.residential)
    page = signed_in(here.intake).post(NEW, TYPED).content.decode()
    assert f'href="/admissions/{line.pk}/">Open that line' in page
    assert "In care already: no new inquiry is needed" in page
    assert f'value="{lena.pk}"' not in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"first_name": ""}, "Write the first name."),
        ({"last_name": "  "}, "Write the last name."),
        ({"last_name": "x" * 61}, "That is 61 letters; 60 fit."),
        ({"first_name": "Sara \U0001f600"}, "A name is written in letters. Leave out"),
        ({"born_on": "2088-01-01"}, "lies in the future"),
        ({"born_on": "1850-01-01"}, "years ago. Look at the year."),
        ({"born_on": "soon"}, "Write a date: year, month and day."),
        ({"born_on": ""}, "Write the birth date."),
    ],
)
def test_a_wrong_person_comes_back_with_everything_typed(here: World, wrong: dict[str, str], sentence: str) -> None:
    answer = signed_in(here.intake).post(NEW, TYPED | {"preferred_name": "Sal"} | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="Sal"' in page
    for value in wrong.values():
        assert value.strip() in page
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"level_wanted": "9.9"}, "There is no such level."),
        ({"ready_on": "whenever"}, "Write a date: year, month and day."),
        ({"ready_on": "9999-01-01"}, "is far off. Look at the year."),
        ({"payer": "p" * 61}, "That is 61 letters; 60 fit."),
    ],
)
def test_wrong_facts_come_back_with_everything_typed(here: World, wrong: dict[str, str], sentence: str) -> None:
    answer = signed_in(here.intake).post(NEW, {**TYPED, **FACTS, **wrong, **key(), "who": "new", "ask": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="mornings"' in page
    assert not Client.objects.exists()


def test_back_shows_the_person_again_as_typed(here: World) -> None:
    answer = signed_in(here.intake).post(NEW, {**TYPED, **FACTS, "back": "1"})
    assert answer.status_code == 200
    assert 'value="Amari"' in answer.content.decode()


def test_every_act_goes_through_its_form(here: World) -> None:
    line, browser = asks(here, at=here.now - timedelta(hours=5), injects=True), signed_in(here.intake)
    address = f"/admissions/{line.pk}/"
    tomorrow = (here.now.astimezone(here.site.tz) + timedelta(days=1)).date().isoformat()
    begun = (here.now.astimezone(here.site.tz) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")

    def do(act: str, seen: str, **typed: str) -> str:
        answer = browser.post(f"{address}{act}/", {**key(), "seen_state": seen, **typed})
        assert (answer.status_code, answer["Location"]) == (302, f"{address}#main")
        return settled(line).state

    assert do("screen", "inquiry") == "screened"
    assert do("interim", "screened", begun_at=begun) == "screened"
    assert do("approve", "screened", level_wanted="3.5") == "approved"
    assert do("schedule", "approved", on=tomorrow) == "scheduled"
    assert do("unschedule", "scheduled") == "approved"
    assert do("unapprove", "approved") == "screened"
    assert do("refer", "screened", to="Hill House", why="no bed") == "referred"
    assert do("reopen", "referred") == "screened"
    assert do("withdraw", "screened", why="went home") == "withdrawn"
    page = browser.get(address).content.decode()
    for words in ("went home", "Hill House", "S. Amari was screened", "Imani Clarke", "Reopen"):
        assert words in page
    assert "Choose a bed" not in page


def test_a_refused_act_gives_back_what_was_typed_and_the_line_as_it_stands(here: World) -> None:
    line, browser = asks(here, at=here.now), signed_in(here.intake)
    address = f"/admissions/{line.pk}/"
    answer = browser.post(f"{address}withdraw/", {**key(), "seen_state": "inquiry", "why": ""})
    assert (answer.status_code, "Say why they no longer ask." in answer.content.decode()) == (422, True)
    browser.post(f"{address}screen/", {**key(), "seen_state": "inquiry"})
    answer = browser.post(f"{address}withdraw/", {**key(), "seen_state": "inquiry", "why": "went home"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Imani Clarke was quicker" in page and 'value="went home"' in page
    answer = browser.post(f"{address}screen/", {**key(), "seen_state": "inquiry"})
    assert answer.status_code == 422
    assert "Imani Clarke was quicker" in answer.content.decode()
    assert browser.post(f"{address}nothing/", key()).status_code == 404


def test_a_change_over_someone_elses_is_told_and_what_was_typed_stays(here: World) -> None:
    line, browser = asks(here, at=here.now), signed_in(here.intake)
    address = f"/admissions/{line.pk}/"
    seen = browser.get(address).context["page"].version
    assert browser.post(f"{address}change/", {**key(), **FACTS, "seen": seen}).status_code == 302
    answer = browser.post(f"{address}change/", {**key(), **FACTS, "payer": "Aetna", "seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Imani Clarke was quicker" in page and 'value="Aetna"' in page
    assert settled(line).payer == "Medicaid"
    assert browser.post(f"{address}change/", {**key(), **FACTS}).status_code == 422


def test_a_step_from_the_list_answers_the_list(here: World) -> None:
    line, browser = asks(here, at=here.now), signed_in(here.intake)
    address, htmx = f"/admissions/{line.pk}/screen/?site=riverbend&state=inquiry", {"HX-Request": "true"}
    answer = browser.post(address, {"seen_state": "inquiry"}, headers=htmx)
    assert answer.status_code == 200
    assert answer.content.decode().startswith(f'<div id="counts-{here.site.pk}"')
    assert "Nobody here with these filters" in answer.content.decode()
    answer = browser.post(address, {"seen_state": "inquiry"}, headers=htmx)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#refusal")
    assert "Imani Clarke was quicker" in answer.content.decode()


def test_the_notice_stands_above_the_list_until_the_state_is_told(here: World) -> None:
    for number, bed in enumerate(here.beds):
        admit(here, client(here, f"In{number}", "Row"), here.residential, bed)
    browser = signed_in(here.intake)
    assert "Residential 3.5 is at 100 % of its license" in browser.get("/admissions/").content.decode()
    told = f"/admissions/capacity/{here.residential.pk}/told/"
    assert browser.post(told, key()).status_code == 302
    assert "of its license" not in browser.get("/admissions/").content.decode()
    assert browser.post(told, key(), headers={"HX-Request": "true"}).status_code == 422
