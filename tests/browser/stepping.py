"""What a person does on the page of a step, again and again."""

from datetime import datetime, timedelta

from playwright.sync_api import Page

from staff.models import Person
from tests.factories import PIN


def hand_on(page: Page, receiving: str = "PHP, Kofi Danso") -> None:
    """Fill in the warm hand-off: the first visit is tomorrow at nine."""
    tomorrow = datetime.now() + timedelta(days=2)
    page.get_by_label("Receiving program, and who there").fill(receiving)
    page.get_by_label("Accepted on").fill(f"{datetime.now() - timedelta(days=1):%Y-%m-%d}")
    page.get_by_label("First appointment").fill(f"{tomorrow:%Y-%m-%dT09:00}")
    page.get_by_label("Who calls if it is missed").fill("Imani Clarke, the same day")
    page.get_by_label("Bridge supply until then").fill("None needed")
    page.get_by_label("Next dose: when and where").fill("None")
    page.get_by_role("radio", name="Given", exact=True).check()
    page.get_by_label("What brings the client back to more care").fill("Any use, or a night without sleep")


def sign(page: Page, prescriber: Person) -> None:
    """The prescriber's own PIN under the orders."""
    page.locator("select[name='rx-second']").select_option(str(prescriber.pk))
    page.locator("input[name='rx-pin']").fill(PIN)


def watch(page: Page, nurse: Person) -> None:
    """The PIN of who keeps stock, under medication that leaves."""
    page.locator("select[name='own-second']").select_option(str(nurse.pk))
    page.locator("input[name='own-pin']").fill(PIN)
