"""Configuration of the formulary; orders and administrations can only be looked at."""

from django.contrib import admin
from django.http import HttpRequest

from emar.models import Administration, Medication, Order


@admin.register(Medication)
class MedicationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The formulary."""

    list_display = ("name", "strength", "form", "route", "ingredient", "dea_schedule", "high_alert")
    list_filter = ("dea_schedule", "high_alert", "form")
    search_fields = ("name", "ingredient")

    def has_delete_permission(self, request: HttpRequest, obj: Medication | None = None) -> bool:
        """Never: orders name it."""
        return False


class ReadOnly:
    """A clinical table: the pages of the room write it, nobody else."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Orders, to look at."""

    list_display = ("id", "medication", "dose", "unit", "started_at", "ended_at", "by")
    list_select_related = ("medication", "by")


@admin.register(Administration)
class AdministrationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Administrations, to look at."""

    list_display = ("id", "order", "due_at", "outcome", "given_at", "by", "corrects")
    list_select_related = ("order", "by")
