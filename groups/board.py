"""The session page, live: every piece drawn for one viewer, since 'yours' differs from person to person."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from groups.access import Viewer, viewer_of
from groups.models import Session
from groups.queries import SessionPage, session_page
from live.actions import current_seq
from live.boards import Board, NoSuchBoard, Snapshot
from programs.topics import session_topic

REGIONS = ("counts", "faces", "roster", "note")
PIECES = ("counts", "faces", "saved", "signatures")  # the small ones, one of each on the page


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
    """Lines of the roster, parts of the note, the small pieces: all from one read of the page."""
    page = _page(audience, key)
    return [_piece(page, name, pk) for name, pk in wanted]


def _piece(page: SessionPage, name: str, pk: str) -> str | None:
    if name in PIECES:
        return draw(page, name)
    if name == "attendance":
        row = page.row(int(pk))
        return draw(page, "attendance", row=row) if row else None
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
    return session_page(_session(key), viewer, timezone.now())


BOARD = Board("groups.session", topic, may_watch, audience, snapshot, fragments)
