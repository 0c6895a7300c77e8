"""What every part of the seed stands on: the instant, the dice, and what was made before."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from beds.models import Bed, Unit
from programs.models import Client, Episode, Placement, Program, Site
from staff.models import Person
from staff.rules.capabilities import Role

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Step:
    """A stretch in one program, from ``starts`` to ``ends`` (UTC, exclusive; None: now). ``beds`` in the order slept in."""

    program: str
    starts: datetime
    ends: datetime | None
    beds: list[tuple[Bed, datetime, datetime | None]] = field(default_factory=list)
    placement: Placement | None = None


@dataclass
class Path:
    """One person's way through one episode. ``residence`` is the stretch in the recovery residence, if any."""

    housing: str
    substance: str
    steps: list[Step]
    residence: Step | None = None
    client: Client | None = None
    episode: Episode | None = None
    away: list[tuple[datetime, datetime | None, str]] = field(default_factory=list)
    again: "Path | None" = None  # the later path of the same person
    alone: bool = False  # has a room to themselves today

    @property
    def starts(self) -> datetime:
        """When the episode began."""
        return self.steps[0].starts

    @property
    def ends(self) -> datetime | None:
        """When it ended; None while it goes on."""
        return self.steps[-1].ends

    @property
    def stretches(self) -> "list[Step]":
        """The steps, and the time in the recovery residence beside them."""
        return [*self.steps, *([self.residence] if self.residence else [])]

    @property
    def sleeps(self) -> Step | None:
        """The last stretch with a bed."""
        return next((step for step in reversed(self.stretches) if step.beds), None)

    @property
    def bed(self) -> Bed:
        """The bed they have now, or had last; only for who had one."""
        assert self.sleeps is not None
        return self.sleeps.beds[-1][0]

    @property
    def who(self) -> Client:
        """The client, once there is one."""
        assert self.client is not None
        return self.client

    @property
    def care(self) -> Episode:
        """The episode, once there is one."""
        assert self.episode is not None
        return self.episode

    def away_at(self, at: datetime) -> bool:
        """True while on leave."""
        return any(begins <= at and (ends is None or at < ends) for begins, ends, _ in self.away)


@dataclass
class Stage:
    """``now`` is aware, UTC, a whole minute; ``days`` is how far back doses, groups and notes reach."""

    seed: int
    now: datetime
    days: int = 90
    sites: dict[str, Site] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    beds: list[Bed] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[tuple[str, Role], list[Person]] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)
    waiting: dict[str, Client] = field(default_factory=dict)  # by last name: who asks for a place
    cast: dict[str, Path] = field(default_factory=dict)  # who plays a part today, by the part

    def __post_init__(self) -> None:
        """Whole minutes, UTC."""
        self.now = self.now.astimezone(UTC).replace(second=0, microsecond=0)

    @property
    def since(self) -> datetime:
        """Where the written history begins."""
        return self.now - self.days * DAY

    def dice(self, part: str) -> Random:
        """Dice of its own for each part of the seed, so that one part never shifts another."""
        return Random(f"{self.seed}:{part}")

    def site_of(self, program: str) -> str:
        """The slug of a program's site."""
        return self.programs[program].site.slug

    def tz(self, site: str) -> ZoneInfo:
        """A site's zone."""
        return self.sites[site].tz

    def clock(self, site: str, day: date, at: time) -> datetime:
        """The instant (UTC) at which a site's clock shows a time of a day."""
        return datetime.combine(day, at, tzinfo=self.tz(site)).astimezone(UTC)

    def today(self, site: str) -> date:
        """A site's date now."""
        return self.now.astimezone(self.tz(site)).date()

    def on_duty(self, site: str, role: Role, at: datetime) -> Person:
        """Who of a team works then: three shifts a day, each person's turn comes around."""
        team = self.teams[site, role]
        local = at.astimezone(self.tz(site))
        return team[(local.toordinal() * 3 + local.hour // 8) % len(team)]
