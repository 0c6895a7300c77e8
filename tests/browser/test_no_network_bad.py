"""Bad days without the network: a killed server, two tablets, a lost answer, a clock that jumps, a full disk, a lost key."""

import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from emar import actions
from emar.models import Administration, TabletDose, Unsettled
from tests.browser.conftest import Open
from tests.browser.tablets import Ward, back, count, cut, give, identify, kept, registered
from tests.browser.test_killed_server import a_server

pytestmark = [pytest.mark.long, pytest.mark.browser]
FULL = "() => { IDBObjectStore.prototype.add = () => { throw new DOMException('No space', 'QuotaExceededError'); }; }"
NO_DISK = "IDBFactory.prototype.open = () => { throw new DOMException('Private window', 'SecurityError'); };"
LOSE_KEY = """() => new Promise((done) => { const asked = indexedDB.open('stepwell-kept'); asked.onsuccess = () => {
    const work = asked.result.transaction('keys', 'readwrite'); work.objectStore('keys').delete('data');
    work.oncomplete = () => { asked.result.close(); done(); }; }; })"""


@pytest.fixture
def ward(transactional_db: None) -> Ward:
    return Ward()


def test_the_server_is_killed_and_started_again_and_the_pass_went_on(open_as: Open, ward: Ward) -> None:
    with a_server() as server:
        urllib.request.urlopen(
            f"{server.address}/accounts/login/", timeout=60
        ).close()  # the first page is the slow one
        page = registered(open_as, ward.here, ward.here.on_unit)
        page.goto(server.address + ward.address)
        expect(page.locator("html[data-kept=yes]")).to_have_count(1, timeout=20_000)
        server.kill()
        page.goto(server.address + ward.address)
        expect(page.get_by_role("heading", name="without the network")).to_be_visible()
        identify(page)
        give(page, 0)
        give(page, 1)
        assert not Administration.objects.exists()
        server.start()
        expect(page.locator("[data-live-board='emar.pass']")).to_be_visible(timeout=40_000)
        assert Administration.objects.count() == 2
        assert count(page) == 0
        page.goto("about:blank")


def test_two_tablets_without_the_network_with_the_same_client_and_a_stop_they_did_not_hear_of(
    open_as: Open, ward: Ward
) -> None:
    here = ward.here
    one = cut(kept(registered(open_as, here, here.on_unit), ward), ward)
    two = cut(kept(registered(open_as, here, here.second_nurse, "Cart 2"), ward), ward)
    stop = timezone.now()
    actions.stop_order(by=here.prescriber, at=stop, order_id=ward.orders[1].pk, why="No longer needed")
    for page in (one, two):
        identify(page)
        give(page, 0)
    give(one, 1)
    back(one)
    back(two)
    assert [row.by for row in Administration.objects.all()] == [here.on_unit]
    codes = {row.dose.order_id: row.findings[0]["code"] for row in Unsettled.objects.all()}
    assert codes == {ward.orders[0].pk: "dose.already_charted", ward.orders[1].pk: "dose.order_stopped"}
    expect(one.get_by_text("was without the network and says")).to_have_count(2)


def test_a_queue_whose_answer_was_lost_is_sent_again_and_nothing_is_doubled(open_as: Open, ward: Ward) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/emar/tablet/queue", lose)
    back(page)
    assert lost == [200, 200], "the server took it twice, and its answer came through the third time"
    assert (Administration.objects.count(), TabletDose.objects.count()) == (1, 1)


def test_thirteen_hours_by_the_tablets_clock_are_said_loudly_and_a_clock_that_jumped_is_settled(
    open_as: Open, ward: Ward
) -> None:
    page = registered(open_as, ward.here, ward.here.on_unit, timezone_id="America/New_York")
    page.clock.install()
    page.goto(ward.address)
    expect(page.locator("html[data-kept=yes]")).to_have_count(1, timeout=20_000)
    cut(page, ward)
    identify(page)
    give(page, 0)
    page.clock.set_system_time(timezone.now() + timedelta(hours=13))
    page.clock.run_for(11_000)
    expect(page.get_by_text("They have waited for more than 13 h")).to_be_visible()
    page.context.set_offline(False)
    page.clock.run_for(11_000)
    for _ in range(200):
        if Unsettled.objects.exists():
            break
        page.clock.run_for(11_000)
        page.wait_for_timeout(100)
    assert Unsettled.objects.get().findings[0]["code"] == "tablet.clock_moved"
    assert not Administration.objects.exists()


def test_a_full_disk_is_said_and_nothing_is_promised(open_as: Open, ward: Ward) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    page.evaluate(FULL)
    page.get_by_role("button", name="Give Drug 1 100 mg", exact=True).click()
    expect(page.get_by_text("This was NOT charted: the tablet's storage is full").first).to_be_visible()
    expect(page.get_by_text("on this tablet, not sent yet")).to_have_count(1)
    assert count(page) == 1, "what was charted before is there"
    page.get_by_role("button", name="Cancel").or_(page.get_by_role("button", name="Close")).last.click()
    expect(page.get_by_role("button", name="Give Drug 2 100 mg", exact=True)).to_be_disabled()
    back(page)
    assert Administration.objects.count() == 1


def test_a_lost_key_is_said_with_how_many_doses_went_with_it(open_as: Open, ward: Ward) -> None:
    page = cut(kept(registered(open_as, ward.here, ward.here.on_unit), ward), ward)
    identify(page)
    give(page, 0)
    page.evaluate(LOSE_KEY)
    page.reload()
    expect(page.get_by_text("1 dose charted on this tablet cannot be read any more")).to_be_visible()
    expect(page.get_by_text("key is gone").first).to_be_visible()
    page.context.set_offline(False)
    page.goto("/")
    expect(page.get_by_text("1 dose charted on this tablet cannot be read any more")).to_be_visible()
    director = open_as(ward.here.director, "/pass/tablets/")
    expect(director.get_by_text("1 dose cannot be read any more")).to_be_visible()


def test_a_tablet_that_cannot_keep_anything_says_so_on_the_live_pass(open_as: Open, ward: Ward) -> None:
    page = registered(open_as, ward.here, ward.here.on_unit)
    page.add_init_script(NO_DISK)
    page.goto(ward.address)
    expect(page.get_by_text("This tablet cannot keep the pass for when the network is gone")).to_be_visible()


def test_a_device_that_is_no_registered_tablet_keeps_nothing(open_as: Open, ward: Ward) -> None:
    page = open_as(ward.here.on_unit, ward.address)
    page.wait_for_load_state("networkidle")
    assert count(page) == 0
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert "stepwell-pass" not in page.evaluate("caches.keys()")
