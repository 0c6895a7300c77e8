"""A dead network: the page sends the same request again with the same key, later, and the act is done once."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest

from admissions.actions import admit, discharge, expected, leaves
from beds.actions import cleaning, closures, holds, staffing, stays
from tests.beds.house import DAY, MINUTE, NOW, House
from tests.beds.racing import everything, said

Made = tuple[Callable[..., Any], Mapping[str, Any]]


def _closed(house: House) -> Made:
    closures.close(by=house.by, at=NOW - MINUTE, bed_id=house.beds[1], why="paint")
    return closures.reopen, {"bed_id": house.beds[1]}


def _admitted(house: House) -> Made:
    house.admits(house.rafa, house.beds[1])()
    return admit.take_back, {"episode_id": house.rafa.episodes.get().pk}


def _away(house: House) -> dict[str, Any]:
    house.leaves(at=NOW - MINUTE)()
    return {"leave_id": house.lena.episode.leaves.get().pk}


def _expected(house: House) -> Made:
    house.expects(1, at=NOW - MINUTE)()
    return expected.expect_nothing, {"episode_id": house.lena.episode_id}


ACTS: dict[str, Callable[[House], Made]] = {
    "admit": lambda house: (
        admit.admit, {"request_id": house.rafa.requests.get().pk, "bed_id": house.beds[1], "reasons": {}}
    ),
    "take back": _admitted,
    "move": lambda house: (stays.move, {"stay_id": house.lena.pk, "bed_id": house.beds[1]}),
    "swap": lambda house: (stays.swap, {"stay_id": house.lena.pk, "other_id": house.kay.pk}),
    "vacate": lambda house: (stays.vacate, {"stay_id": house.lena.pk}),
    "hold": lambda house: (
        holds.hold, {"bed_id": house.beds[1], "client_id": house.rafa.pk, "until": NOW + DAY}
    ),
    "extend": lambda house: (
        holds.extend, {"hold_id": house.held(house.rafa, house.beds[1]), "until": NOW + 2 * DAY}
    ),
    "release": lambda house: (holds.release, {"hold_id": house.held(house.rafa, house.beds[1])}),
    "close": lambda house: (closures.close, {"bed_id": house.beds[1], "why": "paint"}),
    "reopen": _closed,
    "ask": lambda house: (cleaning.ask, {"bed_id": house.beds[1]}),
    "accept": lambda house: (cleaning.accept, {"job_id": house.job()}),
    "finish": lambda house: (cleaning.finish, {"job_id": house.job()}),
    "hand back": lambda house: (cleaning.hand_back, {"job_id": house.job(accepted=True)}),
    "not needed": lambda house: (cleaning.not_needed, {"job_id": house.job()}),
    "staff": lambda house: (staffing.staff, {"unit_id": house.here.unit.pk, "places": 2}),
    "go": lambda house: (
        leaves.go, {"episode_id": house.lena.episode_id, "kind": "pass", "expected_at": NOW + DAY}
    ),
    "come back": lambda house: (leaves.come_back, _away(house)),
    "expect later": lambda house: (leaves.expect_later, _away(house) | {"expected_at": NOW + 2 * DAY}),
    "expect": lambda house: (
        expected.expect, {"episode_id": house.lena.episode_id, "expected_at": NOW + DAY}
    ),
    "expect nothing": _expected,
    "discharge": lambda house: (
        discharge.discharge, {"episode_id": house.lena.episode_id, "outcome": "completed"}
    ),
    "resume": lambda house: (discharge.resume, {"episode_id": house.discharged().pk}),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", ACTS)
def test_the_same_key_does_an_act_once_and_without_it_the_second_is_refused(name: str) -> None:
    house, key = House(), uuid4()
    act, asked = ACTS[name](house)
    at = NOW + 3 * MINUTE
    made = act(by=house.by, at=at, key=key, **asked)
    after = everything()
    assert act(by=house.by, at=at + MINUTE, key=key, **asked) == made
    assert everything() == after
    assert said(lambda: act(by=house.by, at=at + MINUTE, **asked))
