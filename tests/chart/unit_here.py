"""A unit on rounds: Lena (watched every 15 minutes) has Alder 1-A, Omar 1-B; both rooms have a tag."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from beds.models import RoomTag
from chart.actions import rounds
from chart.models import ObservationCheck
from programs.models import Client, Episode
from programs.rules.codes import ROOM, made
from programs.rules.precautions import Precaution as Kind
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World, admit, assign, client, person, precaution

MINUTE = timedelta(minutes=1)
TAGS = (made(ROOM, [7] * 8), made(ROOM, [11] * 8))


@dataclass
class Unit:
    """Who is there; ``tech`` does rounds, and may do little else."""

    here: World
    lena: Client
    omar: Client
    stay: Episode
    tech: Person

    @property
    def now(self) -> datetime:
        return self.here.now

    def look(self, **changes: Any) -> ObservationCheck:
        """Lena, awake in her room, its tag scanned, by the technician, now."""
        asked: dict[str, Any] = {
            "by": self.tech, "at": self.now, "site_id": self.here.site.pk, "client_id": self.lena.pk, "state": "awake", "tag": TAGS[0],
        }  # fmt: skip
        return rounds.check(**asked | changes)


def unit(here: World) -> Unit:
    """It is 10:42; Lena's watch began half an hour ago."""
    lena, omar = client(here, "Lena", "Harmon"), client(here, "Omar", "Diaz")
    stay = admit(here, lena, here.residential, here.beds[0])
    admit(here, omar, here.residential, here.beds[1])
    precaution(lena, Kind.CLOSE_WATCH, since=here.now - 30 * MINUTE)
    for code, bed in zip(TAGS, (here.beds[0], here.beds[2]), strict=True):
        RoomTag.objects.create(room=bed.room, code=code, started_at=here.now - timedelta(days=1), by=here.director)
    return Unit(here, lena, omar, stay, assign(person("tech", "Ty Under"), here.site, Role.TECHNICIAN, at=here.now))
