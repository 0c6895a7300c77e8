"""Who gets into the pages of orders, what odd input does there, and what a page costs."""

from typing import Any

import pytest
from django.utils import timezone

from tests.emar.conftest import Morning, make_morning
from tests.emar.desk import folic, typed
from tests.factories.meds import at_times, medication, order
from tests.signing import signed_in as as_


@pytest.fixture
def morning(db: None) -> Morning:
    """Now: views take the clock of the desk."""
    return make_morning(timezone.now())


@pytest.mark.parametrize(
    ("who", "see", "write"),
    [
        ("prescriber", 200, 200), ("on_unit", 200, 200), ("director", 200, 403), ("intake", 403, 403),
        ("facilitator", 403, 403), ("elsewhere", 404, 404),
    ],
)  # fmt: skip
def test_who_may_see_and_who_may_write(morning: Morning, who: str, see: int, write: int) -> None:
    browser, client = as_(getattr(morning.here, who)), morning.elin.pk
    assert browser.get(f"/pass/orders/{client}/").status_code == see
    for path in (f"orders/{client}/new/", f"orders/{client}/find/", f"order/{morning.thiamine.pk}/change/",
                 f"order/{morning.thiamine.pk}/stop/"):  # fmt: skip
        assert browser.get(f"/pass/{path}").status_code == write, path


def test_what_is_not_there_is_404(morning: Morning) -> None:
    browser, client = as_(morning.here.prescriber), morning.elin.pk
    for path in ("orders/999/", f"orders/{client}/new/?medication=999", f"orders/{client}/new/?medication=x",
                 "order/999/change/", f"order/{morning.thiamine.pk}/eat/", "order/999/stop/"):  # fmt: skip
        assert browser.get(f"/pass/{path}").status_code == 404, path


def test_odd_input_never_breaks_the_preview(morning: Morning) -> None:
    browser, path = as_(morning.here.prescriber), f"/pass/orders/{morning.elin.pk}/preview/"
    for odd in ("NaN", "Infinity", "-0", "1e9", "\x00", "٣", "9" * 40, "1,5"):
        for kind in ("fixed", "hours", "once", "taper", "prn", "lunar"):
            sent = typed(
                folic(), kind=kind, dose=odd, dose_max=odd, unit=odd, route=odd, own=odd, times=[odd], days=odd, every_n=odd,
                weekdays=[odd], hours=odd, gap_hours=odd, gap_minutes=odd, most_doses=odd, most=odd, reassess=odd, start=odd,
                until=odd, for_days=odd, mode=odd, witness=odd, taper_total=odd,
                **{f"taper-0-{name}": odd for name in ("amount", "days", "times")},
                **{f"limit-0-{name}": odd for name in ("measure", "value", "comparison", "fresh", "strict")},
            )  # fmt: skip
            assert browser.post(path, sent).status_code == 200, (odd, kind)
            assert browser.post(f"/pass/orders/{morning.elin.pk}/new/", sent).status_code == 422, (odd, kind)


def test_pages_take_few_questions_whatever_the_number_of_orders(
    morning: Morning, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        order(morning.episode, medication(f"Drug {number}", "1 mg"), at_times("08:00"), by=morning.here.prescriber)
    browser = as_(morning.here.prescriber)
    with django_assert_max_num_queries(17):
        assert browser.get(f"/pass/orders/{morning.elin.pk}/").status_code == 200
