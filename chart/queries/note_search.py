"""Search what is written in the charts of a site, by PostgreSQL's own full-text search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db import connection
from django.db.models import Q, QuerySet

from chart.models import Note
from chart.queries.notes import standing
from programs.models import Client, Site
from programs.people import ids_of
from staff.models import Person

ON_A_PAGE = 20
START, END = "\x02", "\x03"  # no note holds them (audit.rules.seal.plain)
LONGEST_QUERY = 200


@dataclass(frozen=True)
class Asked:
    """What to look for: words as people type them ("exact phrase", -not this, or), and filters; '' or None leaves one out.

    ``client``: search one chart, at whichever site it was written. ``who``: part of a name or record number. Dates are the site's,
    both included, of what the note is about.
    """

    words: str
    client: Client | None = None
    who: str = ""
    author_id: int | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True)
class Hit:
    """A note that was found; ``snippet`` are its words around the hits: text, and whether it is a hit."""

    pk: int
    client_id: int
    client: str
    record_number: str
    title: str
    about_at: datetime
    by: str
    late: bool
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Found:
    """One page of hits, the newest first, and whether there are more. ``small``: only words that the search leaves out ('the')."""

    hits: tuple[Hit, ...]
    more: bool
    page: int
    small: bool = False


NOTHING = Found((), False, 1)


def search(site: Site, asked: Asked) -> Found:
    """The standing notes of a site (of one chart, where it is named) that hold the words. One query, two where nothing is found."""
    query = SearchQuery(asked.words[:LONGEST_QUERY], config="english", search_type="websearch")
    rows = standing(_filtered(site, asked)).filter(words=query).order_by("-about_at", "-pk")
    first = (asked.page - 1) * ON_A_PAGE
    picked = rows.values("pk")[first : first + ON_A_PAGE + 1]  # so that only what is shown is joined and marked
    shown = (
        Note.objects.filter(pk__in=picked)
        .select_related("by", "episode__client")
        .annotate(
            snippet=SearchHeadline(
                "text", query, config="english", start_sel=START, stop_sel=END, max_fragments=2, max_words=22,
                min_words=8, fragment_delimiter=" … ",
            )
        )
        .order_by("-about_at", "-pk")
    )  # fmt: skip
    got = list(shown)
    hits = tuple(_hit(row) for row in got[:ON_A_PAGE])
    found = Found(hits, len(got) > ON_A_PAGE, asked.page)
    return found if hits or asked.page > 1 else replace(found, small=_small(asked.words))


def authors(site: Site) -> Sequence[Person]:
    """Who ever held a role at a site, by name. One query."""
    return list(Person.objects.filter(assignments__site=site).distinct().order_by("name", "pk"))


def _filtered(site: Site, asked: Asked) -> QuerySet[Note]:
    where = Q(site=site) if asked.client is None else Q(episode__client__in=ids_of(asked.client))
    for word in asked.who.split()[:6]:
        where &= (
            Q(episode__client__first_name__icontains=word)
            | Q(episode__client__last_name__icontains=word)
            | Q(episode__client__preferred_name__icontains=word)
            | Q(episode__client__record_number__icontains=word)
        )
    if asked.author_id is not None:
        where &= Q(by=asked.author_id)
    if asked.kind in Note.Kind.values:
        where &= Q(kind=asked.kind)
    if asked.since is not None:
        where &= Q(about_at__gte=_midnight(asked.since, site.tz))
    if asked.until is not None:
        where &= Q(about_at__lt=_midnight(asked.until + timedelta(days=1), site.tz))
    return Note.objects.filter(where)


def _midnight(on: date, tz: tzinfo) -> datetime:
    return datetime.combine(on, time.min, tzinfo=tz)


def _hit(row: Note) -> Hit:
    client = row.episode.client
    return Hit(
        row.pk, client.pk, client.called, client.record_number, row.title, row.about_at, row.by.signature, row.late,
        marked(str(getattr(row, "snippet", ""))),
    )  # fmt: skip


def marked(snippet: str) -> tuple[tuple[str, bool], ...]:
    """A headline of PostgreSQL as its stretches: text, and whether it is a hit."""
    found: list[tuple[str, bool]] = []
    for piece in snippet.split(START):
        hit, end, rest = piece.partition(END)
        if end:
            found.append((hit, True))
        found.append((rest if end else hit, False))
    return tuple((text, is_hit) for text, is_hit in found if text)


def _small(words: str) -> bool:
    """Whether the words are all of the kind that stands in every text. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery('english', %s))", [words[:LONGEST_QUERY]])
        [(count,)] = cursor.fetchall()
    return bool(count == 0)
