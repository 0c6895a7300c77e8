"""Whatever gets lost on the way, every page ends up showing what is true."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from prometheus_client import REGISTRY

from live import hub, sockets, watch
from live.actions import publish
from live.boards import Snapshot
from live.models import Topic
from tests.live import tiny
from tests.live.pages import Open, make_person
from tests.live.tiny import make, rename, tell

pytestmark = pytest.mark.django_db(transaction=True)


async def send(seq: int, *keys: str, topic: str = "tiny.1") -> None:
    """A message as Redis might deliver it: late, doubled, or of a number that never was."""
    layer: Any = get_channel_layer()
    await layer.group_send(topic, {"type": "live.changed", "topic": topic, "seq": seq, "keys": list(keys)})


@database_sync_to_async  # type: ignore[untyped-decorator]
def put(seq: int) -> None:
    Topic.objects.update_or_create(name="tiny.1", defaults={"seq": seq})


async def test_a_page_that_is_up_to_date_hears_all_is_well(open_page: Open) -> None:
    page = await open_page(await make_person("ann"), hello=False)
    await page.seen(0)
    assert await page.hear() == "well"
    assert not tiny.drawn


async def test_a_page_that_missed_something_while_it_loaded_gets_the_board(open_page: Open) -> None:
    pk = await make("Walnut")
    await rename(pk, "Maple")
    page = await open_page(await make_person("ann"), hello=False)
    await page.seen(0)
    assert await page.hear() == "redraw"
    assert (page.seq, page.lines) == (1, {f"line-{pk}": "M"})


async def test_a_change_while_a_page_joins_is_not_lost(open_page: Open) -> None:
    """It joins first: what happens before its hello is in the answer to its hello."""
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"), hello=False)
    await rename(pk, "Maple")
    await page.seen(0)
    await page.until(1)
    assert page.lines == {f"line-{pk}": "M"}


async def test_a_change_is_patched(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann", is_superuser=True))
    await rename(pk, "Maple")
    assert await page.hear() == "patch"
    assert (page.seq, page.lines) == (1, {f"line-{pk}": "Maple"})


async def test_what_is_gone_is_taken_away(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await database_sync_to_async(Group.objects.all().delete)()
    await tell("tiny.1", [f"line:{pk}"])
    assert await page.hear() == "patch"
    assert page.lines == {}


async def test_no_keys_mean_the_whole_board(open_page: Open) -> None:
    page = await open_page(await make_person("ann"))
    pk = await make("Walnut")
    await tell("tiny.1")
    assert await page.hear() == "redraw"
    assert (page.seq, page.lines) == (1, {f"line-{pk}": "W"})


async def test_a_change_is_drawn_once_for_all_who_see_the_same(open_page: Open) -> None:
    pk = await make("Walnut")
    ann, bob = await make_person("ann"), await make_person("bob", is_superuser=True)
    pages = [await open_page(who) for who in (ann, ann, ann, bob, bob)]
    tiny.drawn.clear()
    await rename(pk, "Maple")
    for page in pages:
        await page.until(1)
    assert [page.lines[f"line-{pk}"] for page in pages] == ["M", "M", "M", "Maple", "Maple"]
    assert tiny.drawn == {"fragment initials": 1, "fragment whole": 1}


async def test_how_long_a_change_took_from_its_commit_is_counted(open_page: Open) -> None:
    def told() -> tuple[float, float]:
        read = REGISTRY.get_sample_value
        name = "stepwell_live_commit_to_sent_seconds"
        return read(f"{name}_count") or 0.0, read(f"{name}_sum") or 0.0

    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    (count, seconds), began = told(), time.time()
    for number, name in enumerate(("Maple", "Alder"), 1):
        await rename(pk, name)
        await page.until(number)
    after, more = told()
    assert after == count + 2
    assert 0 < more - seconds < 2 * (time.time() - began) + 2, "seconds, of two changes"


async def test_changes_that_come_together_travel_together(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann", is_superuser=True))

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def ten() -> None:
        with transaction.atomic():
            for number in range(10):
                Group.objects.filter(pk=pk).update(name=f"Maple {number}")
                publish({"tiny.1": [f"line:{pk}"]})

    await ten()
    await page.until(10)
    assert page.kinds.count("patch") == len(page.kinds) <= 3
    assert page.lines == {f"line-{pk}": "Maple 9"}


async def test_fifty_changes_cost_each_page_a_few_frames_and_none_is_lost(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each committed by itself; the first goes out at once, the others wait for each other."""
    monkeypatch.setattr(watch, "PAUSE", 1.0)  # so that a slow machine commits many in one pause as well
    pk = await make("Walnut")
    pages = [await open_page(await make_person(name)) for name in ("ann", "bob")]
    await asyncio.sleep(1.1)  # the pause after their first boards is over

    @database_sync_to_async  # type: ignore[untyped-decorator]
    def fifty() -> None:
        for number in range(50):
            with transaction.atomic():
                Group.objects.filter(pk=pk).update(name=f"{number} Maple")
                publish({"tiny.1": [f"line:{pk}"]})

    await fifty()
    for page in pages:
        await page.until(50)
        assert page.kinds.count("patch") == len(page.kinds) <= 10
        assert page.lines == {f"line-{pk}": "4"}


