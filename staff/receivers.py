"""What follows whenever a person is saved or gets another password, whichever page did it."""

from typing import Any

from allauth.account.signals import password_changed, password_set
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from staff.actions.sessions import end_sessions
from staff.models import Person


@receiver(post_save, sender=Person, dispatch_uid="staff.inactive")
def gone(sender: type[Person], instance: Person, created: bool, **_: Any) -> None:
    """Somebody who no longer works here is signed out everywhere."""
    if not created and not instance.is_active:
        end_sessions(by=instance, at=timezone.now(), person=instance, why="no longer works here")


@receiver((password_changed, password_set), dispatch_uid="staff.password")
def changed(sender: object, request: HttpRequest, user: Person, **_: Any) -> None:
    """Another password ends every session but the one that set it."""
    end_sessions(
        by=user, at=timezone.now(), person=user, why="another password", but=request.session.session_key
    )  # fmt: skip
