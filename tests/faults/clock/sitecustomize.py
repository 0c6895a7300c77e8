"""A wrong clock: time.time() and Django's now() of this process are off by the seconds that the file ``CLOCK`` names.

Test-side only: it is on the PYTHONPATH of the web processes of tests/faults. The monotonic clock goes on as it was, as it does where
somebody sets a machine's clock.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_file = Path(os.environ.get("CLOCK", ""))
_right, _read = time.time, [0.0, 0.0]  # when the file was read last (monotonic), and what it said


def _off() -> float:
    if time.monotonic() - _read[0] > 0.1:
        try:
            _read[1] = float(_file.read_text())
        except (OSError, ValueError):
            _read[1] = 0.0
        _read[0] = time.monotonic()
    return _read[1]


if os.environ.get("CLOCK"):
    from django.utils import timezone

    time.time = lambda: _right() + _off()
    timezone.now = lambda: datetime.now(UTC) + timedelta(seconds=_off())
