"""Whatever is tried, in whatever order: counts add up, nobody and no bed is taken twice, and the past stays as it was seen."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold
from beds.queries import Card, cards
from beds.rules.states import counts
from programs.models import Leave
from tests.beds.walk import Walk

STEPS = 60
SEEDS = range(2)
Seen = list[tuple[datetime, list[Card]]]


def overlap(one: BedStay | Hold | Closure, other: BedStay | Hold | Closure) -> bool:
    """Two periods share an instant; an empty one shares none."""

    def before(first: BedStay | Hold | Closure, second: BedStay | Hold | Closure) -> bool:
        return first.ended_at is not None and first.ended_at <= second.started_at

    empty = any(each.ended_at is not None and each.ended_at <= each.started_at for each in (one, other))
    return not (empty or before(one, other) or before(other, one))


def check_no_bed_is_promised_twice() -> None:
    all_stays, all_holds, all_closures = (
        list(BedStay.objects.all()),
        list(Hold.objects.all()),
        list(Closure.objects.all()),
    )
    for one, other in combinations(all_stays, 2):
        assert not (overlap(one, other) and one.bed_id == other.bed_id), "two people in one bed"
        assert not (overlap(one, other) and one.client_id == other.client_id), "one person in two beds"
    for held, other_hold in combinations(all_holds, 2):
        assert not (overlap(held, other_hold) and held.bed_id == other_hold.bed_id), "one bed held twice"
        assert not (overlap(held, other_hold) and held.client_id == other_hold.client_id), "two beds held for one"
    for stay in all_stays:
        for held in all_holds:
            against = held.bed_id == stay.bed_id and held.client_id != stay.client_id and held.after_id != stay.pk
            assert not (against and overlap(stay, held)), "a stay over another's hold"
        assert not any(closed.bed_id == stay.bed_id and overlap(stay, closed) for closed in all_closures)


def check_counts(walk: Walk, shown: list[Card]) -> None:
    """The board's counts add up, and are what the rows say."""
    found = counts(card.state for card in shown)
    assert found.beds == found.in_service + found.out_of_service == Bed.objects.count()
    assert found.in_service == found.occupied + found.on_leave + found.held + found.cleaning + found.free
    stays = BedStay.objects.current(walk.at)
    assert found.kept == stays.count()
    assert found.on_leave == stays.filter(episode__in=Leave.objects.current(walk.at).values("episode")).count()
    taken = stays.values("bed")
    closed = Closure.objects.current(walk.at)
    assert found.out_of_service == closed.exclude(bed__in=taken).count()
    waits = CleaningJob.objects.current(walk.at).exclude(bed__in=taken).exclude(bed__in=closed.values("bed"))
    assert found.cleaning == waits.count()


@pytest.fixture(params=SEEDS)
def walk(request: pytest.FixtureRequest, db: None) -> Walk:
    return Walk(seed=request.param)


def test_the_board_holds_whatever_is_tried_and_shows_the_past_as_it_was_seen(walk: Walk) -> None:
    site = walk.here.site
    seen: Seen = []
    for _ in range(STEPS):
        walk.step()
        shown = cards(site, walk.at)
        check_counts(walk, shown)
        later = walk.at + timedelta(seconds=5)  # before the next act
        seen += [(walk.at, shown), (later, cards(site, later))]
    check_no_bed_is_promised_twice()
    assert len(walk.done) >= 10 and len(walk.codes) >= 10, "the walk tried too little to say much"
    for at, shown in seen:
        assert cards(site, at) == shown, f"the board of {at} changed afterwards"
