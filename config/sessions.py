"""What a session knows of itself from the moment of sign-in, and the trail of who signed in."""

import time
from typing import Any
from uuid import uuid4

from allauth.account.signals import user_logged_in as let_in
from allauth.account.signals import user_logged_out as let_out
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import models, transaction
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from audit import trail
from config.desk import desk_for
from live.idle import LOCKED, MINUTES, SEEN
from programs.desk import Desk
from programs.rules.access_policy import DEFAULT
from staff.models import Person
from staff.rules.devices import device_words
from staff.sessions import BEGUN, DEVICE, NUMBER, PLACE

TABLET = "stepwell_tablet"  # the cookie of a registered tablet (emar/device.py)


def idle_minutes(request: HttpRequest, desk: Desk | None) -> int:
    """After how many minutes without a touch this browser's session locks."""
    access = desk.access if desk else DEFAULT
    return access.tablet_minutes if TABLET in request.COOKIES else access.idle_minutes


@receiver(user_logged_in, dispatch_uid="config.session_begun")
def begun(sender: object, request: HttpRequest, user: Person, **_: Any) -> None:
    """A session gets its name, the words for its device, and its clock."""
    session = request.session
    desk = desk_for(user, session)
    words = device_words(request.headers.get("User-Agent", ""))
    session[NUMBER] = str(uuid4())
    session[DEVICE] = f"{words} (registered tablet)" if TABLET in request.COOKIES else words
    session[BEGUN] = session[SEEN] = int(time.time())
    session[MINUTES] = idle_minutes(request, desk)
    session.pop(LOCKED, None)
    if desk is not None:
        session[PLACE] = desk.site.pk


@receiver(let_in, dispatch_uid="config.signed_in")
def signed_in(sender: object, request: HttpRequest, user: Person, **_: Any) -> None:
    """Who signed in, when and on what, is on the trail."""
    _record("staff.sign_in", request, user, f"{user.name} signed in: {request.session.get(DEVICE, 'a browser')}")


@receiver(let_out, dispatch_uid="config.signed_out")
def signed_out(sender: object, request: HttpRequest, user: models.Model | None, **_: Any) -> None:
    """And who signed out."""
    if isinstance(user, Person):
        _record("staff.sign_out", request, user, f"{user.name} signed out")


@receiver(user_login_failed, dispatch_uid="config.sign_in_refused")
def refused(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """And a sign-in that was refused, where there is an account of that name. What was typed is never kept: it may be a password."""
    typed = str(credentials.get("username") or credentials.get("email") or "")
    person = Person.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).first() if typed else None
    if request is None or person is None:
        return
    words = device_words(request.headers.get("User-Agent", ""))
    _record("staff.sign_in_refused", request, person, f"A sign-in as {person.name} was refused: {words}")


def _record(verb: str, request: HttpRequest, person: Person, summary: str) -> None:
    with transaction.atomic():
        trail.record(
            verb, by=person, at=timezone.now(), subject=person, site_id=request.session.get(PLACE), summary=summary
        )
