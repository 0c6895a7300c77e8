"""Scanning on the pass: what was printed is read again, by a wedge scanner and by the camera, and chooses the person and the row."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from emar.models import Administration
from emar.pdf.labels import Size, bands_pdf, labels_pdf
from emar.rules.schedule import Once
from programs.models import Wristband
from programs.rules.bands import NameForm
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import Open
from tests.browser.scanners import film, give_detector, wedge
from tests.documents.scanner import pictures, read
from tests.emar.bands import band
from tests.factories import World, admit, client, world
from tests.factories.meds import as_needed, barcode, medication, order

pytestmark = pytest.mark.browser
EXAMPLES = Path(__file__).resolve().parents[1] / "emar" / "barcodes.json"


@pytest.fixture(scope="module")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("camera") / "film.y4m"


@pytest.fixture(scope="module")
def chromium(camera_film: Path) -> Iterator[Browser]:
    """A Chromium whose camera shows a film."""
    found = find_chromium(camera=True)
    if found is None:
        pytest.skip("No Chromium.")
    more = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera_film}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found or None, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()


def alder() -> World:
    """Elin and Wale on Alder with doses due five minutes ago; every medication and every wrist has its code."""
    here = world(timezone.now())
    due = here.now - timedelta(minutes=5)
    for number, (first, last) in enumerate([("Elin", "Novak"), ("Wale", "Tunde")]):
        who = client(here, first, last)
        episode = admit(here, who, here.residential, here.beds[number])
        band(who, by=here.intake, at=here.now)
        for name, strength in (("Thiamine", "100 mg"), ("Gabapentin", "300 mg"))[: 2 - number]:
            order(episode, medication(name, strength), Once(), by=here.prescriber, started_at=due)
        order(episode, medication("Ibuprofen", "400 mg"), as_needed(), by=here.prescriber, indication="Pain")
    for name, strength in (("Thiamine", "100 mg"), ("Gabapentin", "300 mg"), ("Lorazepam", "1 mg")):
        barcode(medication(name, strength), {"Thiamine": "MASQZ1Y2D", "Gabapentin": "GABA-300"}.get(name, "LORA-1"))
    return here


def worn(here: World, number: int = 0) -> str:
    """The code on the printed wristband, read from the paper."""
    mine = Wristband.objects.select_related("client").get(client=here.clients[number])
    [picture] = pictures(bands_pdf([mine], NameForm.SHORT))
    codes = set(read(picture))
    assert codes == {mine.code}
    return codes.pop()


def open_pass(page: Page, who: str = "Elin Novak") -> None:
    page.goto("/pass/")
    page.get_by_role("link", name="Begin the").first.click()
    initials = "".join(f"{word[0]}. " for word in who.split()).strip()
    page.locator(".strip__client", has_text=initials).click()
    expect(page.get_by_role("heading", name=who)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    expect(page.locator("[data-scan]")).to_have_attribute("data-listens", "")


def scanned(page: Page) -> str | None:
    row = page.locator("li.dose[data-scanned]")
    expect(row).to_have_count(1)
    return row.get_by_role("heading").inner_text()


def stopped(page: Page, said: str) -> None:
    expect(page.locator("#scan-stop [data-scan-stop-words]")).to_contain_text(said)
    expect(page.locator("#scan-stop")).to_be_visible()


def test_a_wedge_scanner_says_who_it_is_and_chooses_the_row_and_the_dose_keeps_both(open_as: Open) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    open_pass(page)
    page.get_by_label("Not scanned because").focus()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    wedge(page, worn(here))
    expect(page.get_by_text("Wristband scanned")).to_have_count(2)
    expect(page.get_by_label("Not scanned because")).to_have_value("")
    asked.clear()
    [picture] = pictures(
        labels_pdf(here.site, [medication("Thiamine", "100 mg")], {medication("Thiamine", "100 mg").pk: "MASQZ1Y2D"},
                   Size.UNIT, each=1, at=here.now)
    )  # fmt: skip
    wedge(page, read(picture)[0])
    assert "Thiamine" in (scanned(page) or "")
    assert not [url for url in asked if "/codes/" in url or "/chart/" in url]  # nobody was asked
    expect(page.get_by_role("button", name="Give Thiamine")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("li.dose", has_text="Thiamine").first).to_have_attribute("data-state", "given")
    row = Administration.objects.get()
    assert (row.person_by, row.medication_by, row.barcode) == ("scan", "scan", "MASQZ1Y2D")
    expect(page.locator("li.dose[data-scanned]")).to_have_count(0)


def test_the_wrong_person_and_the_wrong_drug_stop_with_a_sentence(open_as: Open) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    open_pass(page)
    wedge(page, "MASQZ1Y2D")
    stopped(page, "Scan the wristband first")
    page.get_by_role("button", name="Seen").click()
    wedge(page, worn(here))
    expect(page.locator("fieldset[data-verified=yes]")).to_be_visible()
    wedge(page, "LORA-1")
    stopped(page, "No medication due to Elin Novak has this label. Put it back and scan the right one.")
    page.get_by_role("button", name="Seen").click()
    wedge(page, worn(here, 1))
    stopped(page, "This is the wristband of W. T. 1-B. Elin Novak is open here.")
    page.get_by_role("button", name="Stay with Elin Novak").click()
    expect(page.get_by_role("heading", name="Elin Novak")).to_be_visible()
    wedge(page, worn(here, 1))
    page.get_by_role("button", name="Open W. T.").click()
    expect(page.get_by_role("heading", name="Wale Tunde")).to_be_visible()
    expect(page.locator(".pill", has_text="Wristband scanned")).to_be_visible()
    assert not Administration.objects.exists()


def test_a_scan_into_a_field_leaves_it_as_it_was_and_a_sheet_takes_only_its_own_medication(open_as: Open) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    open_pass(page)
    wedge(page, worn(here))
    page.get_by_role("button", name="Other outcomes for Thiamine").click()
    note = page.get_by_label("In their words")
    note.fill("Wants it later")
    wedge(page, "GABA-300")
    stopped(page, "That is not Thiamine 100 mg. Put it back and scan the right one.")
    expect(note).to_have_value("Wants it later")
    page.get_by_role("button", name="Seen").click()
    note.focus()
    wedge(page, "MASQZ1Y2D", ends="Tab")
    expect(page.locator("[data-scan-said]")).to_contain_text("Thiamine 100 mg: label scanned.")
    expect(note).to_have_value("Wants it later")
    wedge(page, "slow hand", ends=None, every=0.15)  # a person who types is no scanner
    expect(note).to_have_value("Wants it laterslow hand")


def test_a_scan_that_broke_off_and_one_that_is_damaged_say_so(open_as: Open) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    open_pass(page)
    code = worn(here)
    wedge(page, code[:7], ends=None)
    stopped(page, "The scan broke off.")
    page.get_by_role("button", name="Seen").click()
    wedge(page, code[:7])
    stopped(page, "damaged, or read only in part")
    page.get_by_role("button", name="Seen").click()
    wedge(page, "W84G7ZWYRD6S")
    stopped(page, "Nobody on this pass wears a wristband with this code.")


def test_why_it_was_not_scanned_is_said_once_for_the_pass(open_as: Open) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    open_pass(page)
    wedge(page, worn(here))
    page.get_by_label("Not scanned because").select_option("not_readable")
    for name in ("Thiamine", "Gabapentin"):
        page.get_by_role("button", name=f"Give {name}").click()
        expect(page.locator("li.dose", has_text=name).first).to_have_attribute("data-state", "given")
    assert {row.unscanned for row in Administration.objects.all()} == {"not_readable"}


def test_the_camera_reads_what_was_printed(open_as: Open, camera_film: Path) -> None:
    here = alder()
    mine = Wristband.objects.select_related("client").get(client=here.clients[0])
    [sheet] = pictures(bands_pdf([mine], NameForm.SHORT))
    film(camera_film, sheet.crop((820, 80, 1620, 330)))
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    page.context.grant_permissions(["camera"])
    give_detector(page)
    open_pass(page)
    page.get_by_role("button", name="Scan with camera").click()
    expect(page.locator("[data-scan-said]")).to_contain_text("Wristband scanned.")
    expect(page.locator("#scan-camera")).to_be_hidden()
    page.get_by_role("button", name="Give Thiamine").click()
    expect(page.locator("li.dose", has_text="Thiamine").first).to_have_attribute("data-state", "given")
    assert Administration.objects.get().band == mine


def test_a_camera_that_is_refused_says_so_and_the_code_can_be_typed(open_as: Open, camera_film: Path) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    give_detector(page)
    open_pass(page)
    page.get_by_role("button", name="Scan with camera").click()
    expect(page.locator("[data-scan-camera-said]")).to_contain_text("The camera was refused.")
    code = worn(here)
    page.get_by_label("The code under the bars").fill(f"{code[:4]} {code[4:8]} {code[8:]}".lower())
    page.get_by_role("button", name="Use this code").click()
    expect(page.locator("[data-scan-said]")).to_contain_text("Wristband scanned.")


def test_a_browser_that_cannot_read_codes_offers_to_type_them(open_as: Open) -> None:
    here = alder()
    page = open_as(here.on_unit, "/pass/", size=(768, 1024))
    page.add_init_script("delete window.BarcodeDetector")
    open_pass(page)
    page.get_by_role("button", name="Type a code").click()
    expect(page.locator("[data-scan-camera-said]")).to_contain_text("This browser cannot read codes with the camera.")


def test_the_tablet_reads_the_same_table_as_the_server(open_as: Open) -> None:
    here = world(timezone.now())
    page = open_as(here.on_unit, "/pass/")
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async (raws) => { const { read } = await import('/static/js/barcodes.js'); return raws.map(read); }",
        [each["raw"] for each in examples],
    )
    wanted = [{name: each[name] for name in ("codes", "damaged", "band")} for each in examples]
    assert found == wanted
