"""Legal papers of some sites, what each permits now, and the ground of a release that rests on one (42 CFR 2.61)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from audit.rules.findings import Finding
from privacy.models import LegalRequest, LegalStep
from privacy.rules.classes import InfoClass
from privacy.rules.grounds import CourtOrder
from privacy.rules.legal import LegalKind, LegalStepKind, Served, against


@dataclass(frozen=True)
class Paper:
    """A legal paper with what happened to it, and why nothing may be released on it (nothing: within its scope something may)."""

    row: LegalRequest
    steps: tuple[LegalStep, ...]
    against: tuple[Finding, ...]

    @property
    def answered(self) -> LegalStep | None:
        """How it was answered; None while it waits."""
        return next((each for each in self.steps if each.kind == LegalStepKind.ANSWERED), None)

    @property
    def scope(self) -> str:
        """The parts an order names, in words."""
        return ", ".join(InfoClass(each).label for each in self.row.classes)

    def left(self, today: date) -> int | None:
        """Days until it is to be answered; None where no day is named."""
        return (self.row.due_on - today).days if self.row.due_on is not None else None


def papers(site_ids: Collection[int], at: datetime) -> list[Paper]:
    """Those of these sites: what waits first, then the newest. Two queries."""
    found = _papers(LegalRequest.objects.filter(site__in=site_ids), at)
    return sorted(found, key=lambda each: each.answered is not None)


def paper(site_ids: Collection[int], at: datetime, pk: int) -> Paper | None:
    """One of them."""
    return next(iter(_papers(LegalRequest.objects.filter(site__in=site_ids, pk=pk), at)), None)


def orders_of(client_ids: Collection[int], at: datetime) -> list[LegalRequest]:
    """The orders about a client on which a release may rest now. Two queries, one where there is none."""
    rows = LegalRequest.objects.filter(client__in=client_ids, kind=LegalKind.ORDER.value)
    return [each.row for each in _papers(rows, at) if not each.against and each.answered is None]


def ground_of(row: LegalRequest) -> CourtOrder:
    """What the gate is told of an order."""
    mandate = mandate_of(row, list(row.steps.all()))
    return CourtOrder(
        row.section, f"Legal request {row.pk}: order of {row.court}, {row.docket}", mandate,
        frozenset(map(InfoClass, row.classes)), frozenset({row.recipient_id} if row.recipient_id else ()), row.until,
        row.confidential_finding,
    )  # fmt: skip


def mandate_of(row: LegalRequest, steps: Collection[LegalStep]) -> str:
    """The mandate that came with it or later; '' where none did."""
    later = [each.words for each in steps if each.kind == LegalStepKind.MANDATE]
    return row.mandate or next(iter(later), "")


def _papers(rows: QuerySet[LegalRequest], at: datetime) -> list[Paper]:
    found = rows.select_related("client", "recipient", "by", "site").prefetch_related("steps__by")
    return [_paper(row, at) for row in found.order_by("-received_on", "-pk")]


def _paper(row: LegalRequest, at: datetime) -> Paper:
    steps = tuple(sorted(row.steps.all(), key=lambda each: (each.at, each.pk)))
    served = Served(
        LegalKind(row.kind), row.section, mandate_of(row, steps), frozenset(map(InfoClass, row.classes)), row.until,
        any(each.kind == LegalStepKind.COUNSEL for each in steps), row.client_id is not None,
    )  # fmt: skip
    return Paper(row, steps, tuple(against(served, at)))
