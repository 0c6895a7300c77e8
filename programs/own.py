"""Whose clients are whose: what the rooms know of who works with whom, where a site lets people open only their own charts.

A provider answers a condition on clients (a ``Q`` of ``Exists``), so that asking costs no query of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Looker:
    """Who asks, at which sites, and when. ``since`` is how far back having worked with somebody counts (UTC); ``bedside``: their role
    is with whoever sleeps there."""

    person_id: int
    site_ids: frozenset[int]
    since: datetime
    at: datetime
    bedside: bool


OwnProvider = Callable[[Looker], Q]


def own_by_rooms(looker: Looker) -> Q:
    """A condition on clients: those whom a room knows as this person's."""
    providers: Iterable[OwnProvider] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.OWN")
    found = Q(pk__in=[])
    for provider in providers:
        found |= provider(looker)
    return found
