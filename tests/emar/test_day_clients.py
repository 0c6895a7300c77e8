"""Who sleeps on no unit has a pass all the same: the day clients of a program are walked like a unit."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beds.models import BedStay
from emar import actions
from emar.actions.walk import be_with, finish_pass
from emar.models import Order
from emar.queries import pass_lines, pass_page
from emar.queries.tasks import tasks
from emar.queries.walked import DAY_UNITS, unit_of
from emar.rules.administration import Outcome
from live.queries import current_seq
from programs.topics import pass_topic
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.emar.test_absent import HOUR
from tests.emar.test_views import signed_in
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order


def day_client(morning: Morning, name: str = "Wren", program: Any = None, **more: Any) -> Order:
    """Somebody in PHP with naltrexone at 08:00, and no bed."""
    here = morning.here
    episode = admit(here, client(here, name, "Tull"), program or here.php)
    return order(episode, medication("Naltrexone", "50 mg"), at_times("08:00"), by=here.prescriber, **more)


def day_unit(morning: Morning) -> int:
    return DAY_UNITS + morning.here.php.pk


def test_a_day_client_stands_on_the_pass_of_their_program_and_on_no_other(morning: Morning) -> None:
    due = day_client(morning)
    lines = {line.unit: line for line in pass_lines(morning.here.site, at=NOW) if line.current}
    assert set(lines) == {"Alder", "PHP: day clients"}
    assert (lines["PHP: day clients"].total, lines["Alder"].total) == (1, 1)
    page = pass_page(morning.here.site, day_unit(morning), EIGHT, at=NOW)
    assert page is not None
    (card,) = page.clients
    assert (card.client_id, card.place.short, page.unit) == (due.client_id, "day client", "PHP: day clients")
    alder = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert alder is not None and [each.client_id for each in alder.clients] == [morning.elin.pk]


def test_who_has_nothing_ordered_or_carries_it_is_on_no_pass(morning: Morning) -> None:
    here = morning.here
    admit(here, client(here, "Ash", "Vane"), here.php)
    day_client(morning, "Lark", mode="self_carry")
    day_client(morning, "Finch", ended_at=NOW - HOUR)
    assert pass_page(here.site, day_unit(morning), EIGHT, at=NOW) is None


def test_two_programs_are_two_passes_in_the_order_of_the_programs(morning: Morning) -> None:
    day_client(morning, "Iris", morning.here.iop)
    day_client(morning)
    units = dict.fromkeys(line.unit for line in pass_lines(morning.here.site, at=NOW))
    assert list(units) == ["Alder", "PHP: day clients", "IOP: day clients"]


def test_a_day_dose_is_charted_the_tablets_are_told_and_the_pass_is_finished(morning: Morning) -> None:
    here, due, unit = morning.here, day_client(morning), day_unit(morning)
    before = current_seq(pass_topic(unit))
    be_with(by=here.on_unit, at=NOW, site_id=here.site.pk, unit_id=unit, client_id=due.client_id, device="t1")
    actions.administer(
        by=here.on_unit, at=NOW, order_id=due.pk, due_at=EIGHT, outcome=Outcome.GIVEN, client_id=due.client_id,
        identifiers=("name", "birth_date"), amount=Decimal(50), unit="mg",
    )  # fmt: skip
    assert current_seq(pass_topic(unit)) == before + 2
    run = finish_pass(by=here.on_unit, at=NOW, site_id=here.site.pk, unit_id=unit, pass_at=EIGHT)
    assert run.ended_at == NOW


def test_an_order_written_for_a_day_client_reaches_the_open_pass(morning: Morning) -> None:
    due = day_client(morning)
    before = current_seq(pass_topic(day_unit(morning)))
    actions.stop_order(by=morning.here.prescriber, at=NOW, order_id=due.pk, why="Done")
    assert current_seq(pass_topic(day_unit(morning))) == before + 1


def test_a_missed_day_dose_leads_to_that_pass(morning: Morning) -> None:
    due = day_client(morning)
    found = tasks(morning.here.site, NOW + 3 * HOUR)
    (row,) = [each for each in found.missed if each.order_id == due.pk]
    assert row.whose.place is not None and row.whose.place.unit_id == day_unit(morning)


def test_who_gets_a_bed_goes_over_to_the_pass_of_the_unit(morning: Morning) -> None:
    here, due = morning.here, day_client(morning)
    assert unit_of(here.site.pk, due.episode_id, NOW) == day_unit(morning)
    BedStay.objects.create(bed=here.beds[1], episode=due.episode, client=due.client, started_at=NOW)
    assert unit_of(here.site.pk, due.episode_id, NOW) == here.unit.pk


def test_the_queries_do_not_grow(morning: Morning) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            pass_page(morning.here.site, day_unit(morning), EIGHT, at=NOW)
        return len(seen)

    day_client(morning)
    one = asked()
    for name in ("Ivo", "Bo", "Ada"):
        day_client(morning, name)
    assert asked() == one <= 15


@pytest.mark.django_db
def test_the_page_of_a_day_client_opens_and_says_that_they_come_by_day() -> None:
    morning = make_morning(timezone.now())
    due = day_client(morning)
    page = signed_in(morning.here.on_unit).get(f"/pass/{day_unit(morning)}/{int(due.started_at.timestamp() // 60)}/")
    assert page.status_code == 200
    assert "Comes by day" in page.content.decode() and "Room ," not in page.content.decode()
