"""live.js in a real browser, with a server at the other end of the socket that says what we want it to say."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, WebSocketRoute, async_playwright
from playwright.async_api import Page as Tab

from tests.browser.chromium import ARGUMENTS, find_chromium

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
STATIC = Path(__file__).resolve().parent.parent.parent / "static" / "js"
PAGE = """<!doctype html><html><head><script type="module" src="/live.js"></script></head><body>
<span class="live" data-live="live" data-live-state role="status"><span class="live__text">Live</span></span>
<main data-live-board="tiny" data-live-key="a b" data-live-seq="{seq}">
<section id="list-1" data-region><h2>{title}</h2>
<p id="one-1" data-fragment>one <button>act</button></p><p id="two-1" data-fragment>two <input name="note"></p>
<p id="three-1" data-fragment>{three}</p></section>
</main></body></html>"""


class Server:
    """Serves the page and its scripts, and holds the other end of its socket."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.html = PAGE.format(seq=3, title="Lines", three="three")
        self.heard: list[int] = []
        self.sockets: list[WebSocketRoute] = []
        self.answers = True

    async def fetch(self, route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name.endswith(".js"):
            await route.fulfill(body=(STATIC / name).read_text(), content_type="text/javascript")
        else:
            await route.fulfill(body=self.html, content_type="text/html")

    def connect(self, socket: WebSocketRoute) -> None:
        assert socket.url.endswith("/ws/live/tiny/a%20b/")
        self.sockets.append(socket)

        def message(text: str | bytes) -> None:
            self.heard.append(json.loads(text)["seen"])
            if self.answers:
                socket.send(json.dumps({"seq": self.heard[-1]}))

        socket.on_message(message)

    async def until_heard(self, *numbers: int) -> None:
        async with asyncio.timeout(10):
            while self.heard[-len(numbers) :] != list(numbers):
                await asyncio.sleep(0.02)

    async def send(self, **message: Any) -> None:
        self.sockets[-1].send(json.dumps(message))
        await self.tab.wait_for_timeout(100)

    async def text(self, selector: str) -> str:
        return (await self.tab.inner_text(selector)).strip()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for the file."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def server(chromium: Browser) -> AsyncIterator[Server]:
    tab = await chromium.new_page()
    await tab.clock.install()
    server = Server(tab)
    await tab.route("http://localhost/**", server.fetch)
    await tab.route_web_socket("**/ws/**", server.connect)
    await tab.goto("http://localhost/page")
    await server.until_heard(3)
    yield server
    await tab.context.close()


async def test_it_says_hello_and_then_the_heartbeat(server: Server) -> None:
    await server.tab.clock.run_for(31_000)
    await server.until_heard(3, 3)
    assert await server.text("[data-live-state]") == "Live"


async def test_a_patch_replaces_marks_and_removes(server: Server) -> None:
    changes = [["three-1", '<p id="three-1" data-fragment>3</p>'], ["one-1", None], ["elsewhere-9", "<p>x</p>"]]
    await server.send(patch=changes, seq=4)
    assert await server.text("#three-1.just-changed") == "3"
    assert await server.tab.query_selector("#one-1") is None
    await server.tab.clock.run_for(31_000)
    await server.until_heard(4)


async def test_a_focused_field_is_kept_until_it_is_left(server: Server) -> None:
    await server.tab.fill("#two-1 input", "half a word")
    await server.tab.focus("#two-1 input")
    await server.send(patch=[["two-1", '<p id="two-1" data-fragment>new <input name="note"></p>']], seq=4)
    assert await server.tab.input_value("#two-1 input") == "half a word"
    await server.tab.focus("#one-1 button")
    await server.tab.clock.run_for(2_000)
    assert await server.text("#two-1") == "new"


async def test_what_a_finger_is_on_waits_until_it_is_let_go(server: Server) -> None:
    tab = server.tab
    await tab.evaluate("document.querySelector('#one-1 button').onclick = () => { window.tapped = true; }")
    await tab.hover("#one-1 button")
    await tab.mouse.down()
    await server.send(patch=[["one-1", '<p id="one-1" data-fragment>new <button>act</button></p>']], seq=4)
    assert await server.text("#one-1") == "one act"
    await tab.mouse.up()
    assert await tab.evaluate("window.tapped")
    await tab.clock.run_for(2_000)
    assert await server.text("#one-1") == "new act"


async def test_a_redraw_goes_around_the_focused_field(server: Server) -> None:
    await server.tab.fill("#two-1 input", "half a word")
    region = """<section id="list-1" data-region><h2>Other</h2><p id="zero-1" data-fragment>0</p>
      <p id="three-1" data-fragment>3</p><p id="two-1" data-fragment>new <input name="note"></p></section>"""
    await server.send(redraw=[["list-1", region]], seq=9)
    ids = "[...document.querySelectorAll('#list-1 > p')].map((line) => line.id)"
    assert await server.tab.evaluate(ids) == ["zero-1", "three-1", "two-1"]
    assert await server.text("h2") == "Other"
    assert await server.tab.evaluate("document.activeElement.value") == "half a word"
    assert await server.tab.query_selector(".just-changed") is None
    await server.tab.evaluate("document.activeElement.blur()")
    await server.tab.clock.run_for(2_000)
    assert await server.text("#two-1") == "new"


async def test_a_redraw_leaves_alone_what_did_not_change_and_keeps_the_focus_on_a_button(server: Server) -> None:
    await server.tab.evaluate("document.getElementById('three-1').mine = true")
    await server.tab.focus("#one-1 button")
    region = """<section id="list-1" data-region><h2>Lines</h2>
<p id="one-1" data-fragment>ONE <button>act</button></p><p id="two-1" data-fragment>two <input name="note"></p>
<p id="three-1" data-fragment>three</p></section>"""
    await server.send(redraw=[["list-1", region]], seq=4)
    assert await server.tab.evaluate("document.getElementById('three-1').mine")
    assert await server.text("#one-1") == "ONE act"
    assert await server.tab.evaluate("document.activeElement.textContent") == "act"


async def test_it_reconnects_and_says_so_meanwhile(server: Server) -> None:
    await server.sockets[-1].close(code=1011)
    await server.tab.wait_for_timeout(100)
    assert await server.text("[data-live-state]") == "Reconnecting"
    await server.tab.clock.run_for(3_000)
    await server.until_heard(3, 3)
    await server.tab.wait_for_timeout(100)
    assert len(server.sockets) == 2
    assert await server.text("[data-live-state]") == "Live"


@pytest.mark.parametrize(
    ("code", "word"), [(4401, "Signed out: sign in again"), (4403, "Not yours"), (4404, "No longer")]
)
async def test_it_stops_where_coming_back_is_no_use(server: Server, code: int, word: str) -> None:
    await server.sockets[-1].close(code=code)
    await server.tab.clock.run_for(120_000)
    assert len(server.sockets) == 1
    assert (await server.text("[data-live-state]")).startswith(word)
    assert await server.tab.get_attribute("html", "data-live") == "stale"


async def test_after_a_week_of_shifts_it_still_comes_back_and_stops_only_when_refused(server: Server) -> None:
    for shift in range(2, 23):
        await server.sockets[-1].close(code=4408)
        await server.tab.wait_for_timeout(50)
        await server.tab.clock.run_for(4_000)
        await server.until_heard(*[3] * shift)
    await server.tab.wait_for_timeout(100)
    assert await server.text("[data-live-state]") == "Live"
    await server.sockets[-1].close(code=4403)
    await server.tab.clock.run_for(120_000)
    assert len(server.sockets) == 22
    assert await server.text("[data-live-state]") == "Not yours to watch any more: reload"


async def test_a_silent_server_is_left_and_a_silent_minute_looks_stale(server: Server) -> None:
    server.answers = False
    await server.tab.route("http://localhost/page", lambda route: route.abort())
    for _ in range(10):
        await server.tab.clock.run_for(10_000)
    assert (await server.text("[data-live-state]")).startswith("Not updating since ")
    assert len(server.sockets) > 1


async def test_without_a_socket_it_reads_itself_again_each_minute(server: Server) -> None:
    server.answers = False
    server.html = PAGE.format(seq=8, title="Lines", three="III")
    for _ in range(12):
        await server.tab.clock.run_for(10_000)
        await server.tab.wait_for_timeout(50)
    assert await server.text("#three-1") == "III"
    assert 8 in server.heard


async def test_a_broken_message_is_followed_by_asking_for_everything(server: Server) -> None:
    server.sockets[-1].send("{")
    await server.tab.clock.run_for(31_000)
    await server.until_heard(2**53 - 1)
    await server.send(patch=[], seq=5)
    await server.send(redraw=[], seq=6)
    await server.tab.clock.run_for(31_000)
    await server.until_heard(6)


async def test_after_many_messages_it_does_not_wait_for_the_heartbeat(server: Server) -> None:
    for number in range(4, 104):
        server.sockets[-1].send(json.dumps({"patch": [], "seq": number}))
    await server.until_heard(102)


LOST = 2**53 - 1
NOON = 1_767_268_800_000  # the server's time in ms: 1 January 2026, 12:00; the page's clock says something else


def until(seconds: int) -> str:
    return f'<p id="three-1" data-fragment data-live-until="2026-01-01T12:00:{seconds:02}+00:00">held</p>'


async def test_what_stops_being_true_is_asked_for_once_by_the_clock_of_the_server(server: Server) -> None:
    await server.send(patch=[["three-1", until(10)]], seq=4, at=NOON)
    await server.tab.clock.run_for(9_000)
    assert LOST not in server.heard
    await server.tab.clock.run_for(4_000)  # the instant, up to 2 s of spread, and a tick
    await server.until_heard(LOST)
    region = f'<section id="list-1" data-region><h2>Lines</h2>{until(10)}</section>'
    await server.send(redraw=[["list-1", region]], seq=4, at=NOON + 13_000)
    await server.tab.clock.run_for(28_000)
    assert server.heard.count(LOST) == 1


async def test_a_board_that_is_still_not_true_is_asked_for_at_most_every_five_seconds(server: Server) -> None:
    """A server whose clock goes slow draws the same again: the page neither gives up nor storms."""
    await server.send(patch=[["three-1", until(1)]], seq=4, at=NOON)
    for _ in range(20):
        await server.tab.clock.run_for(1_000)
        if server.heard[-1] == LOST:
            await server.send(redraw=[], seq=4, at=NOON)
    assert 1 <= server.heard.count(LOST) <= 4


async def test_a_page_that_came_late_asks_for_what_is_over(server: Server) -> None:
    server.html = PAGE.format(seq=3, title="Lines", three="three").replace(
        '<p id="three-1" data-fragment>three</p>', until(10)
    )
    await server.tab.reload()
    await server.until_heard(3)
    await server.send(seq=3, at=NOON + 3_600_000)
    await server.tab.clock.run_for(3_100)
    await server.until_heard(LOST)


async def test_without_the_time_of_the_server_or_without_an_instant_nothing_is_asked(server: Server) -> None:
    await server.send(patch=[["three-1", until(10)]], seq=4)
    await server.tab.clock.run_for(20_000)
    await server.send(patch=[["three-1", '<p id="three-1" data-fragment data-live-until="">x</p>']], seq=5, at=NOON)
    await server.tab.clock.run_for(20_000)
    assert LOST not in server.heard


async def test_an_ask_that_was_lost_with_its_socket_is_made_again(server: Server) -> None:
    server.answers = False
    await server.send(patch=[["three-1", until(1)]], seq=4, at=NOON)
    await server.tab.clock.run_for(4_100)
    await server.until_heard(LOST)
    await server.sockets[-1].close(code=1011)
    await server.tab.wait_for_timeout(100)
    await server.tab.clock.run_for(3_000)
    await server.until_heard(LOST, LOST)
    assert len(server.sockets) == 2
