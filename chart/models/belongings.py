"""What a client brought and the program keeps: inventories by two people, and what became of each item."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from programs.models import Client, Episode
from staff.models import Person


class Inventory(models.Model):
    """Two people looked through what a client brought, at an instant. Append-only."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="inventories")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="inventories")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "inventories"
        constraints = [models.CheckConstraint(condition=~Q(by=F("witness")), name="chart_inventory_two_people")]

    def __str__(self) -> str:
        return f"inventory {self.pk}"


class Belonging(models.Model):
    """One kind of thing of an inventory. Append-only: a correction is a row of a newer inventory that names the old one."""

    class Kind(models.TextChoices):
        MONEY = "money", "Money or cards"
        PAPERS = "papers", "Papers and identification"
        PHONE = "phone", "Phone or electronics"
        JEWELLERY = "jewellery", "Jewellery"
        CLOTHES = "clothes", "Clothes"
        MEDICATION = "medication", "Medication brought"
        SHARPS = "sharps", "Sharps and tools"
        CONTRABAND = "contraband", "Contraband"
        OTHER = "other", "Something else"

    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="items")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="belongings")
    kind = models.CharField(max_length=12, choices=Kind)
    description = models.CharField(max_length=160)
    count = models.PositiveIntegerField()
    value = models.CharField(max_length=60, blank=True)
    kept = models.CharField(max_length=80)
    bag = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=200, blank=True)  # of contraband: what was done about it
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(description="") & ~Q(kept=""), name="chart_belonging_described"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=10_000), name="chart_belonging_counted"),
            models.CheckConstraint(condition=Q(corrects=None) | ~Q(why=""), name="chart_belonging_correction_says_why"),
            models.CheckConstraint(
                condition=~Q(kind="contraband") | ~Q(note=""), name="chart_belonging_contraband_noted"
            ),
        ]
        indexes = [models.Index(fields=["client"], name="chart_belonging_client")]

    def __str__(self) -> str:
        return f"belonging {self.pk}"


class BelongingEnd(models.Model):
    """What became of an item, once: returned to the client, released to somebody, or disposed of. Append-only.

    ``strokes`` and ``svg`` are the signature of who took it (as in ``PlanAgreement``), ``signed_as`` their name; who would not or
    could not sign has a ``witness``, as has what was disposed of.
    """

    class How(models.TextChoices):
        RETURNED = "returned", "Returned to the client"
        RELEASED = "released", "Released to somebody"
        DISPOSED = "disposed", "Disposed of"

    item = models.OneToOneField(Belonging, on_delete=models.PROTECT, related_name="end")
    how = models.CharField(max_length=10, choices=How)
    to = models.CharField(max_length=120, blank=True)
    signed_as = models.CharField(max_length=80, blank=True)
    strokes = models.JSONField(default=list, blank=True)
    svg = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(witness=None) | ~Q(witness=F("by")), name="chart_belonging_end_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(signed_as="") | Q(witness__isnull=False), name="chart_belonging_end_is_signed"
            ),
            models.CheckConstraint(condition=~Q(how="released") | ~Q(to=""), name="chart_belonging_released_to"),
            models.CheckConstraint(
                condition=~Q(how="disposed") | (Q(witness__isnull=False) & ~Q(note="")),
                name="chart_belonging_disposed_witnessed",
            ),
        ]

    def __str__(self) -> str:
        return f"end of belonging {self.item_id}"
