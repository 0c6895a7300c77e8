"""A pass is running, the server is killed, it comes back: no dose that was answered is lost, and none is there twice."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from django.conf import settings
from django.test import Client as Session
from django.utils import timezone

from emar.actions.walk import begin_pass, finish_pass
from emar.keys import minute_of
from emar.models import Administration, Order, PassRun
from emar.queries import dose_row, pass_page
from emar.rules.schedule import Once
from staff.models import Person
from tests.factories import World, admit, client, world
from tests.factories.meds import medication, order
from tests.outside import environment

pytestmark = [pytest.mark.long, pytest.mark.browser]
ROOT = Path(__file__).resolve().parent.parent.parent
DOSES = 24
CUT_AFTER = 8  # answers, then the server dies in the middle of what is under way


class Server:
    """One Daphne on this worker's test database that can be killed and started again on its port."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers: at most a minute."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "web", "--port", str(self.port)],
            cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/static/img/logo.svg", timeout=2).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("Daphne did not start.") from None
                time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is tidied up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def a_server() -> Iterator[Server]:
    made = Server()
    made.start()
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()


@dataclass
class Tablet:
    """Sends taps over HTTP with the cookies of a signed-in nurse; keeps what was answered and what was not."""

    address: str
    cookies: str
    answered: set[int] = field(default_factory=set)
    asked: int = 0
    stop: Event = field(default_factory=Event)

    def tap(self, order_id: int, minute: int, key: str) -> int | None:
        """The status of the answer; None where none came."""
        form = {"key": key, "outcome": "given", "amount": "100", "unit": "mg"}
        request = urllib.request.Request(
            f"{self.address}/pass/orders/{order_id}/{minute}/chart/",
            urllib.parse.urlencode(form).encode(),
            {"Cookie": self.cookies, "X-CSRFToken": TOKEN, "Referer": self.address, "HX-Request": "true"},
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                answer.read()
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:  # nobody there, or the connection died in the middle
            return None

    def walk(self, taps: list[tuple[int, int, str]]) -> None:
        """Tap one after the other until all are answered or the server is gone."""
        for order_id, minute, key in taps:
            if self.stop.is_set():
                return
            self.asked += 1
            status = self.tap(order_id, minute, key)
            assert status in (200, None), status
            if status is None:
                return
            self.answered.add(order_id)


TOKEN = "a" * 32


def signed_in(who: Person, elin: int) -> str:
    """A session in which Elin was identified a moment ago."""
    session = Session()
    session.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    kept = session.session
    kept["emar.identified"] = {str(elin): {"by": ["birth_date", "name"], "at": timezone.now().isoformat()}}
    kept.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.cookies[settings.SESSION_COOKIE_NAME].value}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def busy_morning() -> tuple[World, int, list[Order]]:
    """One client with many doses, due a few minutes ago; each of a drug of its own."""
    here = world(timezone.now())
    episode = admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])
    due = (here.now - timedelta(minutes=3)).replace(second=0, microsecond=0)
    orders = [
        order(episode, medication(f"Drug {number}", "100 mg"), Once(), by=here.prescriber, started_at=due)
        for number in range(DOSES)
    ]
    return here, episode.client_id, orders


def test_a_server_killed_in_a_running_pass_loses_no_answered_dose_and_doubles_none(transactional_db: None) -> None:
    here, elin, orders = busy_morning()
    begin_pass(
        by=here.on_unit, at=timezone.now(), site_id=here.site.pk, unit_id=here.unit.pk, pass_at=orders[0].started_at
    )
    cookies, minute = signed_in(here.on_unit, elin), minute_of(orders[0].started_at)
    taps = []
    for each in orders:
        row = dose_row(here.site, each.pk, minute, at=timezone.now())
        assert row is not None
        taps.append((each.pk, minute, str(row.key)))

    with a_server() as server:
        halves = [Tablet(server.address, cookies), Tablet(server.address, cookies)]
        threads = [Thread(target=one.walk, args=(taps[place::2],)) for place, one in enumerate(halves)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 120
        while sum(len(one.answered) for one in halves) < CUT_AFTER and time.monotonic() < until:
            time.sleep(0.002)
        server.kill()
        for thread in threads:
            thread.join(30)
        answered = halves[0].answered | halves[1].answered
        assert CUT_AFTER <= len(answered) < DOSES, "it was killed in the middle"
        written = set(Administration.objects.values_list("order_id", flat=True))
        assert answered <= written, "what was answered is there"
        assert Administration.objects.count() == len(written), "and nothing is there twice"
        assert len(written) - len(answered) <= 2, "at most one under way on each tablet was written without an answer"

        server.start()
        again = Tablet(server.address, cookies)
        for order_id, at_minute, key in taps:
            if order_id not in answered:
                assert again.tap(order_id, at_minute, key) == 200, "the same tap, the same key: the first answer"
        for order_id, at_minute, key in taps[:3]:
            assert again.tap(order_id, at_minute, key) == 200, "and an answered one may be asked again"

    assert Administration.objects.count() == DOSES
    assert sorted(Administration.objects.values_list("order_id", flat=True)) == sorted(each.pk for each in orders)
    page = pass_page(here.site, here.unit.pk, orders[0].started_at, at=timezone.now())
    assert page is not None
    assert (page.total, page.open) == (DOSES, 0)
    finish_pass(by=here.on_unit, at=timezone.now(), site_id=here.site.pk, unit_id=here.unit.pk, pass_at=page.at)
    assert PassRun.objects.get().ended_by == here.on_unit
