"""What do the pages of the trail need?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.fields.json import KT

from audit.models import Event, Seal
from audit.sight import LOOKED

BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
PAGE = 50
MOST = 50_000  # rows of an export
KINDS: Mapping[str, tuple[str, str]] = {
    "opened": ("Opened", "chart.opened"), "printed": ("Printed", "file.printed"), "exported": ("Exported", "file.exported"),
    "searched": ("Searched", "client.searched"), "refused": ("Refused", "refused."), "glass": ("Through broken glass", "glass."),
    "released": ("Released", "privacy."),
}  # fmt: skip
"""What one may ask for by a word: its label, and what the verbs of its events begin with."""


@dataclass(frozen=True)
class Asked:
    """What of the trail is wanted: of one site (None: what happened at no site), by one person, about one client (all records of
    theirs), of a kind (``KINDS``), from one instant up to another, with words in it or a verb that begins so."""

    site_id: int | None
    by_id: int | None = None
    client_ids: Collection[int] = ()
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    word: str = ""
    searched: str = ""  # the words of a search as the trail keeps them


@dataclass(frozen=True)
class Line:
    """One event, and whether it is sealed into the chain yet."""

    event: Event
    sealed: bool

    @property
    def consents(self) -> int | None:
        """How many consents were in force, where that was noted."""
        found = self.event.detail.get("consents")
        return len(found) if isinstance(found, list) else None

    @property
    def file(self) -> str:
        """The beginning of the hash of a file that left, '' for anything else."""
        return str(self.event.detail.get("sha256", ""))[:12] if self.event.verb.startswith("file.") else ""


@dataclass(frozen=True)
class Trail:
    """A page of the trail, newest first; ``older`` is where to go on from, '' at the end."""

    lines: tuple[Line, ...]
    older: str
    links: int
    head: str


def trail_page(asked: Asked, *, before: str = "") -> Trail:
    """Events, newest first, before a place ('<microseconds>-<id>'); what makes no sense is no place. Four queries, and each reads along
    an index, however long the trail is."""
    found = matching(asked)
    place = _place(before)
    if place is not None:
        at, pk = place
        found = found.filter(at__lte=at).exclude(at=at, pk__gte=pk)
    events = list(found.prefetch_related("overrides")[: PAGE + 1])
    sealed = set(Seal.objects.filter(event_id__in=[event.pk for event in events]).values_list("event_id", flat=True))
    last = Seal.objects.order_by("-position").first()
    return Trail(
        tuple(Line(event, event.pk in sealed) for event in events[:PAGE]),
        _name(events[PAGE - 1]) if len(events) > PAGE else "",
        last.position if last else 0,
        bytes(last.digest).hex()[:16] if last else "",
    )


def matching(asked: Asked) -> "QuerySet[Event]":
    """The events that are asked for, newest first."""
    found = Event.objects.filter(site_id=asked.site_id).order_by("-at", "-id")
    if asked.by_id is not None:
        found = found.filter(by_id=asked.by_id)
    if asked.client_ids:
        found = found.filter(client_id__in=asked.client_ids)
    if asked.kind in KINDS:
        verb = KINDS[asked.kind][1]
        found = found.filter(verb__startswith=verb) if verb.endswith(".") else found.filter(verb=verb)
    if asked.since is not None:
        found = found.filter(at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(at__lt=asked.until)
    if asked.word:
        said = Q(summary__icontains=asked.word) | Q(by_name__icontains=asked.word) | Q(verb__startswith=asked.word)
        found = found.filter(said | Q(detail__words=asked.searched) if asked.searched else said)
    return found


def rows(asked: Asked) -> Iterator[tuple[object, ...]]:
    """The newest MOST events as rows of a spreadsheet, read in pieces."""
    for event in matching(asked)[:MOST].iterator(chunk_size=2_000):
        yield (
            event.pk, event.at, event.recorded_at, event.by_name, event.as_role, event.verb, event.summary, event.client_id,
            event.subject_kind, event.subject_id, ", ".join(map(str, event.detail.get("consents", []))),
            str(event.detail.get("sha256", "")), event.request_id,
        )  # fmt: skip


HEAD = (
    "event", "at", "recorded at", "who", "role", "verb", "what", "client", "kind", "key", "consents in force", "file sha256", "request",
)  # fmt: skip


@dataclass(frozen=True)
class Looker:
    """A person who looked at one client's record in one role: on how many occasions, when first and last, and at which parts."""

    who: str
    role: str
    times: int
    first: datetime
    last: datetime
    parts: tuple[str, ...]


def who_looked(client_ids: Collection[int], since: datetime, until: datetime) -> list[Looker]:
    """Everybody who opened, printed or exported something of a client in ``since <= at < until``, the newest first. One query."""
    found = Event.objects.filter(client_id__in=client_ids, at__gte=since, at__lt=until, verb__in=LOOKED)
    groups = (
        found.values("by_id", "by_name", "as_role")
        .annotate(
            times=Count("pk"), first=Min("at"), last=Max("at"),
            parts=ArrayAgg(KT("detail__part"), distinct=True, filter=~Q(detail__part=None), default=[]),
            files=Count("pk", filter=~Q(detail__file=None)),
        )
        .order_by("-last", "by_name")
    )  # fmt: skip
    return [
        Looker(
            row["by_name"], row["as_role"], row["times"], row["first"], row["last"],
            (*row["parts"], *([f"{row['files']} files"] if row["files"] else [])),
        )
        for row in groups
    ]  # fmt: skip


def _name(event: Event) -> str:
    return f"{(event.at - BEGAN) // timedelta(microseconds=1)}-{event.pk}"


def _place(before: str) -> tuple[datetime, int] | None:
    stamp, _, pk = before.partition("-")
    if not (stamp.isdecimal() and pk.isdecimal() and len(stamp) < 18 and len(pk) < 19):
        return None
    return BEGAN + timedelta(microseconds=int(stamp)), int(pk)
