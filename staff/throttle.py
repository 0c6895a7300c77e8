"""How often may this be asked? Counted in the cache (Redis), so that every process counts the same."""

import hashlib
import logging

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def too_often(what: str, who: str, most: int, seconds: int = 60) -> bool:
    """Count one; True where ``who`` (hashed in the key) has done ``what`` more than ``most`` times in this stretch of ``seconds``.

    Without Redis each process counts by itself (``config/counting.py``): a token or a PIN is then still looked at.
    """
    key = f"throttle:{what}:{hashlib.sha256(who.encode()).hexdigest()}"
    try:
        if cache.add(key, 1, seconds):
            return False
        return int(cache.incr(key)) > most
    except ValueError:  # it ran out between the two
        return False
    except RedisError:
        logger.exception("Not counted, Redis does not answer: %s", what)
        return False


def address_of(request: HttpRequest) -> str:
    """The address a request came from, as allauth trusts it (``ALLAUTH_TRUSTED_PROXY_COUNT``)."""
    return str(get_adapter().get_client_ip(request))
