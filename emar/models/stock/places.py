"""Where stock is kept, and its lines: one medication of one lot in one place, or what a client brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from emar.models.formulary import Medication
from emar.rules.stock.kinds import Keeps
from programs.models import Client, Site
from staff.models import Person


class StockLocation(models.Model):
    """A cart, a safe, or the place for clients' own medication; ``unit_id`` where it belongs to one unit."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stock_locations")
    unit_id = models.BigIntegerField(null=True, blank=True)  # beds.Unit; rooms do not know each other
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=[(each.value, each.label) for each in Keeps])
    is_active = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="emar_stock_location_once"),
            models.CheckConstraint(condition=~Q(name=""), name="emar_stock_location_named"),
        ]

    def __str__(self) -> str:
        return self.name


class StockLine(models.Model):
    """One lot of one medication in one place, counted in ``unit``. ``owner``: the client whose own it is. Append-only."""

    location = models.ForeignKey(StockLocation, on_delete=models.PROTECT, related_name="lines")
    medication = models.ForeignKey(Medication, on_delete=models.PROTECT, related_name="stock_lines")
    lot = models.CharField(max_length=40)
    expires_on = models.DateField()
    owner = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, blank=True, related_name="own_stock")
    unit = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location", "medication", "lot"], condition=Q(owner=None), name="emar_stock_line_once"
            ),
            models.UniqueConstraint(
                fields=["location", "medication", "lot", "owner"],
                condition=Q(owner__isnull=False),
                name="emar_own_stock_line_once",
            ),
            models.CheckConstraint(condition=~Q(lot="") & ~Q(unit=""), name="emar_stock_line_has_lot_and_unit"),
        ]
        indexes = [models.Index(fields=["medication", "location"], name="emar_stock_line_medication")]

    def __str__(self) -> str:
        return f"{self.medication}, lot {self.lot}"


class OwnApproval(models.Model):
    """Somebody looked at what a client brought, knows what it is, and allows its use. Append-only."""

    line = models.OneToOneField(StockLine, on_delete=models.PROTECT, related_name="approval")
    words = models.CharField(max_length=200)  # how it was identified
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="emar_own_approval_says_how")]

    def __str__(self) -> str:
        return f"approval {self.pk}"
