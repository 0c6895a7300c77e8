"""Tells systemd how far this process is (sd_notify(3)); says nothing where nobody listens."""

import contextlib
import os
import socket


def notify(words: str) -> None:
    """``READY=1`` or ``STOPPING=1``, to the socket that ``NOTIFY_SOCKET`` names."""
    where = os.environ.get("NOTIFY_SOCKET", "")
    if not where:
        return
    address = "\0" + where[1:] if where.startswith("@") else where
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.connect(address)
        line.send(words.encode())
