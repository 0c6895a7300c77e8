"""Configuration of the formulary; orders and administrations can only be looked at."""

from django.contrib import admin

from audit.admin import Kept, ReadOnly
from emar.models import Administration, Barcode, EmarPolicy, Medication, Order


class BarcodeInline(admin.TabularInline[Barcode, Medication]):
    """The labels of a medication."""

    model = Barcode
    extra = 0
    can_delete = False


@admin.register(Medication)
class MedicationAdmin(Kept):
    """The formulary."""

    list_display = ("name", "strength", "form", "route", "ingredient", "dea_schedule", "high_alert", "is_active")
    list_filter = ("is_active", "dea_schedule", "high_alert", "look_alike", "witness", "form")
    search_fields = ("name", "generic", "brands", "ingredient", "barcodes__code")
    inlines = [BarcodeInline]


@admin.register(EmarPolicy)
class EmarPolicyAdmin(ReadOnly[EmarPolicy]):
    """Each site's numbers, to look at: a change is a new row (``emar.actions.set_policy``)."""

    list_display = ("site", "started_at", "ended_at", "by", "source")
    list_select_related = ("site", "by")


@admin.register(Order)
class OrderAdmin(ReadOnly[Order]):
    """Orders, to look at."""

    list_display = ("id", "medication", "dose", "unit", "started_at", "ended_at", "by", "replaces")
    list_select_related = ("medication", "by", "replaces")


@admin.register(Administration)
class AdministrationAdmin(ReadOnly[Administration]):
    """Administrations, to look at."""

    list_display = ("id", "order", "due_at", "outcome", "given_at", "by", "corrects")
    list_select_related = ("order", "by")
