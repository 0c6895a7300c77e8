"""Signing in: no one signs up by themselves, and the demonstration's one-tap page."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator: the sign-up page says so."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
