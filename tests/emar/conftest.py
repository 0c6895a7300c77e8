"""A morning on Alder: it is 08:10 in New York, three clients have doses at 08:00, one of them something as needed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from emar import actions
from emar.models import Administration, Order
from emar.rules.administration import Outcome
from programs.models import Client, Episode
from tests.factories import World, admit, client, world
from tests.factories.meds import as_needed, at_times, medication, order

NOW = datetime(2026, 1, 5, 13, 10, tzinfo=UTC)  # 08:10 in New York
EIGHT = datetime(2026, 1, 5, 13, 0, tzinfo=UTC)


@dataclass
class Morning:
    """The world, Elin's orders, and ``chart``, which gives her 08:00 thiamine unless told otherwise."""

    here: World
    elin: Client
    episode: Episode
    thiamine: Order
    ibuprofen: Order
    chart: Callable[..., Administration]


@pytest.fixture
def morning(db: None) -> Morning:
    return make_morning()


def daily_hour(here: World, now: datetime) -> str:
    """When the daily dose is due: 08:00 on a made-up day; by the real clock at noon or at midnight, whichever is far from now."""
    if abs(timezone.now() - now) > timedelta(days=1):
        return "08:00"
    return "12:00" if abs(now.astimezone(here.site.tz).hour - 12) > 5 else "00:00"


def make_morning(now: datetime = NOW) -> Morning:
    here = world(now)
    elin = client(here, "Elin", "Novak")
    episode = admit(here, elin, here.residential, here.beds[0])
    thiamine = order(episode, medication(), at_times(daily_hour(here, now)), by=here.prescriber)
    ibuprofen = order(episode, medication("Ibuprofen", "400 mg"), as_needed(), by=here.prescriber, indication="Pain")

    def chart(**changes: Any) -> Administration:
        asked: dict[str, Any] = {
            "by": here.on_unit,
            "at": now,
            "order_id": thiamine.pk,
            "due_at": EIGHT,
            "outcome": Outcome.GIVEN,
            "client_id": elin.pk,
            "identifiers": ("wristband",),
            "amount": Decimal(100),
            "unit": "mg",
        }
        if changes.get("due_at", EIGHT) is None:  # the ibuprofen is for pain: its score goes with it
            asked |= {"scale": "pain", "score": Decimal(6)}
        return actions.administer(**asked | changes)

    return Morning(here, elin, episode, thiamine, ibuprofen, chart)
