"""A change reaches many open bed boards: drawn once in a process for all who see the same, and everybody gets the same bytes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from beds.actions import cleaning
from beds.board import BOARD
from tests.factories import World, world
from tests.live.pages import Open, Page, open_page

__all__ = ["open_page"]

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/ws/live/beds.board/riverbend/"


async def test_one_act_is_drawn_once_for_fifty_open_boards(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    here: World = await database_sync_to_async(world)(timezone.now())
    drawn: list[Sequence[tuple[str, str]]] = []

    def fragments(audience: Any, key: str, wanted: Sequence[tuple[str, str]]) -> Sequence[str | None]:
        drawn.append(wanted)
        return BOARD.fragments(audience, key, wanted)

    monkeypatch.setattr("config.boards.BOARDS", (replace(BOARD, fragments=fragments),))
    pages: list[Page] = []
    for number in range(50):
        page = await open_page((here.on_unit, here.second_nurse)[number % 2], hello=False, path=ADDRESS)
        await page.seen(0)
        assert await page.hear() == "well"
        pages.append(page)
    await database_sync_to_async(cleaning.ask)(by=here.on_unit, at=timezone.now(), bed_id=here.beds[2].pk)
    texts = {(await page.socket.receive_output(5))["text"] for page in pages}
    assert len(texts) == 1
    assert f'id=\\"bed-{here.beds[2].pk}\\"' in texts.pop()
    assert len(drawn) == 1
    assert ("bed", str(here.beds[2].pk)) in drawn[0]
