"""Sessions of Django's test client."""

from django.conf import settings
from django.test import Client as Browser

from staff.models import Person


def signed_in(who: Person) -> Browser:
    """A session in which this person is signed in."""
    browser = Browser()
    browser.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser
