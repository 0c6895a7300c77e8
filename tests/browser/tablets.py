"""A tablet in a window: registered, with the network cut and back, and what it keeps."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from emar import device
from emar.keys import minute_of
from emar.models import Order
from emar.rules.schedule import Once
from programs.models import Client
from staff.models import Person
from tests.browser.conftest import Open
from tests.emar.tablets import tablet
from tests.factories import World, admit, client, world
from tests.factories.meds import as_needed, medication, order

DATABASE = "stepwell-kept"


class Ward:
    """One client, Elin, with a few doses due some minutes ago and ibuprofen as needed."""

    def __init__(self, drugs: int = 3) -> None:
        self.here: World = world(timezone.now())
        self.elin: Client = client(self.here, "Elin", "Novak")
        episode = admit(self.here, self.elin, self.here.residential, self.here.beds[0])
        due = (self.here.now - timedelta(minutes=3)).replace(second=0, microsecond=0)
        prescriber = self.here.prescriber
        self.orders: list[Order] = [
            order(episode, medication(f"Drug {number}", "100 mg"), Once(), by=prescriber, started_at=due)
            for number in range(drugs)
        ]
        self.ibuprofen = order(
            episode, medication("Ibuprofen", "400 mg"), as_needed(), by=prescriber, indication="Sleep", started_at=due
        )
        self.due = due

    @property
    def address(self) -> str:
        """The pass around now, with Elin open."""
        return f"/pass/{self.here.unit.pk}/{minute_of(self.due)}/?client={self.elin.pk}"


def registered(open_as: Open, here: World, who: Person, name: str = "Cart 1", **options: Any) -> Page:
    """A window of a registered tablet, at my day."""
    page = open_as(who, "/", **options)
    secret = device.new_secret()
    tablet(here, name, secret)
    page.context.add_cookies([{"name": device.COOKIE, "value": secret, "url": page.url, "httpOnly": True}])
    return page


def kept(page: Page, ward: Ward) -> Page:
    """Open the pass and wait until the tablet keeps it."""
    page.goto(ward.address)
    expect(page.locator("html[data-kept=yes]")).to_have_count(1, timeout=20_000)
    return page


def cut(page: Page, ward: Ward) -> Page:
    """The network goes, and the page is opened again: the tablet's own."""
    page.context.set_offline(True)
    page.goto(ward.address)
    expect(page.get_by_role("heading", name="without the network")).to_be_visible()
    return page


def identify(page: Page) -> None:
    """Two identifiers of whoever is open."""
    page.locator(".verify").get_by_text("Says the name").click()
    page.locator(".verify").get_by_text("Says the birth date").click()
    page.get_by_role("button", name="It is Elin Novak").click()


def give(page: Page, number: int) -> None:
    """Give one of Elin's drugs without the network."""
    page.get_by_role("button", name=f"Give Drug {number} 100 mg", exact=True).click()
    expect(page.get_by_text("on this tablet, not sent yet")).not_to_have_count(0)


def back(page: Page) -> None:
    """The network is back; the live pass follows by itself."""
    page.context.set_offline(False)
    expect(page.locator("[data-live-board='emar.pass']")).to_be_visible(timeout=40_000)


def count(page: Page, store: str = "queue") -> int:
    """How many rows a store of the tablet's database holds; 0 without one."""
    found: int = page.evaluate(
        """([name, store]) => indexedDB.databases().then((all) => !all.some((each) => each.name === name) ? 0 :
        new Promise((done, failed) => { const asked = indexedDB.open(name); asked.onerror = () => failed(asked.error);
          asked.onsuccess = () => { const rows = asked.result.transaction(store).objectStore(store).count();
            rows.onsuccess = () => { asked.result.close(); done(rows.result); }; }; }))""",
        [DATABASE, store],
    )
    return found
