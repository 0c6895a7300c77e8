"""What every table of periods shares: ``started_at``, ``ended_at`` (exclusive, open while NULL), and what never overlaps."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from staff.models import TsTzRange, as_range

M = TypeVar("M", bound=models.Model)


class Period(models.QuerySet[M]):
    """Rows with ``started_at`` and ``ended_at`` (exclusive, open while NULL)."""

    def current(self, at: datetime) -> Self:
        """The rows whose period holds this instant."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at)


def ends_after_start(name: str) -> models.CheckConstraint:
    """A period that ends, ends after it started."""
    return models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")), name=name)


def never_together(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows that are the same in all of ``fields`` (integer columns) overlap in time."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((as_range(field), RangeOperators.OVERLAPS) for field in fields),
            (TsTzRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
        ],
        condition=condition,
    )
