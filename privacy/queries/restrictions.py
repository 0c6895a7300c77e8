"""The restrictions on disclosure that were agreed to with a client (42 CFR 2.26)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from privacy.models import RestrictionRequest, RestrictionStep
from privacy.rules.classes import InfoClass, Purpose, RecipientKind
from privacy.rules.disclosure import Restriction
from privacy.rules.restrictions import Step


@dataclass(frozen=True)
class Kept:
    """A request with what happened to it, in order."""

    row: RestrictionRequest
    steps: tuple[RestrictionStep, ...]

    @property
    def kinds(self) -> frozenset[Step]:
        """What happened."""
        return frozenset(Step(each.kind) for each in self.steps)

    @property
    def waits(self) -> bool:
        """True until it is decided."""
        return not self.steps

    @property
    def counts(self) -> bool:
        """True while something stays back on it (also where the program ended it for later records)."""
        return Step.AGREED in self.kinds and not self.kinds & {Step.ENDED_WRITTEN, Step.ENDED_ORAL}

    @property
    def what(self) -> str:
        """The parts, in words."""
        return ", ".join(InfoClass(each).label for each in self.row.classes) or "Everything"

    @property
    def whom(self) -> str:
        """From whom it is kept."""
        if self.row.recipient is not None:
            return self.row.recipient.name
        kind = self.row.recipient_kind
        return f"Each {RecipientKind(kind).label.lower()}" if kind else "Everybody"

    @property
    def purposes(self) -> str:
        """For what."""
        return ", ".join(Purpose(each).label for each in self.row.purposes)


def kept(client_ids: Collection[int], at: datetime) -> tuple[Kept, ...]:
    """Every request of these clients up to an instant, the newest first. Two queries."""
    return _kept(RestrictionRequest.objects.filter(client__in=client_ids), at)


def waiting(site_ids: Collection[int], at: datetime) -> tuple[Kept, ...]:
    """Those of these sites that nobody decided yet, the oldest first. Two queries."""
    rows = RestrictionRequest.objects.filter(site__in=site_ids, steps=None)
    return tuple(reversed(_kept(rows, at)))


def _kept(rows: QuerySet[RestrictionRequest], at: datetime) -> tuple[Kept, ...]:
    found = (
        rows.filter(at__lte=at)
        .select_related("recipient", "by", "client", "site__organisation")
        .prefetch_related("steps__by")
    )
    return tuple(
        Kept(row, tuple(sorted((s for s in row.steps.all() if s.at <= at), key=lambda each: (each.at, each.pk))))
        for row in found.order_by("-at", "-pk")
    )


def in_force(client_ids: Collection[int], at: datetime) -> tuple[Restriction, ...]:
    """Those in force at an instant, of all records of a client. Two queries."""
    return tuple(_rule(each) for each in kept(client_ids, at) if each.counts)


def _rule(each: Kept) -> Restriction:
    row = each.row
    over = next((step for step in each.steps if step.kind == Step.ENDED_PROGRAM), None)
    return Restriction(
        row.pk, frozenset(map(InfoClass, row.classes)), frozenset({row.recipient_id} if row.recipient_id else ()),
        frozenset({RecipientKind(row.recipient_kind)} if row.recipient_kind else ()), frozenset(map(Purpose, row.purposes)),
        before=over.at.astimezone(row.site.tz).date() if over is not None else None,
    )  # fmt: skip
