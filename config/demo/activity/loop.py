"""One act every few seconds, until told to stop."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from threading import Event

from django.db import close_old_connections

from audit.rules.findings import Refused
from config.demo.activity import beds, doses, groups, leaves
from config.demo.activity.colleagues import Touched, touched

logger = logging.getLogger(__name__)

Act = Callable[[Random, datetime, Touched], bool]
ACTS: tuple[tuple[Act, int], ...] = (
    (doses.give, 8),
    (groups.take, 6),
    (beds.clean, 6),
    (beds.ask, 1),
    (beds.hand_back, 1),
    (beds.keep, 1),
    (beds.move, 1),
    (beds.expect, 1),
    (leaves.go, 1),
    (leaves.come_back, 2),
)
PAUSE = (6.0, 15.0)  # seconds between two acts


def run(stop: Event, *, pause: tuple[float, float] = PAUSE, dice: Random | None = None) -> None:
    """Act until ``stop`` is set; it is heard at once."""
    dice = dice or Random()
    while not stop.wait(dice.uniform(*pause)):
        close_old_connections()
        one(dice, datetime.now(UTC))


def one(dice: Random, at: datetime) -> str:
    """One act at this instant; its name, '' where there was nothing to do.

    A refusal is a colleague who was told; anything else is logged, and the next act is tried later.
    """
    acts = [act for act, weight in ACTS for _ in range(weight)]
    dice.shuffle(acts)
    tried: set[Act] = set()
    try:
        left_alone = touched(at)
        for act in acts:
            if act not in tried:
                tried.add(act)
                if act(dice, at, left_alone):
                    return act.__name__
    except Refused as refusal:
        logger.info("A colleague was told: %s", refusal)
    except Exception:
        logger.exception("A colleague's act failed; the next one is tried in a moment")
    return ""
