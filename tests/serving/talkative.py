"""A server that tells a page many things faster than it reads: ``python -m tests.serving.talkative PORT``."""

import json
import sys
from typing import Any

import config.asgi  # noqa: F401  Django is ready then
from config.serving.frames import framed
from config.serving.web import made

SIZES = (0, 1, 100, 110, 125, 126, 127, 4_000, 65_000, 65_535, 65_536, 300_000)
TEXTS, AGAIN = 240, 50


async def talkative(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Numbered texts of all lengths, every seventh as bytes; then one text again and again, and what is known of the frames."""
    await receive()
    await send({"type": "websocket.accept"})
    for number in range(TEXTS):
        said = f"{number} {'é' * (SIZES[number % len(SIZES)] // 2)}"
        load: dict[str, Any] = {"bytes": said.encode()} if number % 7 == 0 else {"text": said}
        await send({"type": "websocket.send", **load})
    before = framed.cache_info().hits
    for _ in range(AGAIN):
        await send({"type": "websocket.send", "text": "the same to all"})
    told = {"framed_before": framed.cache_info().hits - before}
    await send({"type": "websocket.send", "text": json.dumps(told)})
    await receive()  # who reads slowly is given time
    await send({"type": "websocket.close", "code": 1000})
    try:
        await send({"type": "websocket.send", "text": "too late"})
        came = "nothing"
    except Exception as error:
        came = type(error).__name__
    sys.stdout.write(f"{came}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    made(talkative, "127.0.0.1", int(sys.argv[1])).run()
