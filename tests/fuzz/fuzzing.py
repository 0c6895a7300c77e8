"""Send what nobody should send, and judge the answer: no 5xx, no trace, no echo as it is, nothing of another site."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client as Session

from tests.fuzz.pages import Form
from tests.fuzz.payloads import ALL, ECHOES, MARK

TRACES = (b"Traceback (most recent call last)", b"DoesNotExist", b"psycopg.", b"django.db.utils", b'File "/')


@dataclass
class Tally:
    """What came of it."""

    sent: int = 0
    lost: int = 0  # sent to sign in: these found nothing out
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    log: Path | None = None  # where what is wrong is written as it is found, for a run that is stopped

    def take(self, what: str, answer: HttpResponseBase | Exception, hidden: str) -> None:
        """Count one answer, and keep what is wrong with it."""
        self.sent += 1
        if isinstance(answer, Exception):
            self.statuses[500] += 1
            self.tell(f"{what}: {type(answer).__name__}: {answer}")
            return
        self.statuses[answer.status_code] += 1
        self.lost += answer.get("Location", "").startswith("/accounts/")
        for each in against(answer, hidden):
            self.tell(f"{what}: {answer.status_code}: {each}")

    def tell(self, words: str) -> None:
        """Keep one thing that is wrong."""
        self.wrong.append(words[:600])
        if self.log is not None:
            with self.log.open("a") as file:
                file.write(f"{words[:600]}\n")


def against(answer: HttpResponseBase, hidden: str) -> Iterator[str]:
    """What is wrong with an answer; ``hidden`` is a name that this person must never see."""
    if answer.status_code >= 500:
        yield "an error of the server"
    content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    for trace in TRACES:
        if trace in content:
            yield f"tells {trace.decode()}"
    if "html" in answer.get("Content-Type", ""):
        for echo in ECHOES:
            if echo.encode() in content:
                yield f"repeats {echo} as it is"
    if hidden.encode() in content:
        yield "names a client of another site"
    if answer.cookies.get("fuzz") or answer.get("X-Fuzz"):
        yield "a header was split"
    if answer.get("Location", "").startswith(("//", "https://elsewhere", "http://elsewhere")):
        yield "sends elsewhere"


@contextmanager
def undone() -> Iterator[None]:
    """What a request wrote is taken back, so that every request meets the same house."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as a test's own: an act that asks for a transaction of its own gets one
    with block:
        yield
        transaction.set_rollback(True)


def send(session: Session, tally: Tally, hidden: str, method: str, address: str, data: Any = None, **more: Any) -> None:
    """One request, with the session as it was before the last one."""
    kept = session.cookies.output(header="", sep=";")
    what = f"{method.upper()} {address} {data!r}"
    try:
        with undone():
            answer: HttpResponseBase | Exception = session.generic(
                method.upper(), address, **encoded(method, data), **more
            )
            tally.take(what, answer, hidden)
    except Exception as error:
        tally.take(what, error, hidden)
    session.cookies.clear()
    session.cookies.load(kept)


def encoded(method: str, data: Any) -> dict[str, Any]:
    """Fields as a browser sends them."""
    from urllib.parse import urlencode

    words = urlencode(data or [], doseq=True, errors="replace")
    if method.lower() == "get":
        return {"QUERY_STRING": words} if words else {}
    return {"data": words.encode(), "content_type": "application/x-www-form-urlencoded"}


def forms(session: Session, found: list[Form], tally: Tally, hidden: str, count: int, rng: random.Random) -> None:
    """So many forms, each with one to three fields that say something else."""
    for number in range(count):
        form = found[number % len(found)]
        fields = [[name, value] for name, value in form.fields] or [["q", ""]]
        for _ in range(rng.choice((1, 1, 2, 3))):
            rng.choice(fields)[1] = rng.choice(ALL)
        if rng.random() < 0.1:
            fields.append([rng.choice(("id", "pk", "site", "client", MARK, "next")), rng.choice(ALL)])
        if rng.random() < 0.1:
            fields.pop(rng.randrange(len(fields)))
        action = (
            form.action
            if rng.random() < 0.8
            else re.sub(r"\d+", lambda _: rng.choice(("0", "1", "2", "999999999", "9" * 25)), form.action)
        )
        send(session, tally, hidden, form.method, action, [tuple(each) for each in fields])


def addresses(session: Session, pages: list[str], tally: Tally, hidden: str, count: int, rng: random.Random) -> None:
    """So many pages, each with something in its query or path."""
    names = (
        "q",
        "at",
        "from",
        "to",
        "month",
        "week",
        "kind",
        "show",
        "site",
        "page",
        "corrects",
        "medication",
        "unit",
        "free",
        "move",
    )
    for number in range(count):
        page = pages[number % len(pages)].partition("?")[0]
        if rng.random() < 0.4:
            page = re.sub(r"\d+", lambda _: rng.choice(("0", "2", "999999999", "9" * 25)), page)
        send(
            session,
            tally,
            hidden,
            "get",
            page,
            [(rng.choice(names), rng.choice(ALL)) for _ in range(rng.choice((1, 1, 2)))],
        )
