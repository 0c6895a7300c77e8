"""A board left open for a week comes back by itself: far behind, closed at every shift's end, or no longer its viewer's."""

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model

from live import consumer
from tests.live import tiny
from tests.live.pages import Open, make_person
from tests.live.test_boards import put
from tests.live.tiny import make, rename

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async  # type: ignore[untyped-decorator]
def loses_the_role(someone: Any) -> None:
    get_user_model().objects.filter(pk=someone.pk).update(is_staff=False)


async def test_a_page_that_is_far_behind_is_redrawn_once(open_page: Open) -> None:
    pk = await make("Walnut")
    await put(3)
    ann = await make_person("ann")
    await put(40_000)
    page = await open_page(ann, hello=False)
    await page.seen(3)
    assert await page.hear() == "redraw"
    assert (page.seq, page.lines) == (40_000, {f"line-{pk}": "W"})
    await page.seen()
    assert await page.hear() == "well"
    assert await page.quiet()
    assert tiny.drawn == {"snapshot initials": 1}


async def test_a_page_closed_at_the_end_of_many_shifts_is_redrawn_only_where_something_changed(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SHIFT", 0.5)
    pk, ann = await make("Walnut"), await make_person("ann")
    seq, heard = 0, []
    for shift in range(7):
        if shift in (3, 4):
            await rename(pk, f"Maple {shift}")
        page = await open_page(ann, hello=False)
        await page.seen(seq)
        heard.append(await page.hear())
        seq = page.seq or seq
        assert await page.closed() == 4408
    assert heard == ["redraw" if shift in (3, 4) else "well" for shift in range(7)]
    assert (seq, tiny.drawn) == (2, {"snapshot initials": 2})


async def test_a_page_whose_viewer_lost_the_role_meanwhile_is_refused_and_sent_nothing(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "SHIFT", 0.5)
    pk, ann = await make("Walnut"), await make_person("ann")
    page = await open_page(ann, hello=False)
    assert await page.closed() == 4408
    await loses_the_role(ann)
    await rename(pk, "Maple")
    page = await open_page(ann, hello=False)
    await page.seen(0)
    assert await page.hear() == "closed"
    assert (page.code, page.kinds, tiny.drawn) == (4403, [], {})
