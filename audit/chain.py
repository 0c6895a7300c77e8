"""Seals events into a hash chain, and checks the chain.

Auditing never serialises the floor: an act only inserts its event. A sealer (one at a time, under an advisory lock) links what
has become visible since its last look, so an event is sealed within seconds and in commit order as the sealer sees it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from audit.models import Event, Seal

SEALER = 0x57E9  # the advisory lock that makes the sealer one
START = b"\0" * 32
GRACE = timedelta(seconds=30)  # an event may wait this long for its seal before verify calls it missing
_FIELDS = (
    "id", "at", "recorded_at", "verb", "by_id", "by_name", "as_role", "site_id", "client_id",
    "subject_kind", "subject_id", "summary", "detail", "request_id",
)  # fmt: skip


def digest_of(previous: bytes, event: Event) -> bytes:
    """SHA-256 over the previous digest and the event's canonical JSON (sorted keys, instants in ISO 8601 UTC)."""
    fields = {name: getattr(event, name) for name in _FIELDS}
    for name in ("at", "recorded_at"):
        fields[name] = fields[name].isoformat()
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def seal_new(limit: int = 5_000) -> int:
    """Seal up to ``limit`` visible, unsealed events; how many were sealed. 0 where another sealer is at work."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER])
            if not cursor.fetchone()[0]:
                return 0
        last = Seal.objects.order_by("-position").first()
        position, digest = (last.position, bytes(last.digest)) if last else (0, START)
        waiting = Event.objects.extra(
            where=["NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.event_id = audit_event.id)"]
        ).order_by("id")[:limit]
        seals = []
        for event in waiting:
            position, digest = position + 1, digest_of(digest, event)
            seals.append(Seal(position=position, event_id=event.pk, digest=digest))
        Seal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Report:
    """What a check found: how many links, the last digest (hex), and every fault in words."""

    links: int
    head: str
    faults: tuple[str, ...]


def verify(now: datetime) -> Report:
    """Walk the whole chain. A changed, missing, moved or unsealed event is a fault."""
    position, digest, faults = 0, START, []
    events = iter(
        Event.objects.raw(
            "SELECT e.*, s.position AS place, s.digest AS sealed FROM audit_seal s "
            "LEFT JOIN audit_event e ON e.id = s.event_id ORDER BY s.position"
        ).iterator()
    )
    for event in events:
        position += 1
        if event.place != position:
            faults.append(f"Link {position} is missing.")
            position = event.place
        if event.pk is None:
            faults.append(f"The event of link {position} was removed.")
            digest = bytes(event.sealed)
            continue
        expected = digest_of(digest, event)
        if expected != bytes(event.sealed):
            faults.append(f"Event {event.pk} at link {position} was changed, or the chain before it was.")
        digest = bytes(event.sealed)
    unsealed = Event.objects.filter(recorded_at__lt=now - GRACE).exclude(
        pk__in=Seal.objects.values("event_id")
    ).count()  # fmt: skip
    if unsealed:
        faults.append(f"{unsealed} events are older than {GRACE.seconds} s and not sealed: is the sealer running?")
    return Report(position, digest.hex(), tuple(faults))
