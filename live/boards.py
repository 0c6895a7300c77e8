"""What a live page is. An app's ``board.py`` makes one; ``config/boards.py`` lists them all."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.conf import settings
from django.utils.module_loading import import_string

from live.names import checked_topic

Audience = TypeVar("Audience")
Reading = TypeVar("Reading")

_shared: ContextVar[dict[Hashable, object] | None] = ContextVar("shared", default=None)  # the readings of this batch


class NoSuchBoard(Exception):
    """There is no board of this name, or nothing to watch under this key."""


def never(audience: object) -> bool:
    """What most boards say: a change alters the pieces it names, and no others."""
    return False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole board: its number, read before the rows, and each region as (id of the element, the element's HTML)."""

    seq: int
    regions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Board:
    """A live page. All functions are sync, write nothing and know no request: no user, no CSRF token, no time zone.

    ``key`` is what stands in the address (a unit's id, say). Raise NoSuchBoard (ValueError and DoesNotExist do as well)
    for a key that names nothing. Persons are ``AUTH_USER_MODEL``; audiences are whatever ``audience`` returned.
    """

    name: str
    topic: Callable[[str], str]
    """(key) the topic its changes are published to."""
    may_watch: Callable[[Any, str], bool]
    """(person, key) asked when the page opens, at every heartbeat and when the person's roles change."""
    audience: Callable[[Any, str], Hashable]
    """(person, key) all that decides what this viewer sees. Equal audiences see the same, and are drawn once."""
    snapshot: Callable[[Any, str], Snapshot]
    """(audience, key) the whole board."""
    fragments: Callable[[Any, str, Sequence[tuple[str, str]]], Sequence[str | None]]
    """(audience, key, [(name, pk), ...]) all that changed together, in the order asked: the HTML of each element with
    the id ``<name>-<pk>``; None when it is gone. Read once for all of them."""

    whole: Callable[[Any], bool] = never
    """(audience) True where one change may alter any piece for this audience: it is then sent the whole board each time."""

    def __hash__(self) -> int:
        """By its name: asked for each socket at each change."""
        return hash(self.name)

    def topic_of(self, key: str) -> str:
        """The topic of a key. Raises ValueError when it is not a topic's name."""
        return checked_topic(self.topic(key))


def each(
    fragment: Callable[[Audience, str, str, str], str | None],
) -> Callable[[Audience, str, Sequence[tuple[str, str]]], list[str | None]]:
    """``fragments`` for a board whose pieces share no reading: ``fragment(audience, key, name, pk)`` draws one."""

    def fragments(audience: Audience, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
        return [fragment(audience, key, name, pk) for name, pk in wanted]

    return fragments


def once(what: Hashable, read: Callable[[], Reading]) -> Reading:
    """``read()``, but one time only for all the audiences that are drawn together (a batch); outside of a batch each time.

    ``what`` names all that the reading depends on. In a snapshot the topic's number belongs to it: read it in ``read``, before the rows.
    """
    kept = _shared.get()
    if kept is None:
        return read()
    if what not in kept:
        kept[what] = read()
    return cast("Reading", kept[what])


@contextmanager
def sharing() -> Iterator[None]:
    """In here ``once`` reads one time. Around one batch, in one thread."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def find(name: str) -> Board:
    """The board of this name, from ``settings.STEPWELL_BOARDS``. Raises NoSuchBoard."""
    boards: Iterable[Board] = import_string(settings.STEPWELL_BOARDS)
    for board in boards:
        if board.name == name:
            return board
    raise NoSuchBoard(name)
