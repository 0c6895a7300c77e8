"""Who gets in, and who is shown out: every wrong word, lost role and sign-out has its code."""

from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.db import transaction

from live import consumer
from live.actions import recheck
from staff.models import SignedIn
from tests.live.pages import Open, Page, knock, make_person, signed_in
from tests.live.tiny import make, rename

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async  # type: ignore[untyped-decorator]
def change(someone: Any, *, tell: bool = False, **fields: Any) -> None:
    with transaction.atomic():
        get_user_model().objects.filter(pk=someone.pk).update(**fields)
        if tell:
            recheck(someone.pk)


@database_sync_to_async  # type: ignore[untyped-decorator]
def sign_out(someone: Any, *, tell: bool = False) -> None:
    with transaction.atomic():
        SignedIn.objects.all().delete()
        if tell:
            recheck(someone.pk)


async def test_who_is_not_signed_in_is_told_so(open_page: Open) -> None:
    page = await open_page(None, hello=False)
    assert await page.closed() == 4401


async def test_who_may_not_watch_is_told_so(open_page: Open) -> None:
    page = await open_page(await make_person("ann"), hello=False, path="/ws/live/tiny/9/")
    assert await page.closed() == 4403


async def test_the_session_is_found_among_other_cookies(open_page: Open) -> None:
    cookie = await database_sync_to_async(signed_in)(await make_person("ann"))
    page = Page(knock(f"theme=night; {cookie}; other=1"))
    assert (await page.socket.connect(3))[0]
    await page.seen(0)
    assert await page.hear() == "well"
    await page.socket.disconnect(timeout=3)


@pytest.mark.parametrize("path", ["/ws/live/nowhere/1/", "/ws/live/tiny/x/", "/ws/live/tiny/%00/"])
async def test_a_board_that_is_not_there_is_told_so(open_page: Open, path: str) -> None:
    page = await open_page(await make_person("ann"), hello=False, path=path)
    assert await page.closed() == 4404


async def test_a_page_of_another_site_is_refused_before_it_is_let_in(open_page: Open) -> None:
    cookie = await database_sync_to_async(signed_in)(await make_person("ann"))
    socket = knock(cookie, origin="http://evil.example")
    assert await socket.connect(3) == (False, 1000)


@pytest.mark.parametrize(
    "words",
    [
        "hello", "", "[]", "{}", "{\"seen\": -1}", "{\"seen\": true}", "{\"seen\": 1.5}", "{\"seen\": null}",
        "{\"seen\": 1, \"more\": 1}", "{\"seen\": " + "1" * 70 + "}", "{\"seen\": 9223372036854775808}",
        b"{\"seen\": 1}",
    ],
)  # fmt: skip
async def test_anything_but_one_number_is_a_bad_message(open_page: Open, words: str | bytes) -> None:
    page = await open_page(await make_person("ann"), hello=False)
    kind = "bytes" if isinstance(words, bytes) else "text"
    await page.socket.send_input({"type": "websocket.receive", kind: words})
    assert await page.closed() == 4400


async def test_a_page_that_talks_without_end_is_shown_out(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "MOST_WORDS", 5)
    page = await open_page(await make_person("ann"))
    for _ in range(6):
        await page.seen()
    assert await page.closed() == 4400


async def test_a_lost_permission_is_noticed_at_the_next_heartbeat(open_page: Open) -> None:
    ann = await make_person("ann")
    page = await open_page(ann)
    await change(ann, is_staff=False)
    await page.seen()
    assert await page.closed() == 4403


async def test_a_lost_permission_is_noticed_at_once_when_it_is_announced(open_page: Open) -> None:
    ann, bob = await make_person("ann"), await make_person("bob")
    page, other = await open_page(ann), await open_page(bob)
    await change(ann, is_staff=False, tell=True)
    assert await page.closed() == 4403
    assert await other.quiet()


async def test_signing_out_closes_at_the_next_heartbeat(open_page: Open) -> None:
    ann = await make_person("ann")
    page = await open_page(ann)
    await sign_out(ann)
    await page.seen()
    assert await page.closed() == 4401


async def test_signing_out_closes_at_once_when_it_is_announced(open_page: Open) -> None:
    ann = await make_person("ann")
    page = await open_page(ann)
    await sign_out(ann, tell=True)
    assert await page.closed() == 4401


@pytest.mark.parametrize("fields", [{"is_active": False}, {"password": "another"}])
async def test_a_closed_account_or_new_password_signs_out(open_page: Open, fields: dict[str, Any]) -> None:
    ann = await make_person("ann")
    page = await open_page(ann)
    await change(ann, **fields)
    await page.seen()
    assert await page.closed() == 4401


async def test_who_may_now_see_more_gets_a_redraw(open_page: Open) -> None:
    pk = await make("Walnut")
    ann = await make_person("ann")
    page = await open_page(ann)
    assert page.lines == {f"line-{pk}": "W"}
    await change(ann, is_superuser=True, tell=True)
    assert await page.hear() == "redraw"
    assert page.lines == {f"line-{pk}": "Walnut"}
    await rename(pk, "Maple")
    assert await page.hear() == "patch"
    assert page.lines == {f"line-{pk}": "Maple"}


async def test_a_page_that_falls_silent_is_closed(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "SILENCE", 0.3)
    page = await open_page(await make_person("ann"), hello=False)
    assert await page.closed() == 4408


async def test_a_socket_ends_with_the_shift(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "SHIFT", 0.3)
    page = await open_page(await make_person("ann"), hello=False)
    assert await page.closed() == 4408


async def test_a_page_that_leaves_while_it_is_let_in_harms_nothing(open_page: Open) -> None:
    cookie = await database_sync_to_async(signed_in)(await make_person("ann"))
    socket = knock(cookie)
    await socket.send_input({"type": "websocket.connect"})
    await socket.disconnect(timeout=3)
    page = Page(knock())
    await page.socket.send_input({"type": "websocket.disconnect", "code": 1006})  # before it ever connected
    await page.socket.wait(3)
