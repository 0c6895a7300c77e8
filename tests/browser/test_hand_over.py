"""A nurse hands PHQ-9 to a client on a tablet: the network goes in between, 'back' shows nothing, and the PIN takes it back."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chart.models import HandOverAnswer, Score, Task
from tests.browser.conftest import Open
from tests.factories import PIN, admit, client, signs, world

pytestmark = pytest.mark.browser


def test_a_client_fills_in_a_scale_on_a_locked_tablet(open_as: Open) -> None:
    here = world(timezone.now())
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    signs(here.on_unit, here.site, at=timezone.now())
    page = open_as(here.on_unit, f"/clients/{who.pk}/score/phq_9/", size=(768, 1024))
    page.get_by_role("button", name="Hand to the client").click()
    question = page.get_by_role("heading", level=1)
    expect(question).to_have_text("Little interest or pleasure in doing things")

    # the network goes: the answer is sent again by itself
    page.context.set_offline(True)
    page.get_by_role("button", name="Several days").click()
    expect(page.get_by_role("status")).to_contain_text("sent again by itself")
    assert not HandOverAnswer.objects.exists()
    page.context.set_offline(False)
    expect(question).to_have_text("Feeling down, depressed, or hopeless")

    # neither 'back' nor an address leads out
    page.go_back()
    expect(question).to_be_visible()
    assert "Novak" not in page.content()
    page.goto(f"/clients/{who.pk}/")
    expect(question).to_have_text("Feeling down, depressed, or hopeless")

    # an answer can be changed
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("button", name="Several days")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Not at all").click()
    for number in range(2, 10):
        expect(page.get_by_text(f"{number} of 9", exact=True).first).to_be_visible()
        page.get_by_role("button", name="Several days" if number == 9 else "Not at all").click()
    expect(question).to_have_text("That was the last question.")
    assert Task.objects.get().kind == "safety"
    page.get_by_role("button", name="I am done").click()
    expect(page.get_by_text("Please hand the tablet back.")).to_be_visible()

    # staff take it back, see the answers, and sign
    page.get_by_text("For staff").click()
    page.get_by_label(re.compile("PIN of RN Cole")).fill(PIN)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("row", name=re.compile("Little interest .* Not at all"))).to_be_visible()
    page.get_by_role("button", name="Sign PHQ-9").click()
    expect(page.get_by_role("alert")).to_contain_text("PHQ-9 1 was kept. See to safety now")
    score = Score.objects.get()
    assert (score.total, score.filled_by) == (1, "client")
