"""``manage.py activity``: colleagues of the demonstration, working quietly along until stopped."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import activity


class Command(BaseCommand):
    """Stops at SIGINT and SIGTERM at once."""

    help = "Simulate colleagues: doses charted, beds cleaned and moved, attendance marked. For the demonstration only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        if not settings.DEMO:
            raise CommandError("Simulated colleagues exist in the demonstration only (STEPWELL_DEMO=1).")
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        activity.run(stop)
