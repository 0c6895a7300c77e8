"""A real Daphne on the test database, and Chromium windows signed in as different people."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Session
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from staff.models import Person
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.outside import environment

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium a file: Playwright's loop must be gone before a coroutine test of another file runs."""
    found = find_chromium()
    if found is None:
        sentence = "No Chromium: run 'apt-get install chromium', or name one in CHROMIUM=."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found or None, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """Daphne in its own process on this worker's test database; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (Path(os.environ["STEPWELL_DATA"]) / f"daphne-{port}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "web", "--port", str(port)],
        cwd=ROOT, env=environment(), stdout=log, stderr=log,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/static/img/logo.svg", timeout=2).close()
            break
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Daphne did not start: {Path(log.name).read_text()[-2000:]}") from None
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(20)
    log.close()


Open = Callable[..., Page]
PATIENCE = 30_000  # ms: a loaded machine is slow, not wrong
expect.set_options(timeout=PATIENCE / 2)


@pytest.fixture
def open_as(chromium: Browser, server: str, transactional_db: None) -> Iterator[Open]:
    """``open_as(person, "/beds/")``: a window of its own for this person, on a tablet held upright unless told otherwise.

    A script error, a refused connection or a breach of the page's security policy fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(who: Person | None, path: str, *, size: tuple[int, int] = (1024, 768), **options: Any) -> Page:
        context = chromium.new_context(
            base_url=server, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if who is not None:
            session = Session()
            session.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
            cookie = session.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        page.on(
            "console",
            lambda said: complaints.append(f"{path}: {said.text}") if "Content Security Policy" in said.text else None,
        )
        page.goto(path)
        return page

    yield open_window
    for context in contexts:
        context.close()
    still()
    assert not complaints


def still() -> None:
    """Wait until Daphne has answered its last: emptying the tables under a running query would be a deadlock."""
    calm, until = 0, time.monotonic() + 30
    while calm < 3 and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            calm = calm + 1 if cursor.fetchone() == (0,) else 0
        time.sleep(0.03)
