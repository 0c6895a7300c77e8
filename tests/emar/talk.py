"""How a test speaks to the JSON API: now, with doses that are due this minute (the API reads the clock itself)."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from emar.models import Order
from emar.rules.schedule import Once
from staff.models import Person
from tests import signing
from tests.emar.conftest import Morning, make_morning
from tests.factories.meds import medication, order

URL = "/api/emar/administrations"


def due_now() -> Morning:
    """A morning whose thiamine is due this minute."""
    made = make_morning(timezone.now())
    due = made.here.now - timedelta(microseconds=321)
    made.thiamine = order(made.episode, made.thiamine.medication, Once(), by=made.here.prescriber, started_at=due)
    return made


def more(morning: Morning, count: int) -> list[Order]:
    """More of Elin's orders, one dose of each due this minute."""
    due = morning.thiamine.started_at
    drugs = [medication(f"Vitamin {number}", "10 mg") for number in range(count)]
    return [order(morning.episode, drug, Once(), by=morning.here.prescriber, started_at=due) for drug in drugs]


def signed_in(who: Person | None) -> Browser:
    """A browser with this person's session; signed out where None."""
    return signing.signed_in(who, accept="application/json")


def dose(morning: Morning, ordered: Order | None = None, **changes: Any) -> dict[str, Any]:
    """An ordinary dose of a client's pass, given as ordered."""
    ordered = ordered or morning.thiamine
    return {
        "key": str(uuid4()),
        "order_id": ordered.pk,
        "due_at": ordered.started_at.isoformat(),
        "outcome": "given",
        "identifiers": ["wristband"],
        "amount": f"{ordered.dose:f}".rstrip("0").rstrip(".") if ordered.dose % 10 else f"{ordered.dose:.0f}",
        "unit": "mg",
    } | changes


def one(morning: Morning, **changes: Any) -> dict[str, Any]:
    """The thiamine by itself."""
    return dose(morning) | {"client_id": morning.elin.pk} | changes


def headache(morning: Morning, **changes: Any) -> dict[str, Any]:
    """The ibuprofen as needed."""
    asked = dose(morning, morning.ibuprofen, prn_reason="Headache", scale="pain", score="7")
    del asked["due_at"]
    return asked | {"client_id": morning.elin.pk} | changes


def post(browser: Browser, body: Any, url: str = URL, **headers: str) -> tuple[int, dict[str, Any]]:
    """Send a body as JSON (a text or bytes as they are); the status and the answer."""
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    answer = browser.post(url, sent, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def in_thread(who: Person, body: Any, url: str = URL) -> tuple[int, dict[str, Any]]:
    """The same from a thread of its own, whose connection is closed again."""
    try:
        return post(signed_in(who), body, url)
    finally:
        connection.close()
