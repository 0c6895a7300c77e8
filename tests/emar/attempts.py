"""A dose of chlordiazepoxide at 08:00 and the attempt to chart it, as docs/rules/doses.md has it, for the tests of the rules."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from emar.rules.administration import AttemptFacts, DoseFacts, Outcome, PrnLimits, RecentDose
from emar.rules.schedule import FixedTimes, Once
from emar.rules.windows import window_for

PAGE = "docs/rules/doses.md"
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 1, 5, tzinfo=NEW_YORK)
HOUR = timedelta(hours=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=120)


def clock(text: str) -> datetime:
    """A time of Mon 5 Jan 2026 in New York, or of the Sunday before: "08:00", "Sun 14:20"."""
    day = MONDAY - timedelta(days=1) if text.startswith("Sun ") else MONDAY
    return datetime.combine(day.date(), time.fromisoformat(text.removeprefix("Sun ")), tzinfo=NEW_YORK)


DOSE = DoseFacts(
    client=7,
    medication="Chlordiazepoxide",
    ingredient="chlordiazepoxide",
    amount=Decimal(50),
    unit="mg",
    route="by mouth",
    window=window_for(FixedTimes((time(8), time(20))), False),
    tz=NEW_YORK,
    due_at=clock("08:00"),
)
GIVEN = AttemptFacts(
    client=7,
    outcome=Outcome.GIVEN,
    given_at=clock("08:10"),
    at=clock("08:10"),
    amount=Decimal(50),
    unit="mg",
    identifiers=("wristband",),
    prn_reason="Headache",
)
NOT_TAKEN: dict[str, Any] = {"amount": None, "unit": None, "identifiers": ()}

Case = tuple[DoseFacts, AttemptFacts]


def dose(**changes: object) -> Case:
    return replace(DOSE, **changes), GIVEN  # type: ignore[arg-type]


def attempt(**changes: object) -> Case:
    return DOSE, replace(GIVEN, **changes)  # type: ignore[arg-type]


def both(first: Case, second: Case) -> Case:
    return first[0], second[1]


def not_taken(outcome: Outcome, reason: str | None, note: str = "") -> Case:
    return attempt(outcome=outcome, reason=reason, note=note, **NOT_TAKEN)


def taken(text: str) -> tuple[RecentDose, ...]:
    if text == "none":
        return ()
    parts = [part.split(" = ") for part in text.split(", ")]
    return tuple(RecentDose(clock(when), Decimal(much)) for when, much in parts)


LIMITS = PrnLimits(min_gap=6 * HOUR, max_doses=4, max_amount=Decimal(1200))
IBUPROFEN = replace(
    DOSE,
    medication="Ibuprofen",
    ingredient="ibuprofen",
    amount=Decimal(400),
    amount_max=Decimal(1600),
    window=window_for(Once(), False),
    due_at=None,
    prn=LIMITS,
)
steps = st.integers(-30 * 12, 30 * 12).map(lambda number: number * timedelta(minutes=5))
doses = st.builds(
    lambda off, much: RecentDose(MONDAY.astimezone(UTC) + off, Decimal(much)), steps, st.sampled_from([100, 400, 800])
)
