"""A count that did not agree: it locks its line until a supervisor resolves it, with a cause and a second name."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from emar.models.stock.counts import Count
from emar.models.stock.places import StockLine
from emar.rules.stock.kinds import Cause, Told
from staff.models import Person


class Variance(models.Model):
    """A line and a count differ since ``opened_at``; the line is locked until ``ended_at``.

    ``counted`` is what the second person found, ``expected`` what the ledger said then; where the two people differed from each
    other alone, ``first`` says so.
    """

    line = models.ForeignKey(StockLine, on_delete=models.PROTECT, related_name="variances")
    count = models.ForeignKey(Count, on_delete=models.PROTECT, related_name="variances")
    first = models.DecimalField(max_digits=9, decimal_places=3)
    first_expected = models.DecimalField(max_digits=9, decimal_places=3)
    counted = models.DecimalField(max_digits=9, decimal_places=3)
    expected = models.DecimalField(max_digits=9, decimal_places=3)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(ended_at=None), name="emar_one_variance_a_line"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("opened_at")), name="emar_variance_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(counted=F("expected")) | ~Q(first=F("first_expected")), name="emar_variance_differs"
            ),
        ]
        indexes = [models.Index(fields=["opened_at"], condition=Q(ended_at=None), name="emar_variance_open")]

    def __str__(self) -> str:
        return f"variance {self.pk}"


class Resolution(models.Model):
    """Why it differed, what was counted again, and by whom. The adjusting entry carries the second name. Append-only."""

    variance = models.OneToOneField(Variance, on_delete=models.PROTECT, related_name="resolution")
    cause = models.CharField(max_length=16, choices=[(each.value, each.label) for each in Cause])
    words = models.CharField(max_length=300)
    recounted = models.DecimalField(max_digits=9, decimal_places=3)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="emar_resolution_says_why"),
            models.CheckConstraint(condition=Q(recounted__gte=0, recounted__lt=1_000_000), name="emar_recount_real"),
        ]

    def __str__(self) -> str:
        return f"resolution {self.pk}"


class VarianceReport(models.Model):
    """A loss was told to the authority: the written notice, or the form. Append-only."""

    variance = models.ForeignKey(Variance, on_delete=models.PROTECT, related_name="reports")
    what = models.CharField(max_length=6, choices=[(each.value, each.label) for each in Told])
    reference = models.CharField(max_length=120)  # to whom and how, the number of the form
    sent_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variance", "what"], name="emar_variance_each_report_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="emar_variance_report_has_reference"),
            models.CheckConstraint(condition=Q(at__gte=F("sent_at")), name="emar_variance_report_not_ahead"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"
