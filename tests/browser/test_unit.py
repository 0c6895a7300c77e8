"""Rounds on a tablet: a tag is scanned, one tap writes a look, others see it, and a dead network loses nothing. A handoff keeps
what is typed."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect

from chart.models import Handoff, HandoffDraft, ObservationCheck
from chart.queries.handoff import minute_of
from programs.rules.routine import shift_at
from tests.browser.conftest import Open
from tests.browser.scanners import wedge
from tests.chart.unit_here import TAGS, Unit, unit
from tests.factories import world

pytestmark = pytest.mark.browser


@pytest.fixture
def alder(transactional_db: None) -> Unit:
    return unit(world(datetime.now(UTC)))


def test_a_look_is_one_tap_after_the_tag_and_a_colleague_sees_it(alder: Unit, open_as: Open) -> None:
    where = f"/unit/rounds/{alder.here.unit.pk}/"
    tech, nurse = open_as(alder.tech, where, size=(768, 1024)), open_as(alder.here.on_unit, where)
    expect(nurse.locator("html")).to_have_attribute("data-live", "live")
    row = tech.locator(f"#round-{alder.lena.pk}")
    row.get_by_role("button", name=re.compile("Asleep")).click()
    expect(row.get_by_role("status")).to_contain_text("Scan the tag on the door first")
    wedge(tech, TAGS[0])
    expect(row.get_by_text("Tag scanned")).to_be_visible()
    row.get_by_role("button", name=re.compile("Asleep")).click()
    expect(row).to_contain_text("asleep, breathing seen, Ty Under")
    expect(nurse.locator(f"#round-{alder.lena.pk}")).to_contain_text("asleep, breathing seen, Ty Under")
    assert ObservationCheck.objects.get().room_tag == "Alder 1"
    row.get_by_text("Other").click()
    row.get_by_role("button", name="Not found").click()
    expect(nurse.get_by_role("alert").filter(has_text="L. Harmon was not found")).to_be_visible()


def test_looks_taken_without_a_network_are_sent_when_it_is_back_with_the_time_of_the_tap(
    alder: Unit, open_as: Open
) -> None:
    tech = open_as(alder.tech, f"/unit/rounds/{alder.here.unit.pk}/", size=(768, 1024))
    tech.get_by_label("Without a tag").select_option("no_tag")
    tech.context.set_offline(True)
    tech.locator(f"#round-{alder.lena.pk}").get_by_role("button", name=re.compile("Awake")).click()
    tech.locator(f"#round-{alder.omar.pk}").get_by_role("button", name=re.compile("In group")).click()
    expect(tech.get_by_text("2 looks are not sent yet")).to_be_visible(timeout=15_000)
    assert not ObservationCheck.objects.exists()
    tech.close()
    tech.context.set_offline(False)
    again = tech.context.new_page()  # the window was closed: the looks wait in the browser
    again.goto(f"/unit/rounds/{alder.here.unit.pk}/")
    expect(again.get_by_text("not sent yet")).to_be_hidden(timeout=15_000)
    expect(again.locator(f"#round-{alder.lena.pk}")).to_contain_text(re.compile(r"awake.*Ty Under"))
    expect(again.locator(f"#round-{alder.omar.pk}")).to_contain_text(re.compile(r"in group.*Ty Under"))
    kept = list(ObservationCheck.objects.order_by("client"))
    assert [row.state for row in kept] == ["awake", "group"]
    assert all(row.at < row.entered_at for row in kept)


def test_a_handoff_keeps_what_is_typed_and_marked(alder: Unit, open_as: Open) -> None:
    shift = minute_of(shift_at(alder.now, alder.here.site.tz).since)
    page = open_as(alder.here.on_unit, f"/unit/handoff/{alder.here.unit.pk}/{shift}/", size=(768, 1024))
    lena = page.get_by_role("article", name=re.compile("Lena Harmon"))
    lena.get_by_label("Watcher").check()
    expect(lena.get_by_role("status")).to_contain_text("Kept")
    lena.get_by_label("What may happen").fill("Look again at noon.")
    expect(page.locator(f"#seen-{alder.lena.pk}")).to_have_value("2")
    part = HandoffDraft.objects.get().content["clients"][str(alder.lena.pk)]
    assert (part["illness"], part["contingency"]) == ("watcher", "Look again at noon.")


def test_giving_a_handoff_waits_for_the_words_that_are_still_on_their_way(alder: Unit, open_as: Open) -> None:
    shift = minute_of(shift_at(alder.now, alder.here.site.tz).since)
    page = open_as(alder.here.on_unit, f"/unit/handoff/{alder.here.unit.pk}/{shift}/", size=(768, 1024))
    lost = iter((True, False))

    def slow(route: Route) -> None:
        """The first save arrives, but its answer is lost."""
        answer = route.fetch()
        route.abort() if next(lost, False) else route.fulfill(response=answer)

    page.route("**/save/", slow)
    for name in ("Lena Harmon", "Omar"):
        row = page.get_by_role("article", name=re.compile(name))
        row.get_by_label("Stable", exact=True).check()
        row.get_by_label("Summary").fill(f"{name} is well.")
    page.get_by_role("button", name="Give the handoff").click()
    expect(page.get_by_text("Nobody has taken this handoff over")).to_be_visible(timeout=15_000)
    kept = {row["name"]: row["summary"] for row in Handoff.objects.get().content["clients"]}
    assert sorted(kept.values()) == ["Lena Harmon is well.", "Omar is well."]
