"""Who is signed in where. The rows are Django's sessions, with whose they are and where they were seen last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from staff.models.people import Person

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class SignedIn(AbstractBaseSession):
    """One session. Ended by taking the row away: the next request of that browser is signed out.

    ``person`` is NULL before sign-in. ``number`` names it on pages: the key itself is never shown. ``device`` is what the
    browser said it is, in words. ``seen_at`` (UTC) is the last act, right to a minute.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="signed_in")
    number = models.UUIDField(null=True, unique=True)
    device = models.CharField(max_length=80, blank=True)
    site = models.ForeignKey("programs.Site", on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "session"
        indexes = [models.Index(fields=["person"], condition=~models.Q(person=None), name="staff_signed_in_person")]

    def __str__(self) -> str:
        return f"{self.device} of {self.person}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that writes these rows."""
        from staff.sessions import SessionStore

        store: type[SessionBase] = SessionStore
        return store
