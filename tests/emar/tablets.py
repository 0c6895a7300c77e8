"""A tablet without the network, as tests see it: what it charts, how it signs it, and what it sends."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client as Browser

from emar import device
from emar.actions.offline import Queued, Taken, register_tablet, take_queue
from emar.actions.offline.said import asked_of
from emar.models import Order, Tablet
from emar.rules.offline import Clocks
from staff.models import Person
from tests.emar.conftest import Morning
from tests.emar.talk import post, signed_in
from tests.factories import World

QUEUE, CONTACT, PASS = "/api/emar/tablet/queue", "/api/emar/tablet/contact", "/api/emar/tablet/pass/"
NEVER = timedelta(0)


def tablet(here: World, name: str = "Cart 1", secret: str | None = None) -> Tablet:
    """A registered tablet of the site."""
    made = secret or device.new_secret()
    return register_tablet(
        by=here.director, at=here.now, site_id=here.site.pk, name=name, secret_sha256=device.hashed(made)
    )


def said_of(
    morning: Morning,
    by: Person,
    at: datetime,
    ordered: Order | None = None,
    *,
    offset: timedelta = NEVER,
    **changes: Any,
) -> dict[str, Any]:
    """What a tablet writes down: Elin's 08:00 thiamine, given at ``at`` by the tablet's clock, which is ``offset`` behind."""
    ordered = ordered or morning.thiamine
    return {
        "key": str(uuid4()), "place": 1, "person_id": by.pk, "client_id": morning.elin.pk, "order_id": ordered.pk,
        "due_at": None, "outcome": "given", "identifiers": ["wristband"], "amount": f"{ordered.dose.normalize():f}",
        "unit": ordered.unit, "device_at": at.isoformat(), "contact_at": (at - timedelta(hours=1)).isoformat(),
        "offset_ms": int(offset.total_seconds() * 1000),
    } | changes  # fmt: skip


def queued(said: dict[str, Any], *, now_off: timedelta | None = None) -> Queued:
    """As the server reads it; ``now_off``: how far the tablet's clock is behind when it sends, as ever where None."""
    offset = timedelta(milliseconds=said["offset_ms"])
    device_at = datetime.fromisoformat(said["device_at"]).astimezone(UTC)
    contact_at = datetime.fromisoformat(said["contact_at"]).astimezone(UTC)
    clocks = Clocks(device_at, contact_at, offset, offset if now_off is None else now_off)
    asked = asked_of(said, offset=offset, charted_at=clocks.charted_at)
    return Queued(
        key=UUID(said["key"]), place=said["place"], person_id=said["person_id"], client_id=said["client_id"], said=said,
        clocks=clocks, asked=asked and replace(asked, key=UUID(said["key"])),
    )  # fmt: skip


def send(
    on: Tablet, by: Person, at: datetime, *said: dict[str, Any], now_off: timedelta | None = None
) -> tuple[Taken, ...]:
    """Send what was charted, in ``by``'s session."""
    return take_queue(by=by, at=at, tablet=on, doses=[queued(each, now_off=now_off) for each in said])


@dataclass
class Device:
    """A registered tablet that speaks HTTP: a browser with the cookie, and what its person may sign with."""

    row: Tablet
    browser: Browser
    person: Person
    grant: dict[str, str] = field(default_factory=dict)

    def contact(self, **more: Any) -> tuple[int, dict[str, Any]]:
        """Say that it is there; keeps the grant."""
        status, answer = post(self.browser, {"device_at": datetime.now(UTC).isoformat()} | more, CONTACT)
        self.grant = answer.get("grant") or {}
        return status, answer

    def entry(self, said: dict[str, Any], *, sign: bool = True) -> dict[str, Any]:
        """An entry as it travels."""
        text = json.dumps(said)
        if not sign:
            return {"key": said["key"], "entry": text}
        secret = urlsafe_b64decode(self.grant["secret"])
        signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        return {"key": said["key"], "entry": text, "token": self.grant["token"], "signature": signature}

    def send(self, *entries: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send entries with the tablet's clock."""
        return post(self.browser, {"sent_at": datetime.now(UTC).isoformat(), "doses": list(entries)}, QUEUE)

    def passed_to(self, other: Person) -> "Device":
        """The same tablet with somebody else signed in."""
        browser = signed_in(other)
        browser.cookies[device.COOKIE] = self.browser.cookies[device.COOKIE].value
        return Device(self.row, browser, other)


def device_of(here: World, who: Person, name: str = "Cart 1") -> Device:
    """A tablet of the site in the hands of a person who is signed in."""
    secret = device.new_secret()
    row, browser = tablet(here, name, secret), signed_in(who)
    browser.cookies[device.COOKIE] = secret
    return Device(row, browser, who)
