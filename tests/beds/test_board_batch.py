"""Those who see names and those who see initials are drawn from one reading of the board, and each sees what they would see alone."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beds.actions import holds
from beds.board import BOARD, Look
from beds.queries import rows
from live.drawing import Order, View, draw
from programs.contributions import reviews
from tests.factories import World, admit, client, world


@pytest.fixture
def here(db: None) -> World:
    return world(timezone.now())


def _drawn(looks: list[Look], keys: frozenset[str] | None) -> list[list[list[str]]]:
    orders = [Order(View(BOARD, look.key, look), 1, keys) for look in looks]
    said = [json.loads(each.text) for each in draw(orders)[1] if each is not None]
    return [each.get("patch") or each["redraw"] for each in said]


@pytest.mark.parametrize("whole", [True, False])
def test_names_and_initials_in_one_batch_are_what_each_is_alone(here: World, whole: bool) -> None:
    at = timezone.now()
    lena = client(here, "Lena", "Harmon", asks_for="3.5")
    holds.hold(by=here.intake, at=at, bed_id=here.beds[0].pk, client_id=lena.pk, until=at + timedelta(hours=4))
    slug, pk = here.site.slug, here.site.pk
    keys = None if whole else frozenset({f"bed:{here.beds[0].pk}", f"counts:{pk}", f"placement:{pk}", f"activity:{pk}"})
    named, initials = Look(slug), Look(slug, names=False)
    alone = [_drawn([look], keys)[0] for look in (named, initials)]
    assert _drawn([named, initials], keys) == alone
    assert _drawn([initials, named], keys) == alone[::-1]
    assert [sum("Harmon" in html for name, html in said if name.startswith("activity")) for said in alone] == [1, 0]


def test_the_second_audience_costs_two_queries_more(here: World) -> None:
    """Its site, and the lines of what happened just now with initials; the rest is read once."""
    named, initials = Look(here.site.slug), Look(here.site.slug, names=False)
    counted = []
    for looks in ([named], [named, initials]):
        with CaptureQueriesContext(connection) as captured:
            _drawn(looks, frozenset({f"counts:{here.site.pk}"}))
        counted.append(len(captured))
    assert counted[1] == counted[0] + 2


def test_the_next_review_is_read_for_the_beds_that_are_drawn_and_for_no_others(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, each in enumerate(here.beds[:2]):
        admit(here, client(here, f"Lena {number}", "Harmon"), each.room.unit.program, each)
    asked: list[list[int]] = []
    read = reviews

    def listening(episodes: list[int], at: datetime) -> Mapping[int, date]:
        asked.append(episodes)
        return read(episodes, at)

    monkeypatch.setattr(rows, "reviews", listening)
    bed, counts, look = f"bed:{here.beds[0].pk}", f"counts:{here.site.pk}", Look(here.site.slug)
    [alone], together, _ = (_drawn([look], frozenset(keys))[0] for keys in ([bed], [bed, counts], [counts]))
    assert alone in together
    assert "review" in alone[1]
    assert [len(episodes) for episodes in asked] == [1, 1, 0]
