"""Which clients have parts of sessions' notes that nobody signed, or that wait for a supervisor's name."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from groups.models import Cosign, Part
from programs.contributions import Unsigned

BACK = timedelta(days=45)  # how far back open notes are looked for


def unsigned(client_ids: Collection[int], at: datetime) -> dict[int, Unsigned]:
    """Client id to how many of their own parts were not signed at ``at``, and how many of those signed waited for a name. Two queries."""
    clients = list(client_ids)
    over = Q(session__ended_at__lte=at, session__started_at__gte=at - BACK) & (
        Q(session__cancelled_at=None) | Q(session__cancelled_at__gt=at)
    )
    open_parts = Part.objects.filter(over, Q(signed_at=None) | Q(signed_at__gt=at), client__in=clients).exclude(text="")
    waits = Cosign.objects.filter(Q(at=None) | Q(at__gt=at), part__client__in=clients, part__signed_at__lte=at)
    parts, names = (
        Counter(open_parts.values_list("client", flat=True)), Counter(waits.values_list("part__client", flat=True))
    )  # fmt: skip
    return {client: Unsigned(parts[client], names[client]) for client in parts.keys() | names.keys()}
