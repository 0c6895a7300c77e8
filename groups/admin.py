"""Series and sessions are set up here; who came and what was written is only looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from audit.admin import Kept, ReadOnly
from groups.models import AppliedPack, Attendance, Facilitator, Part, Series, Session
from groups.packs import all_packs


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


@admin.register(AppliedPack)
class AppliedPackAdmin(admin.ModelAdmin[AppliedPack]):
    """Which rule pack counts where, and from when to when."""

    list_display = ("site", "program", "payer", "pack", "begins_on", "ends_on")
    list_filter = ("site", "pack")

    def has_delete_permission(self, request: HttpRequest, obj: AppliedPack | None = None) -> bool:
        """Never: give it an end."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: AppliedPack | None = None) -> tuple[str, ...]:
        """What was said stays; only its end can be set. A change is a new row."""
        return ("by",) if obj is None else ("site", "program", "payer", "pack", "begins_on", "by")

    def save_model(self, request: HttpRequest, obj: AppliedPack, form: Any, change: bool) -> None:
        """Keep who said so."""
        obj.by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The packs there are."""
        if db_field.name == "pack":
            return forms.ChoiceField(choices=[(pack.code, pack.name) for pack in all_packs().values()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)
