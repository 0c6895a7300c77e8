"""Who a tablet is (a secret in a cookie), and what it may chart in a person's name while the network is gone.

At each contact a signed-in person's tablet is given a *grant*: a token that says whose it is, and a secret made from it. The
tablet keeps the secret as a key that cannot be read out, signs each dose with it as it is charted, and forgets it when the
person signs out or another signs in. So what was signed can be sent by whoever is there, and nothing can be added to it.
See docs/decisions/0011-doses-without-a-network.md.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from emar.models import Tablet

COOKIE = "stepwell_tablet"
YEAR = 366 * 24 * 60 * 60
_SALT = "emar.queue"


@dataclass(frozen=True)
class Grant:
    """The token a tablet sends along, and the secret it signs with (base64url)."""

    token: str
    secret: str


@dataclass(frozen=True)
class Granted:
    """Whom a token names."""

    tablet_id: int
    person_id: int


def new_secret() -> str:
    """A secret for a tablet's cookie."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def set_cookie(response: HttpResponseBase, secret: str) -> None:
    """Make the browser of this answer the tablet: no script can read the cookie."""
    response.set_cookie(
        COOKIE, secret, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def tablet_of(request: HttpRequest) -> Tablet | None:
    """The registered tablet a request comes from, revoked or not; None for any other device. One query with a cookie, else none."""
    secret = request.COOKIES.get(COOKIE, "")
    if not 20 <= len(secret) <= 100:
        return None
    return Tablet.objects.select_related("site").filter(secret_sha256=hashed(secret)).first()


def grant(tablet_id: int, person_id: int, at: datetime) -> Grant:
    """What a tablet gets to chart in a person's name."""
    said = {"tablet": tablet_id, "person": person_id, "at": at.isoformat(), "nonce": secrets.token_urlsafe(12)}
    token = signing.dumps(said, salt=_SALT)
    return Grant(token, urlsafe_b64encode(_secret(token)).decode())


def opened(token: str) -> Granted | None:
    """Whom a token names; None for one that is not ours."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Granted(said["tablet"], said["person"])


def signed(token: str, text: str, signature: str) -> bool:
    """Whether the text was signed (hex) with the secret of this token."""
    wanted = hmac.new(_secret(token), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode())


def _secret(token: str) -> bytes:
    return salted_hmac(_SALT, token, algorithm="sha256").digest()
