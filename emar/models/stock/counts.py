"""Counts of a place by two people, neither of whom sees the balance first, and the hand-over of its keys. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from emar.models.stock.places import StockLine, StockLocation
from emar.rules.stock.kinds import Shift
from staff.models import Person, Proof


class Count(models.Model):
    """A count of a place. ``asked`` are the lines of its sheet; it is open until both numbers are in, or nobody began."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="counts")
    shift = models.CharField(max_length=8, choices=[(each.value, each.label) for each in Shift])
    asked = models.JSONField()  # [line id, ...]
    started_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    dropped_why = models.CharField(max_length=120, blank=True)  # ended without numbers

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location"], condition=Q(ended_at=None), name="emar_one_open_count_a_place"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="emar_count_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(ended_at=None) | Q(dropped_why=""), name="emar_count_dropped_is_ended"),
        ]
        indexes = [models.Index(fields=["location", "-started_at"], name="emar_count_newest")]

    def __str__(self) -> str:
        return f"count {self.pk}"


class CountSigning(models.Model):
    """One of the two people put their numbers in and signed them with their own PIN. Append-only."""

    count = models.ForeignKey(Count, on_delete=models.PROTECT, related_name="signings")
    part = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")  # who counted
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")  # whose tablet it was
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "part"], name="emar_count_each_part_once"),
            models.UniqueConstraint(fields=["count", "person"], name="emar_count_by_two_people"),
            models.CheckConstraint(condition=Q(part__in=[1, 2]), name="emar_count_two_parts"),
        ]

    def __str__(self) -> str:
        return f"count signing {self.pk}"


class CountNumber(models.Model):
    """How much of a line someone counted, and what the ledger said at that instant (entry ``number``, 0: none yet)."""

    signing = models.ForeignKey(CountSigning, on_delete=models.PROTECT, related_name="numbers")
    line = models.ForeignKey(StockLine, on_delete=models.PROTECT, related_name="counted")
    counted = models.DecimalField(max_digits=9, decimal_places=3)
    balance = models.DecimalField(max_digits=9, decimal_places=3)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signing", "line"], name="emar_count_line_once"),
            models.CheckConstraint(
                condition=Q(counted__gte=0, counted__lt=1_000_000, balance__gte=0, balance__lt=1_000_000),
                name="emar_count_never_negative",
            ),
        ]
        indexes = [models.Index(fields=["line", "-id"], name="emar_count_number_newest")]

    def __str__(self) -> str:
        return f"count number {self.pk}"


class KeyHandover(models.Model):
    """The keys of a place went from one person to another, on a count. ``from_person`` is NULL the first time. Append-only."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="handovers")
    count = models.OneToOneField(Count, on_delete=models.PROTECT, related_name="handover")
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proof = models.OneToOneField(Proof, on_delete=models.PROTECT, related_name="+")  # of who takes them
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_person=None) | ~Q(from_person=F("to_person")), name="emar_keys_go_to_another"
            )
        ]
        indexes = [models.Index(fields=["location", "-id"], name="emar_keys_newest")]

    def __str__(self) -> str:
        return f"key hand-over {self.pk}"
