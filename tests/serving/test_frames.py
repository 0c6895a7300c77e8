"""Texts are written to pages at once, past Daphne: whole, in order, also to one that reads slowly, and beside what goes Daphne's way."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.outside import environment
from tests.serving.ports import free_row
from tests.serving.stack import ROOT
from tests.serving.talkative import AGAIN, SIZES, TEXTS


@pytest.fixture
def port(django_db_setup: None) -> Iterator[int]:
    """Where the talkative server listens."""
    [port] = free_row(1)
    command = [sys.executable, "-m", "tests.serving.talkative", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as server:
        try:
            yield port
            assert server.stdout is not None and server.stdout.readline() == "Disconnected\n", "sent after the end"
        finally:
            server.terminate()


def reached(port: int) -> socket.socket:
    """A connection that takes little at a time, once somebody listens."""
    until = time.monotonic() + 60
    while True:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            line.connect(("127.0.0.1", port))
            return line
        except OSError:
            line.close()
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.1)


def test_a_page_that_reads_slowly_gets_everything_in_order(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/", sock=reached(port), max_size=None, max_queue=1) as page:
        time.sleep(0.5)  # meanwhile the server has said it all
        got = [page.recv(60) for _ in range(TEXTS)]
        for number, said in enumerate(got):
            text = said.decode() if isinstance(said, bytes) else said
            assert isinstance(said, bytes) == (number % 7 == 0)
            assert text == f"{number} {'é' * (SIZES[number % len(SIZES)] // 2)}", number
        assert [page.recv(60) for _ in range(AGAIN)] == ["the same to all"] * AGAIN
        assert json.loads(page.recv(60)) == {"framed_before": AGAIN - 1}, "framed once"
        page.send("read")
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(60)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1000
