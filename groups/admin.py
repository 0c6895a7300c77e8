"""Series and sessions are set up here; who came and what was written is only looked at."""

from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from groups.models import Attendance, Facilitator, Part, Series, Session


class Kept(SimpleHistoryAdmin):  # type: ignore[misc]
    """Configuration: versions are kept, nothing is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Series)
class SeriesAdmin(Kept):
    """Recurring groups, and the programs they serve."""

    list_display = ("name", "site", "size_limit")
    list_filter = ("site",)
    filter_horizontal = ("programs",)


class FacilitatorInline(admin.TabularInline):  # type: ignore[type-arg]
    """Who runs a session."""

    model = Facilitator
    extra = 1


@admin.register(Session)
class SessionAdmin(Kept):
    """Planned meetings."""

    list_display = ("series", "site", "room", "started_at", "ended_at")
    list_filter = ("site", "series")
    date_hierarchy = "started_at"
    inlines = (FacilitatorInline,)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Facts: looked at, never made or changed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Attendance)
class AttendanceAdmin(ReadOnly):
    """Every mark, the newest of each client last."""

    list_display = ("session", "client", "version", "status", "at", "by")


@admin.register(Part)
class PartAdmin(ReadOnly):
    """Every part of every note."""

    list_display = ("session", "section", "client", "author", "version", "signed_at")