async def test_a_page_that_leaves_while_others_are_sent_to_harms_nobody(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop has its turn after each page here; in that turn one of them goes."""
    monkeypatch.setattr(watch, "BREATH", 1)
    pk, ann = await make("Walnut"), await make_person("ann")
    pages = [await open_page(ann) for _ in range(4)]
    leaving = pages.pop()
    changed, gone = (
        asyncio.ensure_future(rename(pk, "Maple")),
        asyncio.ensure_future(leaving.socket.disconnect(timeout=3)),
    )
    await asyncio.gather(changed, gone)
    for page in pages:
        await page.until(1)
        assert page.lines == {f"line-{pk}": "M"}


async def test_what_changed_together_is_asked_of_the_board_in_one_call(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await make("Walnut"), await make("Oak")
    calls: list[Any] = []

    def fragments(audience: str, key: str, wanted: Any) -> list[str | None]:
        calls.append((audience, key, list(wanted)))
        return list(tiny.TINY.fragments(audience, key, wanted))

    monkeypatch.setattr(tiny, "BOARDS", (replace(tiny.TINY, fragments=fragments),))
    page = await open_page(await make_person("ann"))
    await tell("tiny.1", [f"line:{second}", f"line:{first}", "line:99999"])
    await page.until(1)
    assert calls == [("initials", "1", sorted([("line", str(first)), ("line", str(second)), ("line", "99999")]))]


async def test_a_board_that_draws_more_or_fewer_than_was_asked_closes(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one bed would be shown in the place of another."""
    monkeypatch.setattr(tiny, "BOARDS", (replace(tiny.TINY, fragments=lambda audience, key, wanted: []),))
    page = await open_page(await make_person("ann"))
    await tell("tiny.1", ["line:1"])
    assert await page.closed() == 1011


async def test_every_message_says_what_time_it_is_and_a_drawing_is_no_older_than_it_says(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk, drawn_at = await make("Walnut"), []

    def snapshot(audience: str, key: str) -> Snapshot:
        drawn_at.append(timezone.now())
        return tiny.snapshot(audience, key)

    monkeypatch.setattr(tiny, "BOARDS", (replace(tiny.TINY, snapshot=snapshot),))
    before = timezone.now()
    page = await open_page(await make_person("ann"), hello=False)

    async def time_of_the_next() -> float:
        said = json.loads((await page.socket.receive_output(3))["text"])
        return float(said["at"]) / 1000

    await page.seen(0)
    assert before.timestamp() - 0.001 <= await time_of_the_next()
    await page.seen(99)
    assert before.timestamp() - 0.001 <= await time_of_the_next() <= drawn_at[0].timestamp()
    await page.seen(0)
    assert drawn_at[0].timestamp() - 0.001 <= await time_of_the_next()
    await rename(pk, "Maple")
    assert drawn_at[0].timestamp() - 0.001 <= await time_of_the_next() <= timezone.now().timestamp()


async def test_a_lost_message_is_noticed_at_the_next_and_the_board_redrawn_once_an_audience(open_page: Open) -> None:
    first, second = await make("Walnut"), await make("Oak")
    ann = await make_person("ann")
    pages = [await open_page(ann) for _ in range(3)]
    tiny.drawn.clear()
    await rename(first, "Maple", announce=False)
    await rename(second, "Elm")
    for page in pages:
        await page.until(2)
        assert page.lines == {f"line-{first}": "M", f"line-{second}": "E"}
        assert page.kinds == ["redraw"]
    assert tiny.drawn["snapshot initials"] == 1


async def test_messages_that_overtake_each_other_are_patched_in_order(open_page: Open) -> None:
    first, second = await make("Walnut"), await make("Oak")
    page = await open_page(await make_person("ann"))
    await rename(first, "Maple", announce=False)
    await rename(second, "Elm", announce=False)
    await send(2, f"line:{second}")
    await send(1, f"line:{first}")
    await page.until(2)
    assert page.lines == {f"line-{first}": "M", f"line-{second}": "E"}
    assert "redraw" not in page.kinds


async def test_doubled_and_old_messages_are_ignored(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await rename(pk, "Maple")
    await page.until(1)
    await send(1, f"line:{pk}")
    await send(0, f"line:{pk}")
    assert await page.quiet(0.5)


async def test_a_number_that_never_was_ends_in_the_truth_and_in_quiet(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await send(1000, f"line:{pk}")
    assert await page.hear() == "redraw"
    assert page.seq == 0
    assert await page.quiet(0.6)
    await rename(pk, "Maple")
    assert await page.hear() == "patch"


async def test_nonsense_on_the_line_is_survived(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    layer: Any = get_channel_layer()
    for nonsense in ({"type": "other"}, {"topic": "tiny.1", "seq": "1", "keys": []}, {"topic": 1, "seq": 1, "keys": 0}):
        await layer.group_send("tiny.1", nonsense)
    await rename(pk, "Maple")
    await page.until(1)


async def test_a_lost_last_message_is_found_by_the_heartbeat(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    other = await open_page(await make_person("bob"))
    await rename(pk, "Maple", announce=False)
    assert await page.quiet()
    await page.seen()
    assert await page.hear() == "redraw"
    assert (page.seq, page.lines) == (1, {f"line-{pk}": "M"})
    await other.until(1)  # what one page found out, the hub tells all


async def test_a_lost_last_message_is_found_by_the_sweep(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "SWEEP", 0.3)
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await rename(pk, "Maple", announce=False)
    await page.until(1)
    assert page.lines == {f"line-{pk}": "M"}


async def test_a_restored_backup_heals(open_page: Open) -> None:
    """The database counts from a lower number again; lower is not older for ever."""
    pk = await make("Walnut")
    await put(100)
    page = await open_page(await make_person("ann"))
    assert page.seq == 100
    await put(50)
    await rename(pk, "Maple")
    assert await page.quiet()
    await page.seen()
    await page.until(51)
    while await page.hear() != "redraw":  # the hub's own, for everyone
        pass
    await rename(pk, "Oak")
    await page.until(52)
    assert page.kinds[-1] == "patch"
    assert page.lines == {f"line-{pk}": "O"}


async def test_a_slow_page_is_skipped_and_then_redrawn(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_MESSAGES", 3)
    pk = await make("Walnut")
    slow = await open_page(await make_person("ann"))
    quick = await open_page(await make_person("bob"))
    for number in range(1, 8):
        await rename(pk, chr(64 + number))
        await quick.until(number)
        await quick.seen()
        assert await quick.hear() == "well"
    for _ in range(3):
        assert await slow.hear() == "patch"
    assert slow.seq == 3
    assert await slow.quiet()
    await slow.seen()
    assert await slow.hear() == "redraw"
    assert (slow.seq, slow.lines) == (7, {f"line-{pk}": "G"})


async def test_a_page_behind_by_too_many_bytes_is_skipped(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = await make("Walnut")
    slow = await open_page(await make_person("ann"))
    monkeypatch.setattr(sockets, "MOST_BYTES", 50)
    await rename(pk, "Maple")
    await slow.until(1)
    await rename(pk, "Oak")
    assert await slow.quiet()
    await slow.seen()
    await slow.until(2)


async def test_a_page_that_says_it_lost_what_was_sent_is_redrawn(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await rename(pk, "Maple")
    await page.until(1)
    await page.seen(12345)
    assert await page.hear() == "redraw"


async def test_what_is_still_on_its_way_is_not_called_lost(open_page: Open) -> None:
    pk = await make("Walnut")
    page = await open_page(await make_person("ann"))
    await rename(pk, "Maple")
    await asyncio.sleep(0.3)  # the patch is sent, and the page's heartbeat crosses it
    await page.seen(0)
    assert [await page.hear(), await page.hear()] == ["patch", "well"]


async def test_a_line_that_cannot_be_drawn_closes_and_the_page_comes_back(open_page: Open) -> None:
    page = await open_page(await make_person("ann"))
    await tell("tiny.1", ["line:0"])
    assert await page.closed() == 1011


async def test_the_last_page_to_leave_leaves_the_group(open_page: Open) -> None:
    page = await open_page(await make_person("ann"))
    here = hub.hub()
    assert here._line is not None and here._line._joined >= {"tiny.1"}
    await page.socket.disconnect(timeout=3)
    async with asyncio.timeout(5):
        while here._task is not None:
            await asyncio.sleep(0.01)
    assert (here.watches, here._persons) == ({}, {})
