"""The formulary: what can be ordered, what it contains, and the labels that name it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from emar.rules.contents import Content, contents_from_json
from emar.rules.orders.kinds import Sites, Witness

SCHEDULES = [("", "Not controlled"), ("II", "C-II"), ("III", "C-III"), ("IV", "C-IV"), ("V", "C-V")]


class Medication(models.Model):
    """A line of the formulary: one strength of one form. Never deleted, only made inactive.

    ``name`` is what is ordered (a brand or the generic name), ``display_name`` how it is written where it looks like another
    (tall-man letters). ``ingredient`` is the main one, in lower case; a dose in milligrams is one of it. ``contents`` is every
    ingredient per one ``counted_in`` (tablet, mL, puff): ``emar.rules.contents``, the main one first; empty where unknown.
    """

    name = models.CharField(max_length=80)
    display_name = models.CharField(max_length=100, blank=True)
    generic = models.CharField(max_length=120, blank=True)
    brands = models.CharField(max_length=200, blank=True)  # 'Suboxone, Zubsolv'
    ingredient = models.CharField(max_length=80)
    contents = models.JSONField(default=list, blank=True)
    counted_in = models.CharField(max_length=20, blank=True)
    drug_class = models.CharField(max_length=60, blank=True)
    strength = models.CharField(max_length=40)
    form = models.CharField(max_length=40)
    route = models.CharField(max_length=30)
    dea_schedule = models.CharField(max_length=4, blank=True, choices=SCHEDULES)
    high_alert = models.BooleanField(default=False)
    look_alike = models.BooleanField(default=False)
    psychotropic = models.BooleanField(default=False)
    time_critical = models.BooleanField(default=False)  # what an order of it begins with
    witness = models.CharField(
        max_length=12, choices=[(each.value, each.label) for each in Witness], default=Witness.NONE.value
    )  # what an order of it begins with
    sites = models.CharField(
        max_length=12, blank=True, choices=[(each.value, each.label) for each in Sites], default=""
    )
    rxnorm = models.CharField(max_length=12, blank=True)  # '' where not known to be right
    is_active = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "strength", "form"], name="emar_medication_once"),
            models.CheckConstraint(
                condition=Q(ingredient=Lower("ingredient")) & ~Q(ingredient=""), name="emar_ingredient_lower_case"
            ),
            models.CheckConstraint(condition=Q(rxnorm__regex=r"^[0-9]*$"), name="emar_rxnorm_is_a_number"),
        ]
        indexes = [models.Index(fields=["ingredient"], name="emar_medication_ingredient")]

    def __str__(self) -> str:
        return f"{self.shown} {self.strength}"

    @property
    def shown(self) -> str:
        """The name as it is written on pages: tall-man letters where it looks like another."""
        return self.display_name or self.name

    @property
    def ingredients(self) -> tuple[Content, ...]:
        """Every ingredient with its amount per counted unit, the main one first; empty where the formulary does not say."""
        return contents_from_json(self.contents)

    @property
    def ingredient_names(self) -> tuple[str, ...]:
        """Every ingredient by name, the main one first; never empty."""
        return tuple(each.name for each in self.ingredients) or (self.ingredient,)


class Barcode(models.Model):
    """A label that names a medication: a package's NDC, or the site's own. A wrong one is made inactive."""

    class Kind(models.TextChoices):
        NDC = "ndc", "NDC"
        SITE = "site", "Site label"

    medication = models.ForeignKey(Medication, on_delete=models.PROTECT, related_name="barcodes")
    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=4, choices=Kind)
    is_active = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(code__regex=r"^\S+$"), name="emar_barcode_without_spaces")]

    def __str__(self) -> str:
        return self.code
