"""A prescriber brings the starter set in: looks at what it would do, confirms, finds a line, and gives it a label."""

from datetime import UTC, datetime

import pytest

from audit.models import Event
from emar.models import Barcode, Medication
from staff.rules.capabilities import Role
from tests.browser.conftest import Open
from tests.browser.faults import faults
from tests.factories import World, assign, person, world

pytestmark = pytest.mark.browser


@pytest.fixture
def here(transactional_db: None) -> World:
    return world(datetime.now(UTC))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_starter_set_is_imported_and_a_label_added(open_as: Open, here: World, theme: str) -> None:
    page = open_as(here.prescriber, "/pass/formulary/", size=(768, 1024), color_scheme=theme, bypass_csp=True)
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_role("button", name="Look at the starter set").click()
    page.get_by_role("button", name="Import it").wait_for()
    assert (faults(page), Medication.objects.count()) == ([], 0)
    page.get_by_role("button", name="Import it").click()
    page.get_by_text("Formulary imported:").wait_for()
    page.get_by_role("searchbox").fill("hydrox")
    page.get_by_text("3 shown").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="hydrOXYzine").first.click()
    page.get_by_label("Scan or type a label").fill("HX-25")
    page.get_by_role("button", name="Add label").click()
    page.get_by_role("button", name="Retire label HX-25").wait_for()
    assert faults(page) == []
    assert Barcode.objects.get().medication.name == "Hydroxyzine"
    assert set(Event.objects.values_list("verb", flat=True)) >= {"emar.import_formulary", "emar.add_label"}


def test_mistakes_are_shown_with_their_rows(open_as: Open, here: World) -> None:
    page = open_as(here.prescriber, "/pass/formulary/import/", size=(1024, 768), bypass_csp=True)
    rows = b"name,ingredient,strength,form,route\nZinc,zinc,5.0 mg,tablet,by mouth\n"
    page.set_input_files("#file", {"name": "list.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("a zero after the point is misread").wait_for()
    assert faults(page) == []
    assert page.get_by_role("button", name="Import it").count() == 0


def test_an_administrator_comes_to_it_from_the_bar(open_as: Open, here: World) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    page = open_as(chief, "/staff/", size=(1440, 900), bypass_csp=True)
    page.get_by_role("link", name="Formulary").click()
    page.get_by_text("The formulary is empty").wait_for()
    assert faults(page) == []
