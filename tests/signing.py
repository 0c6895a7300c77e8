"""Sessions of Django's test client."""

from django.conf import settings
from django.test import Client as Browser

from staff.models import Person


def signed_in(who: Person | None, **headers: str) -> Browser:
    """A session in which this person is signed in (None: nobody), which sends these headers with everything."""
    browser = Browser(headers=headers)
    if who is not None:
        browser.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser
