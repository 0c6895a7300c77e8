"""Job 3: two facilitators in one session. What one marks and writes, the other sees; no typed word is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page, expect

from groups import actions
from groups.findings import CLAIM
from groups.models import Attendance, Part
from groups.rules.minutes import AttendanceStatus
from programs.models import Client
from staff.models import Signature
from tests.factories import World, world
from tests.factories.sessions import group

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def here(transactional_db: None) -> World:
    return world(datetime.now(UTC))


def row(page: Page, who: Client) -> Any:
    return page.locator(f"#attendance-{who.pk}")


def tap(page: Page, who: Client, name: str) -> None:
    row(page, who).get_by_role("radio", name=name, exact=True).check()


def field(page: Page, label: str) -> Any:
    return page.get_by_role("textbox", name=label, exact=True)


def meanwhile(act: Callable[..., object], **asked: Any) -> None:
    """Someone acts elsewhere: in a thread of their own, as this one runs Playwright's loop."""

    def run() -> object:
        try:
            return act(**asked)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(20)


def part(page: Page, key: str) -> Any:
    return page.locator(f"#part-{key}")


@pytest.fixture
def both(here: World, open_as: Open) -> tuple[World, Any, list[Client], Page, Page]:
    where, people = group(here)
    pages = [open_as(who, f"/groups/{where.pk}/") for who in (here.facilitator, here.cofacilitator)]
    for page in pages:
        expect(page.locator("html")).to_have_attribute("data-live", "live")
    return here, where, people, pages[0], pages[1]


def test_attendance_appears_on_the_other_tablet(both: Any) -> None:
    _, _, [amira, ben, chantel], mine, hers = both
    tap(mine, amira, "Here")
    expect(row(hers, amira)).to_contain_text("180 min")
    expect(row(hers, amira).get_by_role("radio", name="Here")).to_be_checked()
    expect(hers.locator("[id^=counts-]")).to_have_text("1 of 3")
    tap(hers, ben, "Late")
    expect(row(mine, ben)).to_contain_text("came")
    expect(row(mine, ben).get_by_role("radio", name="Late")).to_be_checked()
    tap(hers, amira, "Video")  # the same person again: the first tablet follows
    expect(row(mine, amira)).to_contain_text("180 min, video")
    mine.get_by_role("button", name="All here").click()
    expect(row(hers, chantel).get_by_role("radio", name="Here")).to_be_checked()
    assert Attendance.objects.count() == 4


def test_times_are_corrected_in_the_sheet(both: Any) -> None:
    _, where, [amira, *_], mine, hers = both
    tap(mine, amira, "Here")
    expect(row(mine, amira)).to_contain_text("180 min")
    row(mine, amira).get_by_role("button", name="Times and reasons").click()
    sheet = mine.get_by_role("dialog")
    sheet.get_by_text("Excused").click()
    sheet.get_by_label("Came at").fill(f"{where.started_at.astimezone(where.site.tz):%H:%M}")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_contain_text("An absence has no times")
    sheet.get_by_label("Came at").fill("")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_have_count(0)
    expect(row(mine, amira)).to_contain_text("excused")
    expect(row(hers, amira)).to_contain_text("excused")
    expect(part(hers, f"m{amira.pk}")).to_contain_text("excused: nothing to write")


def test_the_note_is_written_by_two_and_signed(both: Any) -> None:
    _, where, [amira, *_], mine, hers = both
    tap(mine, amira, "Here")
    field(mine, "Topic and interventions").fill("Early warning signs.")
    expect(part(hers, "topic")).to_contain_text("Early warning signs.")
    expect(part(hers, "topic")).to_contain_text("KD is writing…")
    field(hers, "Amira S. · own part").fill("Named two people she can call.")
    expect(part(mine, f"m{amira.pk}")).to_contain_text("Named two people she can call.")
    field(mine, "Topic and interventions").press_sequentially(" One plan each.")
    mine.get_by_role("button", name="Sign my parts").click()  # with words that are not saved yet
    expect(part(mine, "topic")).to_contain_text("signed KD")
    expect(part(hers, "topic")).to_contain_text("signed KD")
    expect(part(hers, "topic")).to_contain_text("Early warning signs. One plan each.")
    expect(hers.locator(".sign__who")).to_contain_text("JM open · KD signed")
    hers.get_by_role("button", name="Sign my parts").click()
    expect(part(mine, f"m{amira.pk}")).to_contain_text("signed JM")
    expect(mine.locator(".sign__who")).to_contain_text("JM signed")
    assert Part.objects.filter(session=where).exclude(signed_at=None).count() == Signature.objects.count() == 2
    hers.get_by_role("button", name="Sign my parts").click()
    expect(hers.get_by_role("alert")).to_contain_text("No words of yours wait for your name")


