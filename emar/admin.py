"""Configuration of the formulary; orders and administrations can only be looked at."""

from django.contrib import admin

from audit.admin import Kept, ReadOnly
from emar.models import Administration, Medication, Order


@admin.register(Medication)
class MedicationAdmin(Kept):
    """The formulary."""

    list_display = ("name", "strength", "form", "route", "ingredient", "dea_schedule", "high_alert")
    list_filter = ("dea_schedule", "high_alert", "form")
    search_fields = ("name", "ingredient")


@admin.register(Order)
class OrderAdmin(ReadOnly[Order]):
    """Orders, to look at."""

    list_display = ("id", "medication", "dose", "unit", "started_at", "ended_at", "by")
    list_select_related = ("medication", "by")


@admin.register(Administration)
class AdministrationAdmin(ReadOnly[Administration]):
    """Administrations, to look at."""

    list_display = ("id", "order", "due_at", "outcome", "given_at", "by", "corrects")
    list_select_related = ("order", "by")
