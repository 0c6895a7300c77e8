"""May this browser watch this board, right now? Asked again and again, so everything is read afresh."""

import time
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest

from live.boards import NoSuchBoard, find
from live.drawing import View
from live.idle import HANDED_OVER, is_locked
from live.queries import current_seq

__all__ = ["HANDED_OVER", "Admission", "Code", "admit", "admit_in_thread"]


class Code(IntEnum):
    """Why a socket was closed; ``static/js/live.js`` knows the same numbers."""

    BAD_MESSAGE = 4400
    SIGNED_OUT = 4401
    MAY_NOT = 4403
    NO_SUCH_BOARD = 4404
    LOCKED = 4423  # nobody touched a page for too long: come back, rarer and rarer
    TIME_OVER = 4408  # a shift is over, or the page fell silent: come back
    BROKEN = 1011  # something could not be drawn: come back


@dataclass(frozen=True, slots=True)
class Admission:
    """Who watches what, and the number the board's topic is at."""

    person_pk: object
    topic: str
    view: View
    seq: int


def admit(session_key: str | None, board_name: str, key: str) -> Admission | Code:
    """The admission, or why not. Reads the session, the person and the permission from the database."""
    request = _request_of(session_key)
    if HANDED_OVER in request.session:
        return Code.MAY_NOT
    if is_locked(request.session, time.time()):
        return Code.LOCKED
    person = get_user(request)
    if not (person.is_authenticated and person.is_active):
        return Code.SIGNED_OUT
    try:
        board = find(board_name)
        topic = board.topic_of(key)
        if not board.may_watch(person, key):
            return Code.MAY_NOT
        return Admission(person.pk, topic, View(board, key, board.audience(person, key)), current_seq(topic))
    except (NoSuchBoard, ValueError, ObjectDoesNotExist):
        return Code.NO_SUCH_BOARD


admit_in_thread = database_sync_to_async(admit)


def _request_of(session_key: str | None) -> HttpRequest:
    """What ``get_user`` wants to see: it checks the session's hash, its backend and that the person is active."""
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    request = HttpRequest()
    request.session = store(session_key)
    return request
