"""Several queries in one statement: the rows are those the querysets give alone."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from chart.models import Score, Vitals
from emar.models import Administration, Order
from programs.models import Client, Leave, Placement
from programs.together import Asking, asks, fetch, together
from tests.chart.crowded import crowd
from tests.factories import World, admit, client


@pytest.fixture
def sara(here: World) -> Client:
    """A record in which every room has written."""
    made = admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])
    crowd(here, made, here.now, days=3)
    return made.client


def plain(row: Any) -> Any:
    return {name: each for name, each in vars(row).items() if name != "_state"} if hasattr(row, "_state") else row


def test_every_column_comes_as_it_does_alone(here: World, sara: Client) -> None:
    asked = (
        Score.objects.select_related("by", "episode__client").order_by("-at", "pk"),
        Vitals.objects.annotate(called=F("client__first_name"), fixed=Value(3)).order_by("-pk")[:2],
        Administration.objects.select_related("order__medication").order_by("given_at", "pk"),
        Order.objects.order_by("pk"),
        Placement.objects.values_list("level", "started_at", "program__weekly_minutes"),
        Placement.objects.values_list("level", "started_at").union(Leave.objects.values_list("kind", "started_at"), all=True),
        Client.objects.filter(pk__in=[]),
        Score.objects.filter(total=-1),
        Client.objects.values_list("born_on", flat=True),
        Client.objects.values("pk", "interpreter"),
    )  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        found = fetch(asked)
    assert len(captured) == 1
    for rows, query in zip(found, asked, strict=True):
        assert [plain(row) for row in rows] == [plain(row) for row in query.all()]
    assert found[0] and found[2] and found[4]
    with CaptureQueriesContext(connection) as captured:
        assert found[0][0].by.signature and found[0][0].episode.client == sara
    assert len(captured) == 0


@asks
def twice(client_id: int) -> Asking[int]:
    """Counts scores, then those that are worse than the least."""
    (scores,) = yield (Score.objects.filter(client=client_id).order_by("total"),)
    least = scores[0].total
    (worse,) = yield (Score.objects.filter(client=client_id, total__gt=least),)
    return len(scores) - len(worse)


@asks
def never(word: str) -> Asking[str]:
    """Asks nothing."""
    yield from ()
    return word


def test_those_who_ask_together_take_one_statement_a_turn(here: World, sara: Client) -> None:
    alone = twice(sara.pk)
    with CaptureQueriesContext(connection) as captured:
        assert together([twice.ask(sara.pk), never.ask("none"), twice.ask(sara.pk)]) == [alone, "none", alone]
    assert len(captured) == 2


def test_a_refusal_of_one_reaches_who_asked(here: World, sara: Client) -> None:
    with pytest.raises(IndexError):
        together([twice.ask(sara.pk), twice.ask(sara.pk + 1000)])
