"""The consumer of Channels' own pages: it joins a group, and passes on what the group is told."""

import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer

from bench.load.asgi import answer, body_of

GROUP = "board"
LAYERS = {"/core/": "core", "/pubsub/": "pubsub", "/own/": "default"}


class Stock(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels says nothing of types
    """Over the layer that the settings call ``default``."""

    async def connect(self) -> None:
        """In."""
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Out."""
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def changed(self, event: dict[str, Any]) -> None:
        """The group was told."""
        await self.send(text_data=event["text"])


class Core(Stock):
    """Over the core layer."""

    channel_layer_alias = "core"


class PubSub(Stock):
    """Over the pub/sub layer."""

    channel_layer_alias = "pubsub"


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """The application for HTTP: send the body to the group, over the layer of the address."""
    text, layer = (await body_of(receive)).decode(), LAYERS.get(scope["path"])
    began = time.perf_counter()
    if layer is not None:
        await get_channel_layer(layer).group_send(GROUP, {"type": "changed", "text": text})
    await answer(send, {"began": began})
