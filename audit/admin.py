"""What every configuration page shares: facts are only looked at, and configuration is never deleted."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

M = TypeVar("M", bound=Model)


class ReadOnly(admin.ModelAdmin[M]):
    """Facts: written by actions alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never."""
        return False


class Kept(SimpleHistoryAdmin):  # type: ignore[misc]
    """Configuration: every version is kept, nothing is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False
