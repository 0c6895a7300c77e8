"""Series and sessions are set up here; who came and what was written is only looked at."""

from django.contrib import admin

from audit.admin import Kept, ReadOnly
from groups.models import Attendance, Facilitator, Part, Series, Session


@admin.register(Series)
class SeriesAdmin(Kept):
    """Recurring groups, and the programs they serve."""

    list_display = ("name", "site", "size_limit")
    list_filter = ("site",)
    filter_horizontal = ("programs",)


class FacilitatorInline(admin.TabularInline[Facilitator, Session]):
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


@admin.register(Attendance)
class AttendanceAdmin(ReadOnly[Attendance]):
    """Every mark, the newest of each client last."""

    list_display = ("session", "client", "version", "status", "at", "by")


@admin.register(Part)
class PartAdmin(ReadOnly[Part]):
    """Every part of every note."""

    list_display = ("session", "section", "client", "author", "version", "signed_at")
