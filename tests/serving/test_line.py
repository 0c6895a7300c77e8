"""More requests than a process answers at a time wait in line, in their order; who waits too long is told so in words."""

import asyncio
from typing import Any

from config.serving.line import in_line

Sent = list[dict[str, Any]]


class Slow:
    """An application that answers when it is let; who is in it now, and the most that were."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.inside = self.most = 0
        self.let = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.began.append(scope["path"])
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.let.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
        finally:
            self.inside -= 1


async def ask(application: Any, path: str, **headers: str) -> Sent:
    sent: Sent = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": named}
    await application(scope, None, send)
    return sent


async def test_as_many_as_there_are_turns_and_the_others_in_their_order() -> None:
    slow = Slow()
    served = in_line(slow, at_once=2, patience=30)
    asked = []
    for number in range(6):
        asked.append(asyncio.ensure_future(ask(served, f"/{number}/")))
        await asyncio.sleep(0)
    assert slow.began == ["/0/", "/1/"]
    slow.let.set()
    answers = await asyncio.gather(*asked)
    assert slow.began == [f"/{number}/" for number in range(6)]
    assert slow.most == 2
    assert {answer[0]["status"] for answer in answers} == {200}


async def test_who_leaves_the_line_takes_nobodys_turn() -> None:
    slow = Slow()
    served = in_line(slow, at_once=1, patience=30)
    first, second, third = (asyncio.ensure_future(ask(served, f"/{number}/")) for number in range(3))
    await asyncio.sleep(0.01)
    second.cancel()
    slow.let.set()
    await asyncio.gather(first, third)
    assert slow.began == ["/0/", "/2/"]


async def test_who_waits_too_long_is_told_in_words_and_nothing_was_begun() -> None:
    slow = Slow()
    served = in_line(slow, at_once=1, patience=0.05)
    first = asyncio.ensure_future(ask(served, "/first/"))
    await asyncio.sleep(0.01)
    start, body = await ask(served, "/pass/", accept="text/html")
    assert start["status"] == 503
    assert dict(start["headers"])[b"retry-after"] == b"10"
    assert "More people asked at once than the server can answer" in body["body"].decode()
    assert slow.began == ["/first/"]
    slow.let.set()
    assert (await first)[0]["status"] == 200
