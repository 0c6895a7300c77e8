"""A paper in the client's hands: the tablet is locked to it, they sign or do not, and it comes back against a PIN."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone

from audit.models import Event
from chart.actions.belongings import INVENTORY, take_inventory
from chart.actions.safety import write_safety_plan
from chart.models import BelongingEnd, PlanAgreement, SafetySigning
from live.access import HANDED_OVER
from programs.models import Client
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import PIN, World, admit, assign, client, person, signs, world
from tests.factories.people import proof_of
from tests.factories.plans import SIGNATURE, signed
from tests.signing import signed_in

PAGE = "/clients/hand-over/"
DRAWN = {"strokes": json.dumps(SIGNATURE)}


@pytest.fixture
def now() -> datetime:
    """The pages read the clock."""
    return timezone.now()


@pytest.fixture
def here(db: None, now: datetime) -> World:
    return world(now)


@pytest.fixture
def elin(here: World) -> Client:
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


def taken_back(browser: Browser, here: World, who: Person) -> str:
    """Where the page leads when the tablet is back."""
    wrong = browser.post(f"{PAGE}back/", {"pin": "0000"})
    assert (wrong.status_code, HANDED_OVER in browser.session) == (422, True)
    signs(who, here.site, at=here.now)
    answer = browser.post(f"{PAGE}back/", {"pin": PIN})
    assert HANDED_OVER not in browser.session
    return str(answer["Location"])


def test_a_plan_is_signed_on_a_tablet_that_shows_nothing_else(here: World, elin: Client) -> None:
    plan = signed(elin.episodes.get(), here.facilitator, here.now - timedelta(hours=1))
    browser = signed_in(here.facilitator)
    assert "<canvas" not in browser.get(f"/clients/{elin.pk}/plan/{plan.pk}/answer/").content.decode()
    answer = browser.post(f"/clients/{elin.pk}/plan/{plan.pk}/hand/")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = browser.get(PAGE).content.decode()
    assert "Sleep without alcohol" in page and "<canvas" in page
    assert browser.get(f"/clients/{elin.pk}/")["Location"] == PAGE
    assert browser.post(f"/clients/{elin.pk}/plan/{plan.pk}/answer/", {"kind": "refused"}).status_code == 403

    empty = browser.post(PAGE, {"strokes": ""})
    assert (empty.status_code, PlanAgreement.objects.count()) == (422, 0)
    assert browser.post(PAGE, DRAWN).status_code == 302
    assert browser.post(PAGE, DRAWN).status_code == 200  # sent twice: it is closed
    row = PlanAgreement.objects.get()
    assert (row.kind, row.by, row.plan) == ("drawn", here.facilitator, plan)
    page = browser.get(PAGE).content.decode()
    assert "Thank you." in page and "Sleep without alcohol" not in page
    assert taken_back(browser, here, here.facilitator) == f"/clients/{elin.pk}/plan/"
    assert list(Event.objects.filter(verb__startswith="chart.hand_sign").order_by("pk").values_list("verb", flat=True)) == [
        "chart.hand_sign", "chart.hand_sign_back",
    ]  # fmt: skip


def test_who_does_not_sign_closes_it_and_nothing_is_written(here: World, elin: Client) -> None:
    plan = signed(elin.episodes.get(), here.facilitator, here.now - timedelta(hours=1))
    browser = signed_in(here.facilitator)
    browser.post(f"/clients/{elin.pk}/plan/{plan.pk}/hand/")
    assert browser.post(PAGE, {"act": "stop"}).status_code == 302
    assert "Nothing was signed." in browser.get(PAGE).content.decode()
    browser.post(PAGE, DRAWN)
    assert not PlanAgreement.objects.exists()
    assert browser.post(f"{PAGE}out/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_a_safety_plan_is_signed_with_what_staff_wrote_beside_it(here: World, elin: Client) -> None:
    words = {"signs": "I stop answering the phone.", "ask": "My sister, 555 0134"}
    plan = write_safety_plan(by=here.facilitator, at=here.now, client_id=elin.pk, sections=words, seen=0)
    browser = signed_in(here.facilitator)
    sheet = f"/clients/{elin.pk}/facts/safety/{plan.pk}/answer/"
    answer = browser.post(sheet, {"key": uuid4(), "how": "drawn", "note": "Read out together", "hand": "1"})
    assert (answer.status_code, answer.get("Location")) == (302, PAGE)
    assert "I stop answering the phone." in browser.get(PAGE).content.decode()
    browser.post(PAGE, DRAWN)
    row = SafetySigning.objects.get()
    assert (row.how, row.note, bool(row.strokes)) == ("drawn", "Read out together", True)
    assert taken_back(browser, here, here.facilitator) == f"/clients/{elin.pk}/facts/safety/"


def test_a_technician_hands_the_tablet_over_for_a_thing_that_goes_back(here: World, elin: Client) -> None:
    tech = assign(person("tech", "Ty Under"), here.site, Role.TECHNICIAN, at=here.now)
    signs(here.second_nurse, here.site, at=here.now)
    proof = proof_of(here.second_nurse, here.site, at=here.now, purpose=INVENTORY)
    item = {"kind": "phone", "description": "Phone", "count": "1", "value": "", "kept": "Locker", "bag": "", "note": ""}
    row = take_inventory(by=here.on_unit, at=here.now, client_id=elin.pk, items=[item], proof_id=proof.pk)
    browser = signed_in(tech)
    sheet = f"/clients/{elin.pk}/facts/belongings/{row.items.get().pk}/end/"
    typed = {"key": uuid4(), "how": "returned", "to": "", "signed_as": "Elin Novak", "note": "", "hand": "1"}
    assert browser.post(sheet, typed)["Location"] == PAGE
    assert "Phone" in browser.get(PAGE).content.decode()
    browser.post(PAGE, DRAWN)
    end = BelongingEnd.objects.get()
    assert (end.by, end.signed_as, bool(end.strokes)) == (tech, "Elin Novak", True)
    assert taken_back(browser, here, tech) == f"/clients/{elin.pk}/facts/belongings/"


def test_a_tablet_that_keeps_a_pass_is_not_handed_over(here: World, elin: Client) -> None:
    plan = signed(elin.episodes.get(), here.facilitator, here.now - timedelta(hours=1))
    browser = signed_in(here.facilitator)
    browser.cookies["stepwell_tablet"] = "1"
    browser.post(f"/clients/{elin.pk}/plan/{plan.pk}/hand/")
    assert HANDED_OVER not in browser.session
