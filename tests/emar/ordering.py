"""Writing and changing an order in few words, and what the pages say of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.rules.findings import Refused
from emar import actions
from emar.models import Medication, Order
from emar.queries import pass_page
from emar.rules.orders.facts import Sig, Verbal
from emar.rules.schedule import to_json
from tests.doc_table import table
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.factories.meds import at_times, medication

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PAGE = "docs/rules/orders.md"
DAILY = Sig(schedule=to_json(at_times("08:00")), dose=Decimal(100), unit="mg")


def folic() -> Medication:
    return medication("Folic acid", "1 mg", drug_class="vitamin")


def write(morning: Morning, **changes: Any) -> Order:
    asked: dict[str, Any] = {
        "by": morning.here.prescriber, "at": NOW, "episode_id": morning.episode.pk, "medication_id": folic().pk,
        "sig": replace(DAILY, dose=Decimal(1)),
    }  # fmt: skip
    return actions.write_order(**asked | changes)


def change(morning: Morning, **changes: Any) -> Order:
    asked: dict[str, Any] = {
        "by": morning.here.prescriber, "at": NOW, "order_id": morning.thiamine.pk, "sig": replace(DAILY, dose=Decimal(200)),
        "why": "Low level",
    }  # fmt: skip
    return actions.change_order(**asked | changes)


def due(morning: Morning, at: datetime = NOW) -> list[tuple[int, datetime, bool]]:
    """What the day's passes of the unit show: order, due and whether it waits."""
    found = []
    for hour in range(0, 24, 2):
        page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT.replace(hour=5) + hour * HOUR, at=at)
        assert page is not None
        found += [(dose.drug.order_id, dose.due_at, dose.waits) for card in page.clients for dose in card.doses]
    return sorted(set(found))


def refused(act: Callable[[], object], *codes: str) -> str:
    with pytest.raises(Refused) as caught:
        act()
    assert tuple(each.code for each in caught.value.findings) == codes
    return str(caught.value)


def page_says(code: str) -> str:
    rows = [*table(PAGE, "Verbal orders"), *table(PAGE, "What the other refusals say")]
    return next(row["Said"] for row in rows if row["Code"] == code)


def by_phone(morning: Morning, **changes: Any) -> Verbal:
    return replace(Verbal(morning.here.prescriber.pk, "telephone", read_back=True), **changes)
