"""The tiny board is the only one, no other worker is on the line, and the sweep sleeps: it has its own tests."""

import os
from typing import Any

import pytest
from channels.layers import channel_layers

from live import hub
from tests.live import tiny
from tests.live.pages import open_page

__all__ = ["open_page"]


@pytest.fixture(autouse=True)
def _tiny(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STEPWELL_BOARDS = "tests.live.tiny.BOARDS"
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {
        "default": {**layer, "CONFIG": {**layer["CONFIG"], "prefix": f"{layer['CONFIG']['prefix']}-{os.getpid()}"}}
    }
    channel_layers.backends.clear()
    tiny.drawn.clear()
    monkeypatch.setattr(hub, "SWEEP", 60.0)
