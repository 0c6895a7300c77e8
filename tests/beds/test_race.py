"""Two people, or fifty, at the same moment: one wins, and each of the others is told why in a sentence."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from admissions.actions import expected, leaves
from admissions.actions.admit import admit, take_back
from beds.actions import cleaning, closures, holds, staffing
from beds.models import BedStay, CleaningJob, Hold
from beds.queries import cards
from programs.models import Episode, KeepApart, Program
from tests.beds.house import DAY, MINUTE, NOW, House
from tests.beds.racing import WON, Act, race
from tests.factories import client, world

RACERS = 50


Pair = tuple[Act, Act]


def _admits_at_two_sites(house: House) -> Pair:
    asked, bed = house.elsewhere(house.rafa)
    far = asked.pk
    near = house.rafa.requests.get(site=house.here.site).pk
    return (
        lambda: admit(by=house.by, at=NOW, request_id=near, bed_id=house.beds[1], reasons={}),
        lambda: admit(by=house.by, at=NOW, request_id=far, bed_id=bed.pk, reasons={}),
    )


def _resumed_or_admitted_elsewhere(house: House) -> Pair:
    episode = house.discharged()
    asked, bed = house.elsewhere(episode.client)
    return (
        house.resumes(episode),
        lambda: admit(by=house.by, at=NOW, request_id=asked.pk, bed_id=bed.pk, reasons={}),
    )


def _releases(house: House) -> Pair:
    pk = house.held(house.rafa, house.beds[1])
    act = lambda: holds.release(by=house.by, at=NOW, hold_id=pk)  # noqa: E731
    return act, act


def _extends(house: House) -> Pair:
    pk = house.held(house.rafa, house.beds[1])
    return (
        lambda: holds.extend(by=house.by, at=NOW, hold_id=pk, until=NOW + DAY),
        lambda: holds.extend(by=house.by, at=NOW, hold_id=pk, until=NOW + 2 * DAY),
    )


def _waits_or_stays(house: House) -> Pair:
    house.expects(1, at=NOW - MINUTE)()
    return (
        house.holds(house.rafa, house.beds[0]),
        lambda: expected.expect_nothing(by=house.by, at=NOW, episode_id=house.lena.episode_id),
    )


def _reopens(house: House) -> Pair:
    closures.close(by=house.by, at=NOW - MINUTE, bed_id=house.beds[1], why="paint")
    act = lambda: closures.reopen(by=house.by, at=NOW, bed_id=house.beds[1])  # noqa: E731
    return act, act


def _comes_back(house: House) -> Pair:
    house.leaves(at=NOW - MINUTE)()
    leave = house.lena.episode.leaves.get().pk
    return (
        lambda: leaves.come_back(by=house.by, at=NOW, leave_id=leave),
        lambda: leaves.come_back(by=house.by, at=NOW + MINUTE, leave_id=leave),
    )


def _expects_back(house: House) -> Pair:
    house.leaves(at=NOW - MINUTE)()
    leave = house.lena.episode.leaves.get().pk
    return (
        lambda: leaves.expect_later(by=house.by, at=NOW, leave_id=leave, expected_at=NOW + DAY),
        lambda: leaves.come_back(by=house.by, at=NOW, leave_id=leave),
    )


def _last_place(house: House) -> Pair:
    """Licensed for three: two beds are free, and one place is left."""
    Program.objects.filter(pk=house.here.residential.pk).update(licensed_capacity=3)
    return house.admits(house.rafa, house.beds[1]), house.admits(house.ana, house.beds[3])


def _kept_apart(house: House) -> Pair:
    """Two people who are kept apart come into one empty room."""
    KeepApart.objects.create(first=house.rafa, second=house.ana, why="x", started_at=NOW - DAY, by=house.by)
    house.moves(house.lena, house.beds[3])()
    CleaningJob.objects.update(ended_at=NOW + timedelta(seconds=1))
    at = NOW + MINUTE
    one, other = house.rafa.requests.get().pk, house.ana.requests.get().pk
    return (
        lambda: admit(by=house.by, at=at, request_id=one, bed_id=house.beds[0], reasons={}),
        lambda: admit(by=house.by, at=at, request_id=other, bed_id=house.beds[1], reasons={}),
    )


def _takes_back(house: House) -> Pair:
    house.admits(house.rafa, house.beds[1])()
    episode = house.rafa.episodes.get().pk
    act = lambda: take_back(by=house.by, at=NOW + MINUTE, episode_id=episode)  # noqa: E731
    return act, act


def _staffs(house: House) -> Pair:
    unit = house.here.unit.pk
    return (
        lambda: staffing.staff(by=house.by, at=NOW, unit_id=unit, places=2),
        lambda: staffing.staff(by=house.by, at=NOW, unit_id=unit, places=3),
    )


PAIRS: dict[str, Callable[[House], Pair]] = {
    "two admit one person": lambda house: (
        house.admits(house.rafa, house.beds[1]), house.admits(house.rafa, house.beds[3])
    ),
    "two sites admit one person": _admits_at_two_sites,
    "two move one person": lambda house: (
        house.moves(house.lena, house.beds[1]), house.moves(house.lena, house.beds[3])
    ),
    "two move into one bed": lambda house: (
        house.moves(house.lena, house.beds[1]), house.moves(house.kay, house.beds[1])
    ),
    "admit or move into one bed": lambda house: (
        house.admits(house.rafa, house.beds[1]), house.moves(house.kay, house.beds[1])
    ),
    "two admit into the last licensed place": _last_place,
    "two who are kept apart come into one room": _kept_apart,
    "two vacate": lambda house: (house.vacates(house.lena), house.vacates(house.lena)),
    "vacate or swap": lambda house: (house.vacates(house.kay), house.swaps(house.lena, house.kay)),
    "two swap, each from their side": lambda house: (
        house.swaps(house.lena, house.kay), house.swaps(house.kay, house.lena)
    ),
    "swap or move": lambda house: (house.swaps(house.lena, house.kay), house.moves(house.kay, house.beds[1])),
    "two hold one bed": lambda house: (
        house.holds(house.rafa, house.beds[1]), house.holds(house.ana, house.beds[1])
    ),
    "two beds are held for one person": lambda house: (
        house.holds(house.rafa, house.beds[1]), house.holds(house.rafa, house.beds[3])
    ),
    "hold or admit": lambda house: (
        house.holds(house.rafa, house.beds[1]), house.admits(house.ana, house.beds[1])
    ),
    "hold or close": lambda house: (house.holds(house.rafa, house.beds[1]), house.closes()),
    "hold for after, or stays": _waits_or_stays,
    "two release": _releases,
    "two extend": _extends,
    "close or admit": lambda house: (house.closes(), house.admits(house.rafa, house.beds[1])),
    "two close": lambda house: (house.closes(), house.closes("paint")),
    "two reopen": _reopens,
    "two ask for cleaning": lambda house: 2
    * (lambda: cleaning.ask(by=house.by, at=NOW, bed_id=house.beds[1]),),
    "two accept": lambda house: 2 * (house.cleans(cleaning.accept, house.job()),),
    "two finish": lambda house: 2 * (house.cleans(cleaning.finish, house.job()),),
    "accept or not needed": lambda house: (
        lambda job: (house.cleans(cleaning.accept, job), house.cleans(cleaning.not_needed, job))
    )(house.job()),
    "finish or hand back": lambda house: (
        lambda job: (house.cleans(cleaning.finish, job), house.cleans(cleaning.hand_back, job))
    )(house.job(accepted=True)),
    "two staff one unit": _staffs,
    "two leaves": lambda house: (house.leaves(), house.leaves("court")),
    "two come back": _comes_back,
    "later, or back": _expects_back,
    "two expect": lambda house: (house.expects(1), house.expects(2)),
    "two discharge": lambda house: (
        house.discharges(house.lena), house.discharges(house.lena, "transferred")
    ),
    "discharge or move": lambda house: (
        house.discharges(house.lena), house.moves(house.lena, house.beds[1])
    ),
    "two resume": lambda house: 2 * (house.resumes(house.discharged()),),
    "resume or admit elsewhere": _resumed_or_admitted_elsewhere,
    "two take back": _takes_back,
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PAIRS)
def test_of_two_at_the_same_moment_one_wins_and_one_is_told_why(name: str) -> None:
    house = House()
    answers = race(*PAIRS[name](house))
    assert sorted(answer == WON for answer in answers) == [False, True], answers
    told = next(answer for answer in answers if answer != WON)
    assert told[0].isupper() and " " in told
    shown = [card.client_id for card in cards(house.here.site, NOW + 2 * MINUTE) if card.client_id]
    assert len(shown) == len(set(shown))


@pytest.mark.django_db(transaction=True)
def test_fifty_race_for_one_bed_and_each_is_told_who_has_it() -> None:
    here = world(NOW)
    requests = [client(here, "Racer", f"Number{n}", asks_for="3.5").requests.get().pk for n in range(RACERS)]

    def act(request: int) -> Act:
        return lambda: admit(by=here.intake, at=NOW, request_id=request, bed_id=here.beds[0].pk, reasons={})

    answers = Counter(race(*[act(request) for request in requests]))
    assert answers == {WON: 1, "R. N. has Alder 1-A. Choose another bed.": RACERS - 1}
    assert (BedStay.objects.count(), Episode.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_many_acts_that_cross_each_other_never_lock_each_other_out() -> None:
    """Swaps, moves, holds and leaves over the same beds and people, all at once: each is done or refused in words."""
    house = House()
    house.held(house.lena.client, house.beds[3])
    acts: list[Act] = []
    for _ in range(3):
        acts += [
            house.swaps(house.lena, house.kay), house.swaps(house.kay, house.lena),
            house.moves(house.lena, house.beds[1]), house.moves(house.kay, house.beds[3]),
            house.holds(house.rafa, house.beds[1]), house.holds(house.ana, house.beds[3]),
            house.admits(house.rafa, house.beds[3]), house.admits(house.ana, house.beds[1]),
            house.leaves(), house.expects(1), house.discharges(house.kay),
        ]  # fmt: skip
    answers = race(*acts)
    assert answers.count(WON) >= 3
    assert Hold.objects.filter(ended_at__gt=NOW).count() <= 3
    assert BedStay.objects.filter(ended_at=None).values("bed").distinct().count() == (
        BedStay.objects.filter(ended_at=None).values("client").distinct().count()
    )
