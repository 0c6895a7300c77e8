"""No sequence of PINs, acts, waits and absences signs for a person who did not enter their own PIN for that act."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.rules.findings import Refused
from staff.actions import come_on, go_off, prove, set_pin, use
from staff.models import Person, PinTry, Proof
from staff.rules.capabilities import Capability
from staff.rules.pins import GOOD_FOR, PAUSE
from tests.factories import World, signs

PINS = ("7305", "6084", "9182")  # the first two are somebody's at the start
PURPOSES = ("waste", "count")

STEP = st.one_of(
    st.tuples(st.just("enter"), st.integers(0, 1), st.sampled_from(PINS), st.sampled_from(PURPOSES)),
    st.tuples(st.just("use"), st.integers(0, 5), st.sampled_from(PURPOSES)),
    st.tuples(st.just("guess"), st.integers(0, 1), st.integers(1, 10), st.sampled_from((0, 31))),
    st.tuples(st.just("sign"), st.integers(0, 1), st.sampled_from((0, 31, 119, 120, 121)), st.sampled_from(PURPOSES)),
    st.tuples(st.just("duty"), st.integers(0, 1)),
    st.tuples(st.just("change"), st.integers(0, 1), st.sampled_from(PINS)),
)  # fmt: skip


@dataclass
class Walk:
    """What the world holds, and what a plain reading of the rules says it must hold."""

    here: World
    people: tuple[Person, Person]
    pins: list[str]
    at: datetime
    on: list[bool] = field(default_factory=lambda: [True, True])
    wrong: list[int] = field(default_factory=lambda: [0, 0])
    last_wrong: dict[int, datetime] = field(default_factory=dict)
    entered: dict[int, tuple[int, str, datetime]] = field(default_factory=dict)  # by proof: who, what for, when
    used: set[int] = field(default_factory=set)

    def enter(self, who: int, pin: str, purpose: str) -> None:
        try:
            proof = prove(person_id=self.people[who].pk, pin=pin, site=self.here.site, purpose=purpose, at=self.at)
        except Refused as refused:
            if "That is not the PIN" in str(refused):
                self.wrong[who], self.last_wrong[who] = self.wrong[who] + 1, self.at
            return
        assert (pin, self.on[who]) == (self.pins[who], True)
        assert self.wrong[who] < 3 or (self.wrong[who] < 10 and self.at >= self.last_wrong[who] + PAUSE)
        self.wrong[who] = 0
        self.entered[proof.pk] = (who, purpose, self.at)

    def use(self, number: int, purpose: str) -> None:
        made = list(self.entered)
        pk = made[-1 - number % len(made)] if made else 0
        try:
            signed = use(pk, purpose=purpose, site=self.here.site, at=self.at, capability=Capability.WITNESS)
        except Refused:
            return
        who, meant, when = self.entered[pk]
        assert (signed, meant, pk in self.used, self.on[who]) == (self.people[who], purpose, False, True)
        assert when <= self.at < when + GOOD_FOR
        self.used.add(pk)

    def guess(self, who: int, times: int, seconds: int) -> None:
        """Somebody enters wrong PINs one after the other."""
        for _ in range(times):
            self.enter(who, "4711", "waste")
            self.at += timedelta(seconds=seconds)

    def sign(self, who: int, seconds: int, purpose: str) -> None:
        """The right PIN for a waste, and a while later an act."""
        self.enter(who, self.pins[who], "waste")
        self.at += timedelta(seconds=seconds)
        self.use(0, purpose)

    def duty(self, who: int) -> None:
        self.at += timedelta(seconds=1)
        (go_off if self.on[who] else come_on)(by=self.people[who], at=self.at, site_id=self.here.site.pk)
        self.on[who] = not self.on[who]

    def change(self, who: int, pin: str) -> None:
        if pin == self.pins[who]:
            return
        set_pin(by=self.people[who], at=self.at, pin=pin, password="a long pass phrase", site_id=self.here.site.pk)
        self.pins[who], self.wrong[who] = pin, 0


@settings(
    derandomize=True, database=None, deadline=None, max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(STEP, max_size=25))
def test_whoever_signed_entered_their_own_pin_for_it(started: Walk, steps: list[tuple[str, int, object]]) -> None:
    before = transaction.savepoint()
    walk = Walk(started.here, started.people, list(started.pins), started.at)
    try:
        for name, *asked in steps:
            getattr(walk, name)(*asked)
        assert set(Proof.objects.exclude(used_at=None).values_list("pk", flat=True)) == walk.used
        assert set(Proof.objects.values_list("pk", flat=True)) == set(walk.entered)
        assert PinTry.objects.filter(right=True).count() == len(walk.entered)
        assert PinTry.objects.filter(right=False).count() >= sum(walk.wrong)
    finally:
        transaction.savepoint_rollback(before)


@pytest.fixture
def started(here: World) -> Walk:
    pair = (here.on_unit, here.second_nurse)
    for who, pin in zip(pair, PINS, strict=False):
        who.set_password("a long pass phrase")
        who.save()
        signs(who, here.site, at=here.now, pin=pin)
    return Walk(here, pair, [*PINS[:2]], here.now)
