"""Configuration of units, rooms and beds; what happened in them is read-only here."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold, Room, Unit


class ReadOnly(admin.ModelAdmin[Model]):
    """Facts are written by actions alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


admin.site.register([Unit, Room, Bed])
admin.site.register([BedStay, Hold, Closure, CleaningJob], ReadOnly)
