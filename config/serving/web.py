"""What ``manage.py web`` runs: one Daphne on one port of this machine, without an access log, that drains when it is asked to end."""

import asyncio
import logging
from pathlib import Path
from typing import Any

from daphne.server import Server
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import get_template
from django.urls import get_resolver
from twisted.internet import reactor

from config.serving.notify import notify
from config.serving.ready import heads, readiness
from config.serving.server import DrainingServer

logger = logging.getLogger(__name__)
EVERY = 0.2  # seconds between two looks whether it is ready


class CannotServe(Exception):
    """This cannot run; the sentence says why and what to do."""


def serve(host: str, port: int) -> bool:
    """Serve until SIGTERM or SIGINT; False where the port could not be had. Raises CannotServe."""
    _check_static()
    from config.asgi import application

    _warm()
    server = made(application, host, port, ready_callable=lambda: reactor.callWhenRunning(_begin))
    server.run()
    return not server.abort_start


def made(application: Any, host: str, port: int, **more: Any) -> Server:
    """The server of one process, as it is run everywhere; ``more`` is Daphne's."""
    return DrainingServer(
        application,
        endpoints=[f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}"],
        server_name="",
        verbosity=0,
        websocket_timeout=-1,  # the door knows how long a shift is
        **more,
    )


def _check_static() -> None:
    """Where static files are gathered, those of this release are there: else every page would break, one by one."""
    if settings.STATIC_ROOT is None or settings.DEBUG:
        return
    known = getattr(staticfiles_storage, "hashed_files", {})
    ours = Path(settings.STATICFILES_DIRS[0])
    missing = [str(file.relative_to(ours)) for file in ours.rglob("*.*") if str(file.relative_to(ours)) not in known]
    if missing:
        raise CannotServe(f"{settings.STATIC_ROOT} lacks {missing[0]} of this release. Run: manage.py collectstatic")


def _warm() -> None:
    """Every address and the frame of every page, before the door opens: else the first who comes waits seconds for them."""
    get_resolver()._populate()
    for name in ("base.html", "account/login.html", "errors/refused.html"):
        get_template(name)
    heads()


_kept: set[asyncio.Task[None]] = set()


def _begin() -> None:
    _kept.add(asyncio.get_event_loop().create_task(_say_ready()))


async def _say_ready() -> None:
    """Tell systemd, once the database has what this release needs."""
    said = ""
    while not (found := await readiness()).ready:
        if found.draining:
            return
        if found.database != said:
            said = found.database
            logger.warning("Not ready: the database: %s.", said)
        await asyncio.sleep(EVERY)
    notify("READY=1")
