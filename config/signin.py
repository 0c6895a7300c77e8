"""Signing in: no one signs up by themselves; the demonstration offers one tap for each role."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by an administrator: the sign-up page says so."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Too many wrong passwords. Wait five minutes, then try again; nobody is locked out for good."
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


def demo_roles(request: HttpRequest) -> dict[str, object]:
    """Context of the sign-in page: whom one can look around as; empty outside the demonstration."""
    if not settings.DEMO or request.user.is_authenticated:
        return {}
    from config.demo.signins import cards

    return {"demo_roles": cards()}
