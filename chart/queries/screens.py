"""The log of drug screens: each with its results, the newest of every substance, and the steps of its custody."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from chart.models import DrugScreen, ScreenResult, ScreenStep
from chart.rules.screens import POSITIVE


@dataclass(frozen=True)
class Line:
    """One substance of a screen: the result that counts (None: none yet) and those it took the place of, newest first."""

    code: str
    name: str
    result: ScreenResult | None
    before: tuple[ScreenResult, ...] = ()

    @property
    def positive(self) -> bool:
        """Presumptive or confirmed."""
        return self.result is not None and self.result.result in POSITIVE


@dataclass(frozen=True)
class ScreenLine:
    """One screen of the log."""

    screen: DrugScreen
    lines: tuple[Line, ...]
    steps: tuple[ScreenStep, ...]

    @property
    def positive(self) -> tuple[Line, ...]:
        """The substances it was positive for."""
        return tuple(line for line in self.lines if line.positive)

    @property
    def open(self) -> int:
        """How many substances of a specimen that was given have no result yet."""
        given = self.screen.outcome == DrugScreen.Outcome.COLLECTED
        return sum(line.result is None for line in self.lines) if given else 0

    @property
    def words(self) -> str:
        """The result in a line: 'Positive: Cocaine', 'All negative', 'Refused'."""
        if self.screen.outcome != DrugScreen.Outcome.COLLECTED:
            return str(self.screen.get_outcome_display())
        if self.positive:
            return "Positive: " + ", ".join(line.name for line in self.positive)
        if self.open:
            return "No result yet" if self.open == len(self.lines) else f"{self.open} without a result"
        invalid = [line.name for line in self.lines if line.result and line.result.result == "invalid"]
        return f"Invalid: {', '.join(invalid)}" if invalid else "All negative"

    @property
    def tone(self) -> str:
        """One of the look's words."""
        if self.positive or self.screen.temperature_ok is False:
            return "late"
        return "caution" if self.words not in {"All negative", "No result yet"} else ""


def screens(client_ids: Sequence[int], at: datetime, *, most: int | None = None) -> tuple[list[ScreenLine], int]:
    """Screens that count, newest first, and how many more there are than ``most``. Four queries."""
    rows = DrugScreen.objects.filter(client__in=client_ids, corrected_by=None, mistake=False, written_at__lte=at)
    found = list(rows.select_related("by", "corrects").order_by("-collected_at", "-pk")[:most])
    more = max(0, rows.count() - len(found)) if most is not None and len(found) == most else 0
    return lines_of(found), more


def lines_of(found: Sequence[DrugScreen]) -> list[ScreenLine]:
    """Screens with results and steps. Two queries."""
    results, steps = beside(found)
    return lined(found, results, steps)


def beside(screens: Any) -> tuple[QuerySet[ScreenResult], QuerySet[ScreenStep]]:
    """The results, newest first, and the steps of these screens (rows, or a queryset of their keys)."""
    results = ScreenResult.objects.filter(screen__in=screens).select_related("by").order_by("-pk")
    return results, ScreenStep.objects.filter(screen__in=screens).select_related("by").order_by("at", "pk")


def lined(
    found: Sequence[DrugScreen], results: Iterable[ScreenResult], steps: Iterable[ScreenStep]
) -> list[ScreenLine]:
    """Screens with what stands ``beside`` them. No query."""
    told: dict[int, dict[str, list[ScreenResult]]] = defaultdict(lambda: defaultdict(list))
    for row in results:
        told[row.screen_id][row.substance].append(row)
    done: dict[int, list[ScreenStep]] = defaultdict(list)
    for step in steps:
        done[step.screen_id].append(step)
    return [ScreenLine(row, _lines(row, told[row.pk]), tuple(done[row.pk])) for row in found]


def _lines(screen: DrugScreen, results: dict[str, list[ScreenResult]]) -> tuple[Line, ...]:
    return tuple(
        Line(code, name, next(iter(results[code]), None), tuple(results[code][1:])) for code, name in screen.substances
    )
