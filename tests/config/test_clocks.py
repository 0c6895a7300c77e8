"""A process whose clock is wrong answers nobody, says so in words, and goes on by itself when the clock is right."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config import clocks
from config.clocks import CLOCK, Clock, by_the_right_clock
from staff.models import SignedIn
from tests import signing
from tests.factories import World


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process knows of its clock is put back afterwards."""
    monkeypatch.setattr(CLOCK, "off", CLOCK.off)
    monkeypatch.setattr(CLOCK, "ran", CLOCK.ran)


def set_wrong(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(clocks, "wall", lambda: time.time() + by.total_seconds())


@pytest.mark.parametrize("seconds", [0, 119, -119])
def test_a_little_off_is_right(seconds: int) -> None:
    clock = Clock()
    clock.compare(timezone.now() - timedelta(seconds=seconds))
    assert clock.wrong is None and not clock.doubtful


@pytest.mark.parametrize(("by", "words"), [(3600, "60 minutes ahead of"), (-3600, "60 minutes behind")])
def test_a_clock_that_was_set_wrong_is_said_in_words(
    here: World, monkeypatch: pytest.MonkeyPatch, by: int, words: str
) -> None:
    nurse = signing.signed_in(here.on_unit)
    assert nurse.get("/beds/").status_code == 200
    with monkeypatch.context() as wrong:
        set_wrong(wrong, timedelta(seconds=by))
        for answer in (nurse.get("/beds/"), nurse.post("/beds/1/release/", {}), nurse.get("/accounts/login/")):
            assert answer.status_code == 503
            assert words in answer.content.decode() and "may not be recorded" in answer.content.decode()
    assert nurse.get("/beds/").status_code == 200, "by itself, in the same session"


def test_a_clock_days_ahead_ends_no_session(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    nurse = signing.signed_in(here.on_unit)
    assert nurse.get("/beds/").status_code == 200
    with monkeypatch.context() as wrong:
        set_wrong(wrong, timedelta(days=3))
        answer = nurse.get("/beds/")
        assert (answer.status_code, answer.cookies) == (503, {})
    assert SignedIn.objects.filter(person=here.on_unit).exists()


async def test_pages_of_a_process_with_a_wrong_clock_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "{}"})

    async def send(message: Any) -> None:
        sent.append(message["type"])

    monkeypatch.setattr(CLOCK, "ran", time.time() - time.monotonic())
    await by_the_right_clock(page)({}, None, send)
    set_wrong(monkeypatch, timedelta(hours=1))
    with pytest.raises(ConnectionError):
        await by_the_right_clock(page)({}, None, send)
    assert sent == ["websocket.accept", "websocket.send", "websocket.accept"]