def test_a_conflict_says_who_was_first_and_keeps_the_words(both: Any) -> None:
    here, where, _, mine, _ = both
    asked = {"by": here.cofacilitator, "at": datetime.now(UTC), "session_id": where.pk}
    meanwhile(actions.begin_part, section="process", **asked)
    expect(part(mine, "process")).to_contain_text("JM is writing…")
    topic = field(mine, "Topic and interventions")
    topic.focus()
    expect(part(mine, "topic")).to_contain_text("yours")
    later = datetime.now(UTC) + CLAIM  # he put the cursor in and wrote nothing for a minute: the part is free again
    meanwhile(actions.write_part, **(asked | {"at": later, "section": "topic", "text": "Hers.", "version": 0}))
    topic.press_sequentially("My own careful words")
    expect(part(mine, "topic").get_by_role("alert")).to_contain_text("LSW Marsh wrote this part")
    expect(topic).to_have_value("My own careful words")
    expect(field(mine, "Your words for Topic and interventions")).to_have_value("My own careful words")
    mine.get_by_role("button", name="Show what is saved").click()
    expect(part(mine, "topic")).to_contain_text("Hers.")
    expect(field(mine, "Your words for Topic and interventions")).to_have_value("My own careful words")


def test_words_typed_without_a_connection_are_saved_when_it_is_back(both: Any) -> None:
    _, _, _, mine, hers = both
    mine.context.set_offline(True)
    field(mine, "Topic and interventions").fill("Written in the lift.")
    expect(part(mine, "topic")).to_contain_text("Not saved yet: trying again.")
    mine.context.set_offline(False)
    expect(part(hers, "topic")).to_contain_text("Written in the lift.", timeout=15_000)
    expect(part(mine, "topic")).to_contain_text("yours")
    expect(part(mine, "topic")).not_to_contain_text("Not saved yet")


def test_a_second_mark_of_the_same_person_is_refused_in_its_row(both: Any) -> None:
    here, where, [amira, *_], mine, _ = both
    mine.evaluate("document.querySelector('fieldset').setAttribute('data-busy', '')")  # this tablet misses the news
    asked = {"by": here.cofacilitator, "at": datetime.now(UTC), "session_id": where.pk, "client_id": amira.pk}
    meanwhile(actions.mark, status=AttendanceStatus.HERE, seen_version=0, **asked)
    tap(mine, amira, "Out")
    expect(row(mine, amira).get_by_role("alert")).to_contain_text("LSW Marsh marked Amira S. here at")
    expect(row(mine, amira).get_by_role("radio", name="Here")).to_be_checked()


def test_a_full_room_asks_for_the_reason_in_the_row(both: Any) -> None:
    _, where, [amira, ben, _], mine, hers = both
    assert where.series is not None
    where.series.size_limit = 1
    meanwhile(where.series.save)
    tap(mine, amira, "Here")
    expect(row(mine, amira)).to_contain_text("180 min")
    tap(mine, ben, "Here")
    expect(row(mine, ben).get_by_role("alert")).to_contain_text("Ben T. would be the second")
    assert Attendance.objects.count() == 1
    row(mine, ben).get_by_label("Why all the same").fill("His own group was cancelled.")
    row(mine, ben).get_by_role("button", name="Mark with this reason").click()
    expect(row(hers, ben)).to_contain_text("180 min")
    assert Attendance.objects.get(client=ben).why == "His own group was cancelled."


