"""What the applications of the benchmark need of HTTP: the body of a request, and an answer in JSON."""

import json
from typing import Any


async def body_of(receive: Any) -> bytes:
    """The whole body."""
    parts: list[bytes] = []
    while True:
        event = await receive()
        parts.append(event.get("body", b""))
        if not event.get("more_body"):
            return b"".join(parts)


async def answer(send: Any, said: object) -> None:
    """200, and this as JSON."""
    text = json.dumps(said).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})
