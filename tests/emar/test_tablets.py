"""Tablets: registered by who may, known by a cookie, heard of, sent in the right name only, and revoked for ever."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from audit.models import Event
from audit.rules.findings import Refused
from emar import device
from emar.actions.offline import register_tablet, revoke_tablet
from emar.models import Administration, Tablet, Unsettled
from emar.queries.tablets import tablet_rows
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning
from tests.emar.tablets import CONTACT, PASS, QUEUE, Device, device_of, said_of, tablet
from tests.emar.talk import due_now, post, signed_in


def due(morning: Morning) -> str:
    return morning.thiamine.started_at.isoformat()


def said_now(cart: Device, morning: Morning, **changes: object) -> dict[str, object]:
    return said_of(morning, cart.person, datetime.now(UTC), due_at=due(morning)) | changes


@pytest.fixture
def cart(db: None) -> tuple[Device, Morning]:
    """A tablet in the hands of the nurse on the unit, who was online a moment ago."""
    morning = due_now()
    held = device_of(morning.here, morning.here.on_unit)
    assert held.contact()[0] == 200
    return held, morning


def test_only_who_looks_after_tablets_registers_one_and_a_name_stands_once(morning: Morning) -> None:
    here = morning.here
    tablet(here)
    with pytest.raises(Refused, match="Another tablet of this site has that name"):
        tablet(here)
    with pytest.raises(NotAllowed):
        register_tablet(by=here.on_unit, at=NOW, site_id=here.site.pk, name="Mine", secret_sha256="x")
    with pytest.raises(Refused, match="name that stands on it"):
        register_tablet(by=here.director, at=NOW, site_id=here.site.pk, name=" ", secret_sha256="x")
    assert Event.objects.filter(verb="emar.register_tablet").count() == 1


def test_registering_leaves_a_cookie_no_script_reads_and_only_its_hash_here(cart: tuple[Device, Morning]) -> None:
    director = signed_in(cart[1].here.director)
    answer = director.post("/pass/tablets/register/", {"name": "Cart 9"})
    cookie = answer.cookies[device.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    row = Tablet.objects.get(name="Cart 9")
    assert row.secret_sha256 == device.hashed(cookie.value)
    assert "This device is Cart 9" in director.get("/pass/tablets/").content.decode()
    assert (
        "Another tablet of this site" in director.post("/pass/tablets/register/", {"name": "Cart 9"}).content.decode()
    )


def test_a_device_that_is_not_registered_keeps_nothing(cart: tuple[Device, Morning]) -> None:
    stranger = signed_in(cart[1].here.on_unit)
    for where in (PASS + str(cart[1].here.unit.pk),):
        assert stranger.get(where).status_code == 404
    status, answer = post(stranger, {"device_at": datetime.now(UTC).isoformat()}, CONTACT)
    assert (status, answer["findings"][0]["message"]) == (
        404, "This device is not a registered tablet. Ask an administrator to register it.",
    )  # fmt: skip


def test_the_pass_a_tablet_keeps_has_what_its_rules_ask_and_no_cache_keeps_it(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    answer = held.browser.get(PASS + str(morning.here.unit.pk))
    assert answer["Cache-Control"] == "no-store"
    page = answer.json()
    [elin] = page["clients"]
    orders = {each["medication"]: each for each in elin["orders"]}
    assert orders["Ibuprofen"]["prn"] == {"gap": 360, "most": 4, "for": "Pain", "scales": ["pain"]}
    assert orders["Ibuprofen"]["contents"]["ibuprofen|mg"] == "1"
    assert [each["charted"] for each in orders["Thiamine"]["doses"]] == [None]
    assert page["policy"]["unsent"] == 120
    elsewhere = signed_in(morning.here.elsewhere)
    elsewhere.cookies[device.COOKIE] = held.browser.cookies[device.COOKIE].value
    assert elsewhere.get(PASS + str(morning.here.unit.pk)).status_code == 404


def test_a_dose_is_sent_in_the_session_of_who_charted_it(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    status, answer = held.send(held.entry(said_now(held, morning), sign=False))
    assert (status, answer["answers"][0]["result"]) == (200, "charted")
    assert Administration.objects.get().by == morning.here.on_unit


def test_another_person_sends_what_was_signed_and_nothing_else(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    said = said_now(held, morning)
    signed, unsigned = held.entry(said), held.entry(said, sign=False)
    other = held.passed_to(morning.here.second_nurse)
    [refused] = other.send(unsigned)[1]["answers"]
    assert refused["result"] == "kept"
    assert "Only RN Cole can send this dose" in refused["findings"][0]["message"]
    altered = signed | {"entry": json.dumps(said | {"amount": "50"})}
    assert other.send(altered)[1]["answers"][0]["result"] == "kept"
    assert not Administration.objects.exists()
    assert other.send(signed)[1]["answers"][0]["result"] == "charted"
    assert Administration.objects.get().by == morning.here.on_unit, "under the name of who charted it"


def test_a_signature_is_worth_nothing_on_another_tablet_or_for_another_person(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    two = device_of(morning.here, morning.here.second_nurse, "Cart 2")
    two.contact()
    assert two.send(held.entry(said_now(held, morning)))[1]["answers"][0]["result"] == "kept"
    in_anothers_name = two.entry(said_now(held, morning))
    assert two.send(in_anothers_name)[1]["answers"][0]["result"] == "kept"
    assert not Administration.objects.exists()


def test_who_may_not_chart_gets_nothing_to_sign_with(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    status, answer = held.passed_to(morning.here.director).contact()
    assert (status, answer["may_give"], answer["grant"]) == (200, False, None)


@pytest.mark.parametrize("text", ["[" * 4000, '{"a": NaN}', "nothing", "[]", '"\\ud800"', '{"person_id": 1}'])
def test_what_is_no_entry_is_left_on_the_tablet_with_a_sentence(cart: tuple[Device, Morning], text: str) -> None:
    held, _ = cart
    status, answer = held.send({"key": str(uuid4()), "entry": text})
    assert (status, answer["answers"][0]["result"]) == (200, "kept")
    assert not Unsettled.objects.exists()


@pytest.mark.parametrize("wrong", [{"amount": 100}, {"order_id": 2**70}, {"outcome": "eaten"}, {"amount": "9" * 40}])
def test_a_dose_that_cannot_be_read_in_an_entry_that_can_is_settled_by_a_person(
    cart: tuple[Device, Morning], wrong: dict[str, object]
) -> None:
    held, morning = cart
    [answer] = held.send(held.entry(said_now(held, morning, **wrong)))[1]["answers"]
    assert answer["result"] == "unsettled"
    assert "To settle" in signed_in(morning.here.on_unit).get("/pass/settle/").content.decode()


def test_a_revoked_tablet_is_told_to_wipe_itself_and_for_ever(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    revoked = revoke_tablet(by=morning.here.director, at=datetime.now(UTC), tablet_id=held.row.pk)
    assert held.browser.get(PASS + str(morning.here.unit.pk)).status_code == 410
    status, answer = held.contact()
    assert (status, answer["findings"][0]["code"]) == (410, "tablet.revoked")
    assert Tablet.objects.get().wiped_at is not None
    again = revoke_tablet(by=morning.here.director, at=datetime.now(UTC), tablet_id=held.row.pk)
    assert again.revoked_at == revoked.revoked_at
    tablet(morning.here)  # its name is free again


def test_the_page_says_who_is_how_long_unsent(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    since = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    held.contact(unsent=4, unsent_since=since, unsent_by=morning.here.on_unit.pk)
    [row] = tablet_rows(morning.here.site, datetime.now(UTC))
    assert (row.state, row.said, row.unsent_by) == ("late", "4 unsent", "RN Cole")
    page = signed_in(morning.here.director).get("/pass/tablets/").content.decode()
    assert "4 unsent" in page
    held.contact(unreadable=2)
    assert tablet_rows(morning.here.site, datetime.now(UTC))[0].said == "2 doses cannot be read any more"
    held.contact()
    assert tablet_rows(morning.here.site, datetime.now(UTC))[0].said == "nothing unsent"
    later = datetime.now(UTC) + timedelta(hours=1)
    assert tablet_rows(morning.here.site, later)[0].said == "not heard of lately"


def test_the_page_revokes(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    director = signed_in(morning.here.director)
    assert director.post(f"/pass/tablets/{held.row.pk}/revoke/").status_code == 302
    assert "revoked, not heard of since" in director.get("/pass/tablets/").content.decode()
    assert director.post("/pass/tablets/987654321/revoke/").status_code == 404


def test_signed_out_nothing_is_taken(cart: tuple[Device, Morning]) -> None:
    held, morning = cart
    out = Browser(headers={"accept": "application/json"})
    out.cookies[device.COOKIE] = held.browser.cookies[device.COOKIE].value
    sent = {"sent_at": datetime.now(UTC).isoformat(), "doses": [held.entry(said_now(held, morning))]}
    assert post(out, sent, QUEUE)[0] == 401


def test_the_database_keeps_revocations_whole(morning: Morning) -> None:
    made = tablet(morning.here)
    for wrong in ({"revoked_at": NOW}, {"wiped_at": NOW}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tablet.objects.filter(pk=made.pk).update(**wrong)
