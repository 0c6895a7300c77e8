"""The pass goes on without the network: cut, killed and started again, and nothing that was charted is lost or doubled."""

import re

import pytest
from playwright.sync_api import expect

from chart.models import Allergy
from emar.models import Administration, Settlement, Tablet, Unsettled
from tests.browser.conftest import Open
from tests.browser.tablets import Ward, back, count, cut, give, identify, kept, registered

pytestmark = pytest.mark.browser


@pytest.fixture
def ward(transactional_db: None) -> Ward:
    return Ward()


def test_one_tablet_without_the_network_both_chart_one_conflict_is_settled_and_nothing_is_lost(
    open_as: Open, ward: Ward
) -> None:
    here = ward.here
    page = cut(kept(registered(open_as, here, here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    give(page, 1)
    expect(page.get_by_text("2 doses charted on this tablet are not sent")).to_be_visible()

    other = open_as(here.second_nurse, ward.address)
    identify(other)
    other.get_by_role("button", name="Give Drug 1 100 mg", exact=True).click()
    expect(other.get_by_text("Given").first).to_be_visible()

    back(page)
    assert Administration.objects.filter(order=ward.orders[0]).get().by == here.on_unit
    assert Administration.objects.filter(order=ward.orders[1]).get().by == here.second_nurse
    assert Unsettled.objects.get().dose.order == ward.orders[1]
    assert count(page) == 0
    expect(other.get_by_text("Cart 1 was without the network and says")).to_be_visible()

    other.get_by_role("link", name="Settle it").click()
    other.get_by_text("The same dose, charted twice").click()
    other.get_by_role("button", name="Settle it").click()
    expect(other.get_by_text("Nothing waits to be settled")).to_be_visible()
    assert Settlement.objects.get().by == here.second_nurse
    expect(page.get_by_text("was without the network and says")).to_have_count(0)
    assert Administration.objects.count() == 2


def test_a_reload_without_the_network_keeps_what_was_charted_and_rules_hold_on_the_tablet(
    open_as: Open, ward: Ward
) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    page.reload()
    expect(page.get_by_text("on this tablet, not sent yet")).to_have_count(1)
    identify(page)
    page.get_by_role("button", name="Give Ibuprofen 400 mg as needed").click()
    page.get_by_role("button", name="Chart it").click()
    expect(page.get_by_text("an as-needed dose has a reason")).to_be_visible()
    page.get_by_label("What is it for?").fill("Back pain")
    page.get_by_label("Amount taken, in mg").fill("4000")
    page.get_by_role("button", name="Chart it").click()
    expect(page.get_by_text("is more than the 400 mg ordered")).to_be_visible()
    page.get_by_label("Amount taken, in mg").fill("400")
    page.get_by_role("button", name="Chart it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Give Ibuprofen 400 mg as needed").click()
    page.get_by_label("What is it for?").fill("Back pain")
    page.get_by_role("button", name="Chart it").click()
    expect(page.get_by_text("must be 6 h apart")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    back(page)
    assert Administration.objects.count() == 2
    assert count(page) == 0


def test_what_lies_on_the_tablet_is_encrypted_and_its_keys_cannot_be_read_out(open_as: Open, ward: Ward) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    dump = page.evaluate(
        """() => new Promise((done) => { const asked = indexedDB.open('stepwell-kept'); asked.onsuccess = async () => {
        const all = {}; for (const name of asked.result.objectStoreNames) all[name] = await new Promise((read) => {
          const rows = asked.result.transaction(name).objectStore(name).getAll(); rows.onsuccess = () => read(rows.result); });
        asked.result.close();
        const bytes = (key, value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value;
        const keys = all.keys.map(({ key }) => [key.extractable, key.type]);
        const cached = []; for (const name of await caches.keys()) for (const each of await (await caches.open(name)).keys())
          cached.push(await (await caches.match(each)).text());
        done({ text: JSON.stringify(all, bytes) + cached.join(), keys }); }; })"""
    )
    assert dump["keys"] == [[False, "secret"], [False, "secret"]]
    for word in ("Elin", "Novak", "Drug 0", "Ibuprofen", "1988"):
        assert word not in dump["text"]


def test_signing_out_wipes_and_waits_until_everything_is_sent(open_as: Open, ward: Ward) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    page.route("**/api/emar/tablet/**", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("/")
    expect(page.get_by_text("1 dose charted on this tablet is not sent")).to_be_visible()
    page.locator("summary.menu__button").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("signing out would lose them")).to_be_visible()
    page.unroute("**/api/emar/tablet/**")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    assert Administration.objects.count() == 1
    assert count(page) == 0
    assert page.evaluate("caches.keys()") == []


def test_somebody_else_signs_in_and_what_was_charted_is_sent_in_the_right_name(open_as: Open, ward: Ward) -> None:
    here = ward.here
    page = cut(kept(registered(open_as, here, here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    other = open_as(here.second_nurse, "/")
    [session] = [each for each in other.context.cookies() if each["name"] == "stepwell_session"]
    page.context.add_cookies([{"name": session["name"], "value": session["value"], "url": other.url}])
    page.context.set_offline(False)
    page.wait_for_url(re.compile(r":\d+/$"), timeout=30_000)  # the kept pass is not hers: away from it
    for _ in range(100):
        if Administration.objects.exists():
            break
        page.wait_for_timeout(100)
    assert Administration.objects.get().by == here.on_unit
    assert count(page, "pass") == 0, "the pass of the other person is gone"


def test_a_revoked_tablet_wipes_itself_and_nothing_it_had_is_charted_or_lost(open_as: Open, ward: Ward) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    Tablet.objects.update(revoked_at=ward.here.now, revoked_by=ward.here.director, registered_at=ward.here.now)
    page.context.set_offline(False)
    expect(page.get_by_text("This tablet was revoked: what it kept is wiped").first).to_be_visible(timeout=30_000)
    assert (count(page), count(page, "pass")) == (0, 0)
    assert not Administration.objects.exists()
    assert Unsettled.objects.get().findings[0]["code"] == "tablet.revoked"


def test_the_packet_for_paper_is_one_tap_away_without_the_network(open_as: Open, ward: Ward) -> None:
    Allergy.objects.create(client=ward.elin, substance="penicillin", reaction="hives", noted_at=ward.due)
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    page.get_by_role("button", name="Packet or pass").click()
    packet = page.locator(".duelist")
    expect(packet.get_by_text("Last good at")).to_be_visible()
    expect(packet).to_contain_text("penicillin (hives)")
    expect(packet.get_by_role("row", name="Drug 0 100 mg")).to_be_visible()
    page.get_by_role("button", name="Packet or pass").click()
    expect(page.get_by_text("Who is it? Check two")).to_be_visible()
    page.goto("/pass/downtime/")  # any page of the pass, while the server does not answer
    expect(page.locator(".duelist").get_by_text("Last good at")).to_be_visible()
