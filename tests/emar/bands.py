"""Wristbands for tests, and what a scanner sends for them."""

from datetime import datetime, timedelta

from programs.bands import fresh_code
from programs.models import Client, Wristband
from programs.rules.codes import BAND
from staff.models import Person

GTIN = "00300931048011"  # carries the NDC 0093-1048-01


def band(of: Client, *, by: Person, at: datetime, days: int = 1) -> Wristband:
    """A band that counts since so many days."""
    return Wristband.objects.create(client=of, code=fresh_code(BAND), started_at=at - timedelta(days=days), by=by)
