"""Seals events into a hash chain, and checks the chain.

Auditing never serialises the floor: an act only inserts its event. A sealer (one at a time, under an advisory lock) links what
has become visible since its last look, so an event is sealed within seconds and in commit order as the sealer sees it.
Someone who owns the database could still cut off the newest end, events and seals together: keep the head that a check
prints somewhere else, and hand it to the next check.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet

from audit.models import Event, Override, Seal

SEALER = 0x57E9  # the advisory lock that makes the sealer one
START = b"\0" * 32
GRACE = timedelta(seconds=30)  # an event may wait this long for its seal before verify calls it missing
NEAR = 5_000  # seals whose lowest event bounds the quick look: a transaction would have to sleep through as many to be missed
CHUNK = 2_000  # links that a check holds in memory
_FIELDS = (
    "id", "at", "recorded_at", "verb", "by_id", "by_name", "as_role", "site_id", "client_id",
    "subject_kind", "subject_id", "summary", "detail", "request_id",
)  # fmt: skip


def digest_of(previous: bytes, event: Event, overrides: Sequence[Override] = ()) -> bytes:
    """SHA-256 over the previous digest and the canonical JSON of the event and its overrides (sorted keys, instants in ISO
    8601 UTC)."""
    fields = {name: getattr(event, name) for name in _FIELDS}
    for name in ("at", "recorded_at"):
        fields[name] = fields[name].astimezone(UTC).isoformat()
    fields["overrides"] = [[each.code, each.message, each.reason, each.second_person_id] for each in overrides]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def seal_new(limit: int = 5_000, *, everywhere: bool = True) -> int:
    """Seal up to ``limit`` visible, unsealed events; how many were sealed. 0 where another sealer is at work.

    With ``everywhere`` false it looks among the newest events only, which costs the same however long the trail is; look
    everywhere now and then, for the event of a transaction that was open for very long.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER])
            if not cursor.fetchone()[0]:
                return 0
        last = Seal.objects.order_by("-position").first()
        position, digest = (last.position, bytes(last.digest)) if last else (0, START)
        waiting = _unsealed()
        if last and not everywhere:
            near = Seal.objects.filter(position__gt=last.position - NEAR).aggregate(lowest=Min("event_id"))
            waiting = waiting.filter(pk__gt=near["lowest"])
        events = list(waiting.order_by("id")[:limit])
        overridden = _overrides([event.pk for event in events])
        seals = []
        for event in events:
            position, digest = position + 1, digest_of(digest, event, overridden[event.pk])
            seals.append(Seal(position=position, event_id=event.pk, digest=digest))
        Seal.objects.bulk_create(seals, batch_size=1_000)
    return len(seals)


@dataclass(frozen=True)
class Report:
    """What a check found: how many links, the last digest (hex), and every fault in words."""

    links: int
    head: str
    faults: tuple[str, ...]


def verify(now: datetime, *, kept_head: str = "") -> Report:
    """Walk the whole chain. A changed, missing, moved or unsealed event is a fault.

    ``kept_head`` is the head (hex) that an earlier check printed: it must still be met on the way.
    """
    links, position, digest, met = 0, 0, START, not kept_head
    faults = []
    for seal, event, overrides in _links():
        links, position = links + 1, position + 1
        if seal.position != position:
            gone = (
                f"Link {position} is"
                if seal.position == position + 1
                else f"Links {position} to {seal.position - 1} are"
            )
            faults.append(f"{gone} missing.")
            position = seal.position
        if event is None:
            faults.append(f"The event of link {position} was removed.")
        elif digest_of(digest, event, overrides) != bytes(seal.digest):
            faults.append(f"Event {event.pk} at link {position} was changed, or the chain before it was.")
        digest = bytes(seal.digest)
        met = met or digest.hex() == kept_head
    if not met:
        faults.append("The head that was kept is not in the chain: its end was cut off or written anew.")
    unsealed = _unsealed().filter(recorded_at__lt=now - GRACE).count()
    if unsealed:
        faults.append(f"{unsealed} events are older than {GRACE.seconds} s and not sealed: is the sealer running?")
    return Report(links, digest.hex(), tuple(faults))


def _unsealed() -> "QuerySet[Event]":
    return Event.objects.filter(~Exists(Seal.objects.filter(event_id=OuterRef("pk"))))


def _overrides(events: Collection[int]) -> defaultdict[int, list[Override]]:
    found: defaultdict[int, list[Override]] = defaultdict(list)
    for override in Override.objects.filter(event__in=events).order_by("pk"):
        found[override.event_id].append(override)
    return found


def _links() -> Iterator[tuple[Seal, Event | None, list[Override]]]:
    """Every link in order with its event (None where it was removed), a chunk at a time."""
    done = 0
    while seals := list(Seal.objects.filter(position__gt=done).order_by("position")[:CHUNK]):
        ids = [seal.event_id for seal in seals]
        events, overridden = Event.objects.in_bulk(ids), _overrides(ids)
        for seal in seals:
            yield seal, events.get(seal.event_id), overridden[seal.event_id]
        done = seals[-1].position
