"""The session page, live. It is read once for everybody, and a line of the roster is drawn once; what says 'yours' is drawn for
each person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from groups.access import Viewer, viewer_of
from groups.models import Session
from groups.queries import SessionFacts, SessionPage, page_for, session_facts
from live.actions import current_seq
from live.boards import Board, NoSuchBoard, Snapshot
from programs.topics import session_topic

REGIONS = ("counts", "faces", "roster", "note")
FRESH = timedelta(seconds=2)
KEPT = 64  # sessions whose facts are kept
_read: dict[str, tuple[int, SessionFacts]] = {}
PIECES = ("counts", "everyone", "faces", "saved", "signatures")  # the small ones, one of each on the page


def topic(key: str) -> str:
    """One topic a session; the key is its id."""
    return session_topic(int(key))


def may_watch(person: Any, key: str) -> bool:
    """Whoever may see the groups of its site."""
    return _viewer(person, key) is not None


def audience(person: Any, key: str) -> Viewer:
    """The person, and what they may do and read."""
    viewer = _viewer(person, key)
    if viewer is None:
        raise NoSuchBoard(key)
    return viewer


def snapshot(audience: Any, key: str) -> Snapshot:
    """All regions of the page."""
    seq = current_seq(topic(key))
    return Snapshot(seq, regions(_page(audience, key)))


def fragments(audience: Any, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """Lines of the roster, parts of the note, the small pieces: all from one read of the page, also for other viewers."""
    at = timezone.now()
    facts = _facts(key, at)
    page = page_for(facts, audience, at)
    return [_piece(facts, page, name, pk) for name, pk in wanted]


def _piece(facts: SessionFacts, page: SessionPage, name: str, pk: str) -> str | None:
    if name in PIECES:
        return draw(page, name)
    if name == "attendance":
        row, drawn = page.row(int(pk)), (pk, page.viewer.runs)
        if row is not None and drawn not in facts.drawn:
            facts.drawn[drawn] = draw(page, "attendance", row=row)
        return facts.drawn.get(drawn)
    card = page.card(pk) if name == "part" else None
    return draw(page, "part", card=card) if card else None


def regions(page: SessionPage) -> tuple[tuple[str, str], ...]:
    """Each region's element id and HTML."""
    return tuple((_region_id(page, name), draw(page, name)) for name in REGIONS)


def draw(page: SessionPage, name: str, **extra: object) -> str:
    """One template of the room, without a request."""
    return render_to_string(f"groups/pieces/{name}.html", {"page": page, **extra})


def _region_id(page: SessionPage, name: str) -> str:
    return f"{name}-{page.pk}" if name in PIECES else name


def _session(key: str) -> Session:
    return Session.objects.select_related("series", "site").get(pk=int(key))


def _viewer(person: Any, key: str) -> Viewer | None:
    return viewer_of(person, _session(key).site_id, timezone.now())


def _page(viewer: Viewer, key: str) -> SessionPage:
    at = timezone.now()
    return page_for(_facts(key, at), viewer, at)


def _facts(key: str, at: datetime) -> SessionFacts:
    """What everyone's page is made of: read once a process for each number of the topic, then drawn for each viewer.

    Good for as long as nothing is announced, and for ``FRESH`` at most: other sessions' marks and the clock change it too.
    """
    seq = current_seq(topic(key))  # before the rows
    known = _read.get(key)
    if known is not None and known[0] == seq and at - known[1].at < FRESH:
        return known[1]
    facts = session_facts(_session(key), at)
    if len(_read) >= KEPT:
        _read.clear()
    _read[key] = (seq, facts)
    return facts


BOARD = Board("groups.session", topic, may_watch, audience, snapshot, fragments)
