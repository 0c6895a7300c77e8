"""Seals events into a hash chain, and checks the chain.

Auditing never serialises the floor: an act only inserts its event. A sealer (one at a time, under an advisory lock) links what
has become visible since its last look, so an event is sealed within seconds and in commit order as the sealer sees it.
Someone who owns the database could still cut off the newest end, or write the whole chain anew: the anchors
(``audit/anchors.py``) stand outside the database and say so.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connections, transaction
from django.db.models import Exists, Min, OuterRef, QuerySet

from audit.models import Event, Override, Seal
from audit.rules.anchors import Anchor

SEALER = 0x57E9  # the advisory lock that makes the sealer one
START = b"\0" * 32
GRACE = timedelta(seconds=30)  # an event may wait this long for its seal before verify calls it missing
NEAR = 5_000  # seals whose lowest event bounds the quick look: a transaction would have to sleep through as many to be missed
CHUNK = 2_000  # links that a check holds in memory
VERSION = 2  # of what a digest covers: 1 the event and its overrides, 2 the whole seal and the overrides' keys besides
_FIELDS = (
    "id", "at", "recorded_at", "verb", "by_id", "by_name", "as_role", "site_id", "client_id",
    "subject_kind", "subject_id", "summary", "detail", "request_id",
)  # fmt: skip
MAIN = "default"


def digest_of(previous: bytes, seal: Seal, event: Event, overrides: Sequence[Override] = ()) -> bytes:
    """SHA-256 over the previous digest and the canonical JSON of the event, its overrides and its seal but for the digest (sorted
    keys, instants in ISO 8601 UTC)."""
    fields = {name: getattr(event, name) for name in _FIELDS}
    for name in ("at", "recorded_at"):
        fields[name] = fields[name].astimezone(UTC).isoformat()
    fields["overrides"] = [[each.code, each.message, each.reason, each.second_person_id] for each in overrides]
    if seal.version != 1:
        fields["override_ids"] = [each.pk for each in overrides]
        fields["seal"] = [seal.version, seal.position, seal.event_id, seal.sealed_at.astimezone(UTC).isoformat()]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def seal_new(limit: int = 5_000, *, everywhere: bool = True) -> int:
    """Seal up to ``limit`` visible, unsealed events; how many were sealed. 0 where another sealer is at work.

    With ``everywhere`` false it looks among the newest events only, which costs the same however long the trail is; look
    everywhere now and then, for the event of a transaction that was open for very long.
    """
    with transaction.atomic():
        with connections[MAIN].cursor() as cursor:
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
            seal = Seal(position=position + 1, event_id=event.pk, version=VERSION)
            seal.digest = digest_of(digest, seal, event, overridden[event.pk])
            position, digest = seal.position, bytes(seal.digest)
            seals.append(seal)
        Seal.objects.bulk_create(seals, batch_size=1_000)
    return len(seals)


@dataclass(frozen=True)
class Report:
    """What a check found: how many links, the last digest (hex), every fault in words, and how many anchors stood."""

    links: int
    head: str
    faults: tuple[str, ...]
    anchored: int = 0


def verify(
    now: datetime,
    *,
    kept_head: str = "",
    anchors: Sequence[Anchor] = (),
    using: str = MAIN,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Walk the whole chain. A changed, missing, moved, added or unsealed event is a fault, and so is an anchor that is not met.

    ``kept_head`` is a head (hex) that was kept on paper: it must be met on the way. ``using`` names the database;
    ``progress`` hears the links walked so far.
    """
    links, position, digest, met = 0, 0, START, not kept_head
    faults = []
    waiting = sorted((each for each in anchors if each.position), key=lambda anchor: anchor.position)
    stood = len(anchors) - len(waiting)  # of a chain without a link there is nothing to say
    for seal, event, overrides in _links(using):
        links, position = links + 1, position + 1
        if seal.position != position:
            faults.append(_gone(position, seal.position))
            position = seal.position
        if event is None:
            faults.append(f"The event of link {position} was removed.")
        elif digest_of(digest, seal, event, overrides) != bytes(seal.digest):
            faults.append(f"Event {event.pk} at link {position} was changed, or the chain before it was.")
        digest = bytes(seal.digest)
        met = met or digest.hex() == kept_head
        while waiting and waiting[0].position <= position:
            anchor = waiting.pop(0)
            if anchor.position == position and anchor.head == digest.hex():
                stood += 1
            else:
                faults.append(f"Link {anchor.position} is not what {anchor.words} anchored: it was written anew since.")
        if links % CHUNK == 0:
            progress(links)
    faults += [
        f"The chain ends at link {position}; {each.words} anchored {each.position}: the end was cut off."
        for each in waiting
    ]
    if not met:
        faults.append("The head that was kept is not in the chain: its end was cut off or written anew.")
    unsealed = _unsealed(using).filter(recorded_at__lt=now - GRACE).count()
    if unsealed:
        faults.append(f"{unsealed} events are older than {GRACE.seconds} s and not sealed: is the sealer running?")
    return Report(links, digest.hex(), tuple(faults), stood)


def head(using: str = MAIN) -> tuple[int, str]:
    """The position and digest (hex) of the last link; 0 and '' where there is none. One query."""
    last = Seal.objects.using(using).order_by("-position").first()
    return (last.position, bytes(last.digest).hex()) if last else (0, "")


def stands(anchor: Anchor) -> bool:
    """Whether an anchored link is what it was. One query."""
    found = Seal.objects.filter(position=anchor.position).first()
    return anchor.position == 0 or (found is not None and bytes(found.digest).hex() == anchor.head)


def _gone(first: int, found: int) -> str:
    return f"Link {first} is missing." if found == first + 1 else f"Links {first} to {found - 1} are missing."


def _unsealed(using: str = MAIN) -> "QuerySet[Event]":
    return Event.objects.using(using).filter(~Exists(Seal.objects.filter(event_id=OuterRef("pk"))))


def _overrides(events: Collection[int], using: str = MAIN) -> defaultdict[int, list[Override]]:
    found: defaultdict[int, list[Override]] = defaultdict(list)
    for override in Override.objects.using(using).filter(event__in=events).order_by("pk"):
        found[override.event_id].append(override)
    return found


def _links(using: str) -> Iterator[tuple[Seal, Event | None, list[Override]]]:
    """Every link in order with its event (None where it was removed), a chunk at a time."""
    done, first = 0, True
    seals = Seal.objects.using(using).order_by("position")
    while found := list((seals if first else seals.filter(position__gt=done))[:CHUNK]):
        ids = [seal.event_id for seal in found]
        events, overridden = Event.objects.using(using).in_bulk(ids), _overrides(ids, using)
        for seal in found:
            yield seal, events.get(seal.event_id), overridden[seal.event_id]
        done, first = found[-1].position, False
