"""Elin in alcohol withdrawal: a protocol, an order that goes by it, and scores, for the tests of this part."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chart.actions import score
from chart.models import Score
from chart.scales import scale as scale_of
from emar.actions.protocols import write_protocol
from emar.models import Order, Protocol
from emar.rules.protocols import Band, Stretch
from tests.emar.conftest import NOW, Morning
from tests.factories.meds import as_needed, medication, order

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BANDS = (
    Band(0, 7, None, 120),
    Band(8, 10, Decimal(25), 120),
    Band(11, 19, Decimal(50), 60),
    Band(20, 67, Decimal(100), 60, call=True),
)


def answers(total: int, code: str = "ciwa_ar") -> dict[str, int]:
    """Answers that add up to a total."""
    found, left = {}, total
    scale = scale_of(code)
    assert scale is not None
    for item in scale.items:
        value = max(each for each in item.values if each <= left)
        found[item.code], left = value, left - value
    assert left == 0
    return found


def scored(morning: Morning, total: int, at: datetime = NOW, code: str = "ciwa_ar", **more: Any) -> Score:
    asked: dict[str, Any] = {"by": morning.here.on_unit, "at": at, "episode_id": morning.episode.pk, "scale": code}
    return score(**asked | {"answers": more.get("answers") or answers(total, code)} | more)


def protocol(morning: Morning, at: datetime = NOW - 2 * HOUR, **changes: Any) -> Protocol:
    asked: dict[str, Any] = {
        "by": morning.here.prescriber, "at": at, "site_id": morning.here.site.pk, "name": "Alcohol by CIWA-Ar",
        "scale": "ciwa_ar", "ingredient": "chlordiazepoxide", "unit": "mg", "bands": BANDS, "low": 8, "attested": True,
        "stretches": (Stretch(3, 240),), "end_hours": 24, "source": "Medical director, January",
    }  # fmt: skip
    return write_protocol(**asked | changes)


def librium(morning: Morning, by: Protocol | None = None, **more: Any) -> Order:
    """25 to 100 mg as needed by the protocol, an hour apart, from an hour before now."""
    drug = medication("Chlordiazepoxide", "25 mg", psychotropic=True)
    values: dict[str, Any] = {
        "dose": "25", "dose_max": Decimal(100), "indication": "Alcohol withdrawal", "started_at": NOW - HOUR,
        "most_in_24h": Decimal(300), "most_unit": "mg",
    }  # fmt: skip
    return order(
        morning.episode,
        drug,
        as_needed(1, 12),
        by=morning.here.prescriber,
        protocol=by or protocol(morning),
        **values | more,
    )