def test_a_neighbours_name_is_pointed_out_before_signing_and_a_supervisor_co_signs(both: Any, open_as: Open) -> None:
    here, where, [amira, ben, _], mine, hers = both
    tap(hers, amira, "Here")
    expect(row(hers, amira)).to_contain_text("180 min")
    own = field(hers, "Amira S. · own part")
    own.fill("Listened to Ben Torres.")
    expect(part(mine, f"m{amira.pk}")).to_contain_text("Listened to Ben Torres.")
    hers.get_by_role("button", name="Sign my parts").click()
    expect(hers.locator(".sign").get_by_role("alert")).to_contain_text("names Ben T.")
    own.fill("Listened to Ben.")
    hers.get_by_role("button", name="Sign my parts").click()
    expect(hers.locator(".sign").get_by_role("alert")).to_contain_text("Ben T. is in this group")
    own.fill("Listened to Chantel.")
    hers.get_by_role("button", name="Sign my parts").click()  # reworded, no reason given: it is looked at again
    expect(hers.locator(".sign").get_by_role("alert")).to_contain_text("Chantel R. is in this group")
    own.fill("Listened to Ben.")
    hers.get_by_role("button", name="Sign my parts").click()
    expect(hers.locator(".sign").get_by_role("alert")).to_contain_text("Ben T. is in this group")
    hers.get_by_label("Who is meant").fill("Ben is her brother.")
    hers.get_by_role("button", name="Sign my parts").click()
    expect(part(mine, f"m{amira.pk}")).to_contain_text("signed JM")
    expect(mine.locator(".sign__who")).to_contain_text("co-sign for JM due")
    director = open_as(here.director, f"/groups/{where.pk}/")
    director.get_by_role("button", name="Co-sign").click()
    expect(part(mine, f"m{amira.pk}")).to_contain_text("co-signed ND")
    expect(hers.get_by_role("button", name="Co-sign")).to_have_count(0)
    assert Signature.objects.filter(meaning="cosign").count() == 1 and ben is not None


def test_words_are_added_under_a_sealed_part(both: Any) -> None:
    _, _, _, mine, hers = both
    field(mine, "Topic and interventions").fill("Early warning signs.")
    mine.get_by_role("button", name="Sign my parts").click()
    expect(part(mine, "topic")).to_contain_text("signed KD")
    part(mine, "topic").get_by_text("Add to this part").click()
    part(mine, "topic").get_by_label("What is added").fill("And one plan each.")
    part(mine, "topic").get_by_role("button", name="Add and sign").click()
    expect(part(mine, "topic").get_by_role("alert")).to_contain_text("Say in at most 400 characters why")
    part(mine, "topic").get_by_label("Why now").fill("Late entry")
    part(mine, "topic").get_by_role("button", name="Add and sign").click()
    expect(part(hers, "topic")).to_contain_text("And one plan each.")
    expect(part(hers, "topic")).to_contain_text("Added by LPC Danso")


def test_what_is_opened_and_written_stays_when_the_part_is_drawn_anew(both: Any) -> None:
    *_, mine, hers = both
    field(mine, "Topic and interventions").fill("Early warning signs.")
    mine.get_by_role("button", name="Sign my parts").click()
    expect(part(mine, "topic")).to_contain_text("signed KD")
    expect(part(hers, "topic")).to_contain_text("signed KD")
    part(hers, "topic").get_by_text("Add to this part").click()
    part(hers, "topic").get_by_label("What is added").fill("One plan each.")
    part(hers, "topic").get_by_label("What is added").blur()
    part(mine, "topic").get_by_text("Add to this part").click()
    part(mine, "topic").get_by_label("What is added").fill("Homework.")
    part(mine, "topic").get_by_label("Why now").fill("Late entry")
    part(mine, "topic").get_by_role("button", name="Add and sign").click()
    expect(part(hers, "topic")).to_contain_text("Homework.")
    expect(part(hers, "topic").get_by_label("What is added")).to_be_visible()
    expect(part(hers, "topic").get_by_label("What is added")).to_have_value("One plan each.")
    expect(part(mine, "topic").get_by_label("What is added")).to_be_hidden()
    expect(part(mine, "topic").get_by_label("What is added")).to_have_value("")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_accessible(here: World, open_as: Open, theme: str) -> None:
    where, [amira, ben, _] = group(here)
    now = datetime.now(UTC)
    asked = {"by": here.facilitator, "at": now, "session_id": where.pk}
    meanwhile(actions.mark, client_id=amira.pk, status=AttendanceStatus.LATE, arrived_at=now, seen_version=0, **asked)
    meanwhile(actions.mark, client_id=ben.pk, status=AttendanceStatus.ABSENT, seen_version=0, **asked)
    meanwhile(actions.write_part, section="topic", text="Warning signs.", version=0, **asked)
    for who, path in (
        (here.facilitator, f"/groups/{where.pk}/"),
        (here.on_unit, f"/groups/{where.pk}/"),
        (here.facilitator, "/groups/"),
    ):
        page = open_as(who, path, color_scheme=theme)
        found = Axe().run(page, options={"preload": False})
        assert not found.response["violations"], found.generate_report()
