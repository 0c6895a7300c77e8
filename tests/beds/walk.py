"""A house of six beds and eight people in which anything may be tried: acts drawn by a seeded die, one after another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from django.db.models import Model, Q

from admissions.actions import expected, leaves
from admissions.actions.admit import admit, take_back
from admissions.actions.discharge import discharge, resume
from audit.rules.findings import Refused, Severity
from beds.actions import cleaning, closures, holds, staffing, stays
from beds.models import Bed, BedStay, CleaningJob, Closure, Hold, Room
from programs.models import Client, Episode, KeepApart, Leave, PlacementRequest
from programs.rules.precautions import Precaution
from tests.beds.racing import everything, minded
from tests.factories import World, client, world
from tests.factories import admit as place

START = datetime(2025, 3, 4, 15, 0, tzinfo=UTC)  # the clocks of the site go forward five days later
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PEOPLE = ("Ana Beck", "Ben Cole", "Cai Dorn", "Dea Eng", "Eli Fox", "Fay Gray", "Gil Hart", "Hua Ito")
OPEN, EMPTY = 0.8, 0.6
M = TypeVar("M", bound=Model)


@dataclass
class Walk:
    """``at`` only moves forward. ``done`` and ``refused`` count acts by name, ``codes`` are what refusals were for."""

    seed: int
    here: World = field(default_factory=lambda: world(START))
    at: datetime = START
    done: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    overridden: int = 0
    reasons: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        third = Room.objects.create(unit=self.here.unit, name="3", position=3, near_nursing=True)
        self.beds = [*self.here.beds, *(Bed.objects.create(room=third, label=label) for label in "AB")]
        self.here.residential.licensed_capacity = 5
        self.here.residential.save()
        self.people = [client(self.here, *name.split(), asks_for="3.5") for name in PEOPLE]
        minded(self.people[0], Precaution.LOWER_BUNK, since=START - DAY)
        minded(self.people[1], Precaution.WITHDRAWAL_WATCH, since=START - DAY)
        minded(self.people[2], Precaution.ISOLATION, since=START - DAY)
        KeepApart.objects.create(
            first=self.people[3], second=self.people[4], why="x", started_at=START - DAY, by=self.here.director
        )
        for who, bed in zip(self.people[5:], (0, 2, 5), strict=True):
            place(self.here, who, self.here.residential, self.beds[bed])
        self.acts: Mapping[str, Callable[[], object]] = {
            name: getattr(self, f"_{name}") for name in NAMES
        }  # fmt: skip

    def step(self) -> None:
        """Some time passes, and something is tried; a refusal writes nothing, and gives its reasons."""
        self.at += self.dice.choice([timedelta(seconds=7), 11 * MINUTE, 3 * HOUR, 3 * HOUR, 9 * HOUR, 2 * DAY])
        name = self.dice.choice(WEIGHTED)
        state, before = self.dice.getstate(), everything()
        try:
            self._try(name)
        except Refused as refused:
            assert everything() == before, f"{name} was refused and wrote something"
            assert all(len(one.message) > 5 for one in refused.findings)
            self.codes |= {one.code for one in refused.findings}
            self.refused[name] = self.refused.get(name, 0) + 1
            if all(one.severity is Severity.OVERRIDE for one in refused.findings):
                self.dice.setstate(state)  # the same again, with reasons
                self.reasons = {one.code: "It is the best there is." for one in refused.findings}
                self._try(name)
                self.overridden += 1
        finally:
            self.reasons = {}

    def _try(self, name: str) -> None:
        try:
            self.acts[name]()
            self.done[name] = self.done.get(name, 0) + 1
        except LookupError:
            pass  # there is nothing of that kind yet

    def _one(self, model: type[M]) -> int:
        """Any row of this kind, four times out of five one that is open still."""
        rows = model._default_manager.order_by("-pk")
        over = "settled_at" if model is PlacementRequest else "ended_at"
        still = rows.filter(Q(**{over: None}) | Q(**{f"{over}__gt": self.at}))
        wanted = still if self.dice.random() < OPEN else rows
        return int(self.dice.choice(list((wanted if wanted.exists() else rows).values_list("pk", flat=True)[:8])))

    def _bed(self) -> int:
        """Any bed, three times out of five one that nobody has."""
        taken = set(BedStay.objects.current(self.at).values_list("bed_id", flat=True))
        empty = [bed for bed in self.beds if bed.pk not in taken]
        return self.dice.choice(empty if empty and self.dice.random() < EMPTY else self.beds).pk

    def _who(self) -> Client:
        return self.dice.choice(self.people)

    def _later(self) -> datetime:
        return self.at + self.dice.choice([-HOUR, 2 * HOUR, 8 * HOUR, DAY, 3 * DAY, 20 * DAY])

    def _ask(self) -> None:
        who = self._who()
        if not who.requests.filter(settled_at=None).exists():
            PlacementRequest.objects.create(
                client=who,
                site=self.here.site,
                level_wanted="3.5",
                state="approved",
                asked_at=self.at,
                payer="Medicaid",
            )

    def _admit(self) -> None:
        admit(
            by=self.here.director,
            at=self.at,
            request_id=self._one(PlacementRequest),
            bed_id=self._bed(),
            reasons=self.reasons,
        )

    def _assign(self) -> None:
        stays.assign(
            by=self.here.director, at=self.at, bed_id=self._bed(), episode_id=self._one(Episode), reasons=self.reasons
        )

    def _move(self) -> None:
        stays.move(
            by=self.here.director, at=self.at, stay_id=self._one(BedStay), bed_id=self._bed(), reasons=self.reasons
        )

    def _swap(self) -> None:
        one = other = self._one(BedStay)
        for _ in range(3):
            other = self._one(BedStay) if other == one else other
        stays.swap(
            by=self.here.director, at=self.at, stay_id=one, other_id=other, reasons=self.reasons,
            other_reasons=self.reasons,
        )  # fmt: skip

    def _vacate(self) -> None:
        stays.vacate(by=self.here.director, at=self.at, stay_id=self._one(BedStay))

    def _discharge(self) -> None:
        discharge(by=self.here.director, at=self.at, episode_id=self._one(Episode), outcome="completed")

    def _resume(self) -> None:
        bed = self.dice.choice([None, self._bed()])
        ended = Episode.objects.exclude(ended_at=None).order_by("-ended_at").values_list("pk", flat=True)
        resume(
            by=self.here.director, at=self.at, episode_id=self.dice.choice(list(ended[:2])), bed_id=bed,
            reasons=self.reasons,
        )  # fmt: skip

    def _take_back(self) -> None:
        take_back(by=self.here.director, at=self.at, episode_id=self._one(Episode))

    def _hold(self) -> None:
        holds.hold(
            by=self.here.director, at=self.at, bed_id=self._bed(), client_id=self._who().pk, until=self._later()
        )  # fmt: skip

    def _extend(self) -> None:
        holds.extend(by=self.here.director, at=self.at, hold_id=self._one(Hold), until=self._later())

    def _release(self) -> None:
        holds.release(by=self.here.director, at=self.at, hold_id=self._one(Hold))

    def _close(self) -> None:
        closures.close(by=self.here.director, at=self.at, bed_id=self._bed(), why="paint", back_on=self._later().date())

    def _reopen(self) -> None:
        closed = list(Closure.objects.filter(ended_at=None).values_list("bed_id", flat=True))
        closures.reopen(by=self.here.director, at=self.at, bed_id=self.dice.choice([*closed, self._bed()]))

    def _clean(self) -> None:
        step = self.dice.choice(
            [cleaning.accept, cleaning.finish, cleaning.finish, cleaning.hand_back, cleaning.not_needed]
        )
        step(by=self.here.director, at=self.at, job_id=self._one(CleaningJob))

    def _ask_cleaning(self) -> None:
        cleaning.ask(by=self.here.director, at=self.at, bed_id=self._bed())

    def _staff(self) -> None:
        staffing.staff(
            by=self.here.director, at=self.at, unit_id=self.here.unit.pk, places=self.dice.choice([3, 4, 5, 6, 6, 7])
        )  # fmt: skip

    def _go(self) -> None:
        kind = self.dice.choice(Leave.Kind.values)
        leaves.go(
            by=self.here.director, at=self.at, episode_id=self._one(Episode), kind=kind, expected_at=self._later()
        )  # fmt: skip

    def _come_back(self) -> None:
        leaves.come_back(by=self.here.director, at=self.at, leave_id=self._one(Leave))

    def _expect_later(self) -> None:
        leaves.expect_later(
            by=self.here.director, at=self.at, leave_id=self._one(Leave), expected_at=self._later()
        )  # fmt: skip

    def _expect(self) -> None:
        expected.expect(
            by=self.here.director, at=self.at, episode_id=self._one(Episode), expected_at=self._later()
        )  # fmt: skip

    def _expect_nothing(self) -> None:
        expected.expect_nothing(by=self.here.director, at=self.at, episode_id=self._one(Episode))


WEIGHTS = {
    "ask": 1, "admit": 6, "assign": 2, "move": 4, "swap": 4, "vacate": 1, "discharge": 1, "resume": 2, "take_back": 2, "hold": 5,
    "extend": 1, "release": 1, "close": 1, "reopen": 2, "clean": 6, "ask_cleaning": 1, "staff": 1, "go": 3,
    "come_back": 2, "expect_later": 1, "expect": 4, "expect_nothing": 1,
}  # fmt: skip
NAMES = tuple(WEIGHTS)
WEIGHTED = tuple(name for name, weight in WEIGHTS.items() for _ in range(weight))
