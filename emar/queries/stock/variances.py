"""Which counts did not agree, how each stands, and what is to be reported by when?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from emar.models import CountSigning, Resolution, Variance
from emar.rules.stock import Cause, Report, is_reportable, reports
from programs.models import Site
from programs.rules.clocks import State


@dataclass(frozen=True)
class VarianceRow:
    """A difference. ``counters``: who counted, first and second; ``reports``: the clocks of a loss, empty where none run.

    ``second_name`` and the rest of the resolution are '' and None while it is open.
    """

    pk: int
    line_id: int
    line: str
    unit: str
    location: str
    count_id: int
    opened_at: datetime
    first: Decimal
    first_expected: Decimal
    counted: Decimal
    expected: Decimal
    counters: tuple[tuple[int, str], ...]
    reports: tuple[Report, ...]
    ended_at: datetime | None
    cause: Cause | None
    words: str
    recounted: Decimal | None
    by: str
    second_name: str

    @property
    def missing(self) -> Decimal:
        """How much was missing at the most, by either count; 0 where none was."""
        return missing_of(self)

    @property
    def waits(self) -> bool:
        """Whether something is still to be done: it is open, or a report was not sent."""
        return self.ended_at is None or any(each.sent_at is None for each in self.reports)

    @property
    def late(self) -> bool:
        """Whether a report that was not sent is late."""
        return any(each.sent_at is None and each.state is State.LATE for each in self.reports)


def missing_of(found: "VarianceRow | Variance") -> Decimal:
    """How much was missing at the most, by either count; 0 where none was."""
    return max(found.expected - found.counted, found.first_expected - found.first, Decimal(0))


def open_variances(site: Site, now: datetime) -> list[VarianceRow]:
    """What waits at a site: differences that lock a line, and losses whose notice or form was not sent, oldest first. Three queries."""
    waits = Q(ended_at=None) | Q(resolution__cause__in=[cause.value for cause in Cause if cause.is_loss])
    rows = _rows(_all().filter(waits, line__location__site=site), site, now)
    return [row for row in rows if row.waits]


def variances_between(site: Site, since: datetime, until: datetime, now: datetime) -> list[VarianceRow]:
    """Every difference of a site found in a stretch, resolved or not: the discrepancy report. Three queries."""
    return _rows(_all().filter(line__location__site=site, opened_at__gte=since, opened_at__lt=until), site, now)


def variance(variance_id: int, now: datetime) -> VarianceRow | None:
    """One difference; None for an unknown one. Four queries."""
    row = _all().filter(pk=variance_id).first()
    if row is None:
        return None
    return _rows([row], row.line.location.site, now)[0]


def _all() -> QuerySet[Variance]:
    return (
        Variance.objects.select_related(
            "line__medication", "line__location__site", "resolution__by", "adjustment__proof__person"
        )
        .prefetch_related("reports")
        .order_by("opened_at", "pk")
    )


def _rows(found: Iterable[Variance], site: Site, now: datetime) -> list[VarianceRow]:
    rows = list(found)
    counters: dict[int, list[tuple[int, str]]] = {}
    signings = CountSigning.objects.filter(count__in=[row.count_id for row in rows]).select_related("person")
    for each in signings.order_by("part"):
        counters.setdefault(each.count_id, []).append((each.person_id, each.person.signature))
    return [_row(row, tuple(counters.get(row.count_id, ())), site, now) for row in rows]


def _row(row: Variance, counters: tuple[tuple[int, str], ...], site: Site, now: datetime) -> VarianceRow:
    why: Resolution | None = getattr(row, "resolution", None)
    entry = getattr(row, "adjustment", None)
    cause = None if why is None else Cause(why.cause)
    sent = {each.what: each.sent_at for each in row.reports.all()}
    clocks = (
        reports(row.opened_at, notice_at=sent.get("notice"), form_at=sent.get("form"), now=now, tz=site.tz)
        if is_reportable(missing_of(row), cause)
        else ()
    )
    return VarianceRow(
        pk=row.pk, line_id=row.line_id, line=str(row.line), unit=row.line.unit, location=row.line.location.name,
        count_id=row.count_id, opened_at=row.opened_at, first=row.first, first_expected=row.first_expected,
        counted=row.counted, expected=row.expected, counters=counters, reports=clocks, ended_at=row.ended_at, cause=cause,
        words="" if why is None else why.words, recounted=None if why is None else why.recounted,
        by="" if why is None else why.by.signature,
        second_name="" if entry is None or entry.proof is None else entry.proof.person.signature,
    )  # fmt: skip
