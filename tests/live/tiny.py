"""A board of three lines for the tests: Django's groups, each one line; whoever is a superuser sees whole names."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import Group
from django.db import transaction

from live.actions import current_seq, publish
from live.boards import Board, Snapshot, each

drawn: Counter[str] = Counter()


def topic(key: str) -> str:
    return f"tiny.{int(key)}"


def may_watch(person: Any, key: str) -> bool:
    return bool(person.is_staff) and key != "9"


def audience(person: Any, key: str) -> str:
    return "whole" if person.is_superuser else "initials"


def line(audience: str, group: Group) -> str:
    return f'<li id="line-{group.pk}" data-fragment>{group.name if audience == "whole" else group.name[:1]}</li>'


def snapshot(audience: str, key: str) -> Snapshot:
    seq = current_seq(topic(key))
    drawn[f"snapshot {audience}"] += 1
    return Snapshot(seq, (("lines", f'<ul id="lines" data-region>{"".join(_lines(audience))}</ul>'),))


def _lines(audience: str) -> list[str]:
    return [line(audience, group) for group in Group.objects.order_by("pk")]


def fragment(audience: str, key: str, name: str, pk: str) -> str | None:
    drawn[f"fragment {audience}"] += 1
    if pk == "0":
        raise RuntimeError("this line cannot be drawn")
    group = Group.objects.filter(pk=pk).first()
    return None if group is None else line(audience, group)


TINY = Board("tiny", topic, may_watch, audience, snapshot, each(fragment))
BOARDS = (TINY,)


@database_sync_to_async  # type: ignore[untyped-decorator]
def make(name: str) -> int:
    return Group.objects.create(name=name).pk


@database_sync_to_async  # type: ignore[untyped-decorator]
def rename(pk: int, name: str, *, announce: bool = True) -> None:
    """The tiny act: a line changes, and its topic is told."""
    with transaction.atomic():
        Group.objects.filter(pk=pk).update(name=name)
        publish({"tiny.1": [f"line:{pk}"]})
        if not announce:  # the number moves on, the message is lost
            transaction.get_connection().run_on_commit.pop()


@database_sync_to_async  # type: ignore[untyped-decorator]
def tell(topic: str, keys: Iterable[str] = ()) -> None:
    with transaction.atomic():
        publish({topic: keys})
