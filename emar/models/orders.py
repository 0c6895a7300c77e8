"""Orders: what is to be given to whom and when, their holds, and the words of a prescriber that a nurse wrote down."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from emar.models.formulary import Medication
from emar.rules.orders.kinds import Heard, Mode, StartKind, Witness
from emar.rules.orders.limits import HoldLimit, limits_from_json
from programs.models import Client, Episode
from programs.models.periods import Period, ends_after_start, never_together
from staff.models import Person


class Order(models.Model):
    """An order for a client: one version of it. It is in force from ``started_at`` until ``ended_at``, its stop.

    What was ordered never changes: a change is a new version that names the old one in ``replaces``. Three instants say which
    doses are this version's (NULL: as the period says): its schedule counts from ``anchor_at``, and its are the doses due from
    ``due_from`` until ``due_until``. So at the seam of two versions each due time has one owner. Ask ``span`` and ``anchor``.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="orders")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="orders")
    medication = models.ForeignKey(Medication, on_delete=models.PROTECT, related_name="orders")
    dose = models.DecimalField(max_digits=9, decimal_places=3)
    dose_max = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)  # the top of a range
    unit = models.CharField(max_length=20)
    route = models.CharField(max_length=30)
    schedule = models.JSONField()  # emar.rules.schedule
    time_critical = models.BooleanField(default=False)
    indication = models.CharField(max_length=120, blank=True)
    instructions = models.CharField(max_length=200, blank=True)
    most_in_24h = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)  # of the main ingredient
    most_unit = models.CharField(max_length=20, blank=True)
    reassess_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # as needed; NULL: as the site says
    mode = models.CharField(
        max_length=12, choices=[(each.value, each.label) for each in Mode], default=Mode.NURSE.value
    )
    witness = models.CharField(
        max_length=12, choices=[(each.value, each.label) for each in Witness], default=Witness.NONE.value
    )
    hold_limits = models.JSONField(default=list, blank=True)  # emar.rules.orders.limits
    protocol = models.ForeignKey(
        "emar.Protocol", on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )  # which table proposes its doses
    start_kind = models.CharField(
        max_length=10, blank=True, default="", choices=[(each.value, each.label) for each in StartKind]
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # the stop as it was planned when written; never changes
    anchor_at = models.DateTimeField(null=True, blank=True)
    due_from = models.DateTimeField(null=True, blank=True)
    due_until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")  # who wrote it
    written_at = models.DateTimeField(null=True, blank=True)
    overrides = models.JSONField(default=list, blank=True)  # [{"code", "message", "reason"}] gone past when written
    stopped_at = models.DateTimeField(null=True, blank=True)  # when somebody stopped or changed it
    stopped_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stopped_why = models.CharField(max_length=120, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            # an order that was stopped before its start was never in force
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="emar_order_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(dose__gt=0, dose__lt=1_000_000), name="emar_order_dose_positive"),
            models.CheckConstraint(
                condition=Q(dose_max=None) | Q(dose_max__gt=F("dose"), dose_max__lt=1_000_000),
                name="emar_order_range_upwards",
            ),
            models.CheckConstraint(condition=~Q(unit=""), name="emar_order_has_unit"),
            models.CheckConstraint(
                condition=Q(most_in_24h=None, most_unit="")
                | Q(most_in_24h__isnull=False, most_in_24h__gt=0, most_in_24h__lt=1_000_000) & ~Q(most_unit=""),
                name="emar_order_most_positive",
            ),
            models.CheckConstraint(
                condition=Q(protocol=None) | Q(schedule__kind="as_needed"), name="emar_order_protocol_as_needed"
            ),
            models.CheckConstraint(
                condition=Q(reassess_minutes=None) | Q(reassess_minutes__gte=15, reassess_minutes__lte=960),
                name="emar_order_reassess_15_to_960",  # emar-safety 16
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__isnull=False, stopped_by__isnull=False, ended_at__gte=F("stopped_at")),
                name="emar_order_stopped_by_someone",  # and never back in time
            ),
            models.CheckConstraint(
                condition=Q(due_until=None) | Q(ended_at__isnull=False, due_until__lte=F("ended_at")),
                name="emar_order_due_while_it_runs",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "started_at"], name="emar_order_client"),
            models.Index(fields=["episode", "ended_at"], name="emar_order_episode"),
        ]

    def __str__(self) -> str:
        return f"order {self.pk}"

    @property
    def anchor(self) -> datetime:
        """What the schedule counts from: ``start`` of ``due_times`` and ``taper_dose_at``."""
        return self.anchor_at or self.started_at

    @property
    def span(self) -> tuple[datetime, datetime | None]:
        """The doses that are this version's: due from (inclusive) until (exclusive, None = open)."""
        since = self.due_from or self.started_at
        until = self.ended_at if self.due_until is None else self.due_until
        return since, until

    @property
    def planned_end(self) -> datetime | None:
        """The stop as written, whatever came of it; None = open."""
        return self.ended_at if self.stopped_at is None else self.until

    @property
    def limits(self) -> tuple[HoldLimit, ...]:
        """Its hold limits."""
        return limits_from_json(self.hold_limits)


class OrderHold(models.Model):
    """An order is on hold for a period: its doses in it are not due."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds")
    why = models.CharField(max_length=120)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    history = HistoricalRecords()

    objects = Period.as_manager()

    class Meta:
        constraints = [
            ends_after_start("emar_hold_ends_after_start"),
            never_together("emar_one_hold_at_a_time", "order_id"),
        ]

    def __str__(self) -> str:
        return f"order hold {self.pk}"


class VerbalOrder(models.Model):
    """A nurse did something to an order on a prescriber's word, read it back, and it is to be co-signed. Append-only."""

    class Act(models.TextChoices):
        WRITE = "write", "Written"
        CHANGE = "change", "Changed"
        STOP = "stop", "Stopped"
        HOLD = "hold", "Put on hold"
        RELEASE = "release", "Released from hold"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="verbal")
    act = models.CharField(max_length=8, choices=Act)
    heard = models.CharField(max_length=10, choices=[(each.value, each.label) for each in Heard])
    prescriber = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="verbal_orders")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_back = models.BooleanField()
    cosign_due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(read_back=True), name="emar_verbal_read_back"),
            models.CheckConstraint(condition=~Q(prescriber=F("by")), name="emar_verbal_of_another"),
            models.CheckConstraint(condition=Q(cosign_due_at__gt=F("at")), name="emar_verbal_due_after"),
        ]
        indexes = [models.Index(fields=["cosign_due_at"], name="emar_verbal_cosign_due")]

    def __str__(self) -> str:
        return f"verbal order {self.pk}"


class Cosign(models.Model):
    """A prescriber signed what was taken down on a prescriber's word. Append-only."""

    verbal = models.OneToOneField(VerbalOrder, on_delete=models.PROTECT, related_name="cosign")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"co-signature {self.pk}"
