"""A score that is due is taken on the tablet, the order proposes the dose for it, and the nurse gives it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chart.models import Score
from emar.keys import minute_of
from emar.models import Administration, DoseChecks
from tests.browser.conftest import Open
from tests.browser.test_pass import row
from tests.emar.conftest import Morning
from tests.emar.withdrawal import answers, librium, protocol
from tests.factories import admit, client, world
from tests.factories.meds import at_times, medication, order

pytestmark = pytest.mark.browser
HOUR = timedelta(hours=1)


def elin() -> Morning:
    """Elin on Alder, scored through the night, with an order that goes by CIWA-Ar and a score overdue now."""
    here = world(timezone.now())
    who = client(here, "Elin", "Novak")
    episode = admit(here, who, here.residential, here.beds[0])
    thiamine = order(episode, medication(), at_times("08:00"), by=here.prescriber)
    morning = Morning(here, who, episode, thiamine, thiamine, lambda **_: thiamine)  # type: ignore[arg-type]
    table = protocol(morning, at=here.now - 24 * HOUR)
    librium(morning, table, started_at=here.now - 20 * HOUR)
    for hours, total in ((19, 18), (16, 24), (12, 19), (8, 14), (5, 12), (2, 9)):
        at = here.now - hours * HOUR
        Score.objects.create(
            client=who, episode=episode, scale="ciwa_ar", edition="x", answers=answers(total), total=total, at=at, written_at=at,
            by=here.on_unit,
        )  # fmt: skip
    return morning


def test_a_nurse_scores_what_is_due_and_gives_what_is_proposed(open_as: Open) -> None:
    morning = elin()
    where = f"/pass/{morning.here.unit.pk}/{minute_of(morning.here.now)}/?client={morning.elin.pk}"
    page = open_as(morning.here.on_unit, where, size=(768, 1024))
    page.get_by_text("Says the name").click()
    page.get_by_text("Says the birth date").click()
    page.get_by_role("button", name="It is Elin Novak").click()
    scores = page.get_by_role("region", name="Scores")
    expect(scores).to_contain_text("CIWA-Ar")
    expect(row(page, "Chlordiazepoxide")).to_contain_text("score again first")

    # the trend, where it is asked for
    scores.get_by_role("button", name="Trend of CIWA-Ar").click()
    expect(page.get_by_role("img", name=re.compile("CIWA-Ar from 18 to 9 over 6 scores"))).to_be_visible()

    # one screen: the total runs along, and half of it is no score
    scores.get_by_role("link", name="Score CIWA-Ar").click()
    for place, (code, value) in enumerate(answers(14).items()):
        page.locator(f'input[name="item-{code}"][value="{value}"]').check(force=True)
        if place == 4:
            expect(page.get_by_role("status").filter(has_text="of 67")).to_contain_text("5 to answer")
            page.get_by_role("button", name="Keep CIWA-Ar").click()
            expect(page.get_by_role("alert")).to_contain_text("5 of 10 items are not answered")
    expect(page.get_by_role("status").filter(has_text="of 67")).to_contain_text("14 of 67 Moderate")
    page.get_by_role("button", name="Keep CIWA-Ar").click()

    # back on the pass: the order proposes, nothing is given
    dose = row(page, "Chlordiazepoxide")
    expect(dose).to_contain_text(re.compile(r"CIWA-Ar 14 at .* is in 11 to 19: 50 mg\. Proposed: 50 mg\."))
    assert Score.objects.latest("pk").total == 14
    assert not Administration.objects.exists()
    dose.get_by_role("button", name=re.compile("as needed")).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("checkbox", name=re.compile("CIWA-Ar 14"))).to_be_checked()
    expect(sheet.locator('input[name="amount"]:checked')).to_have_count(0)
    sheet.get_by_role("radio", name=re.compile("50 mg")).check()
    sheet.get_by_role("button", name="Chart it").click()
    expect(sheet).to_have_count(0)
    expect(dose).to_contain_text(re.compile(r"Given \d\d:\d\d for CIWA-Ar 14\. CIWA-Ar due \d\d:\d\d"))
    given = Administration.objects.get()
    assert (given.amount, given.score, DoseChecks.objects.get(administration=given).proposed) == (
        Decimal(50),
        Decimal(14),
        Decimal(50),
    )
