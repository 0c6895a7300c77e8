"""Two records of one person are read as one on every page, and taken apart each page shows what it showed before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chart.actions.merge import merge, unmerge
from chart.models import Belonging, Contact, Diagnosis, SafetyPlan, Score, Vitals
from chart.queries import series, trends
from chart.queries.belongings import inventories
from chart.queries.due import scales_due
from chart.queries.page import Asked, page
from chart.queries.plan_page import shown
from chart.queries.scores import newest
from chart.queries.screens import screens
from chart.queries.vitals import taken
from chart.scales import scales
from emar.actions.reading import orders_since
from emar.models import Administration
from emar.queries.load import _taken
from emar.queries.mar.load import load
from emar.queries.orders import orders_of
from groups.queries import ledger, week_of
from programs.contributions import evidence
from programs.models import Client, Episode, Placement
from programs.people import ids_of, mine
from tests.chart.crowded import crowd
from tests.factories import World, admit, client
from tests.signing import signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Reader = Callable[[World, Client], Any]


@pytest.fixture
def two(here: World) -> tuple[Client, Client]:
    """Who came back yesterday, and the record of the stay that ended the day before."""
    old = admit(here, client(here, "Sarah", "Amari"), here.residential, days=30)
    crowd(here, old, here.now - 2 * HOUR, days=5)
    Placement.objects.filter(episode=old).update(ended_at=here.now - HOUR)
    Episode.objects.filter(pk=old.pk).update(ended_at=here.now - HOUR, ended_as="completed")
    kept = client(here, "Sara", "Amari")
    admit(here, kept, here.residential, here.beds[0], days=0)
    return kept, old.client


def _titles(here: World, who: Client) -> list[str]:
    found = page(Client.objects.get(pk=who.pk), here.site, here.now, Asked(span=14))
    return sorted(f"{entry.title} {entry.line}" for day in found.days for entry in day.entries)


READERS: dict[str, Reader] = {
    "orders": lambda here, who: [row.medication for row in orders_of(who.pk, at=here.now, tz=here.site.tz)],
    "medication record": lambda here, who: [
        (str(order.medication), len(found.marks))
        for found in [load(who, here.site, here.now - 10 * DAY, here.now, here.now)]
        for order in found.orders
    ],
    "doses of the last day": lambda here, who: {
        pk: len(rows) for pk, rows in _taken({who.pk}, here.now, timedelta(0)).items()
    },
    "orders a dose is held against": lambda here, who: sorted(orders_since(who.pk, here.now - DAY, [])),
    "minutes of a week": lambda here, who: [
        (line.name, line.minutes) for line in ledger(who, here.site, week_of(here.now - DAY, here.site.tz), here.now).lines
    ],
    "minutes counted": lambda here, who: ledger(
        who, here.site, week_of(here.now - DAY, here.site.tz), here.now
    ).progress.done,
    "withdrawal": lambda here, who: [
        (each.name, len(each.readings)) for each in trends(who.pk, here.now, here.site.tz)
    ],
    "scores over years": lambda here, who: [
        (each.name, len(each.readings), len(each.marks.levels)) for each in series(who.pk, here.now, here.site.tz)
    ],
    "newest score": lambda here, who: {code: each.total for code, each in newest(who.pk, ["phq_9"], here.now).items()},
    "vitals": lambda here, who: len(taken(who.pk, here.site.pk, here.now, here.now - 9 * DAY)),
    "plan": lambda here, who: getattr(shown(who.pk, here.now), "pk", None),
    "facts": lambda here, who: [
        (each.name if isinstance(each, Contact | Diagnosis) else str(each))
        for each in (
            *Contact.objects.filter(mine(who.pk)), *Diagnosis.objects.filter(mine(who.pk)),
            *Belonging.objects.filter(mine(who.pk)), *SafetyPlan.objects.filter(mine(who.pk)),
        )
    ],
    "belongings": lambda here, who: len(inventories(ids_of(Client.objects.get(pk=who.pk)))),
    "screens": lambda here, who: len(screens(ids_of(Client.objects.get(pk=who.pk)), here.now)[0]),
    "evidence of a rating": lambda here, who: sorted({each.kind for each in evidence(who.pk, here.now - 9 * DAY, here.now)}),
    "timeline": _titles,
}  # fmt: skip
PAGES = {
    "notes/": "Progress note", "plan/": "I want my kids back", "scores/": "PHQ-9", "vitals/": "76", "facts/": "Ida Amari",
    "facts/screens/": "Urine", "facts/belongings/": "A green coat", "facts/safety/": "Pacing", "": "Incident: fall",
}  # fmt: skip


def joined(here: World, kept: Client, old: Client) -> int:
    return merge(
        by=here.director, at=here.now, client_id=old.pk, into_id=kept.pk, site_id=here.site.pk, why="Same photograph"
    ).pk


@pytest.mark.parametrize("name", READERS)
def test_what_was_written_under_the_other_number_is_read_and_taken_apart_it_is_as_before(
    here: World, two: tuple[Client, Client], name: str
) -> None:
    kept, old = two
    before, theirs = READERS[name](here, kept), READERS[name](here, old)
    made = joined(here, kept, old)
    both = READERS[name](here, kept)
    assert both != before
    if name == "timeline":
        assert set(theirs) - set(both) == set()
    unmerge(by=here.director, at=here.now + HOUR, merge_id=made, site_id=here.site.pk, why="Twins")
    assert READERS[name](here, kept) == before or name == "timeline"


def test_every_page_of_the_chart_shows_both(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two
    made = joined(here, kept, old)
    reader = signed_in(here.director)
    for address, words in PAGES.items():
        told = reader.get(f"/clients/{kept.pk}/{address}", {"to": here.day().isoformat()}).content.decode()
        assert words in told, address
    nurse = signed_in(here.on_unit)
    month = f"{here.now - DAY:%Y-%m}"
    for address in (f"/pass/orders/{kept.pk}/", f"/pass/mar/{kept.pk}/?month={month}"):
        assert "Thiamine" in nurse.get(address).content.decode(), address
    unmerge(by=here.director, at=here.now + HOUR, merge_id=made, site_id=here.site.pk, why="Twins")
    assert "A green coat" not in reader.get(f"/clients/{kept.pk}/facts/belongings/").content.decode()
    assert "Thiamine" not in nurse.get(f"/pass/orders/{kept.pk}/").content.decode()


def test_reading_both_asks_the_database_no_more_often(here: World, two: tuple[Client, Client]) -> None:
    kept, old = two

    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            READERS[name](here, old)
        return len(captured)

    names = ("orders", "medication record", "vitals", "newest score", "plan", "evidence of a rating")
    alone = {name: asked(name) for name in names}
    joined(here, kept, old)
    old = kept
    assert {name: asked(name) for name in names} == alone


def test_an_index_serves_what_is_mine(here: World, two: tuple[Client, Client]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Administration.objects.filter(mine(two[0].pk, "order__client")).explain()
    assert "Seq Scan on emar_order" not in plan, plan


def test_a_score_and_vital_signs_of_the_other_number_are_corrected_where_they_stand(
    here: World, two: tuple[Client, Client]
) -> None:
    kept, old = two
    joined(here, kept, old)
    nurse = signed_in(here.on_unit)
    row = Score.objects.get(client=old, scale="phq_9")
    answers = {f"item-{item.code}": "0" for item in scales()["phq_9"].items}
    sent = answers | {"corrects": row.pk, "note": "The wrong line was read.", "key": uuid4()}
    assert nurse.get(f"/clients/{kept.pk}/score/phq_9/?corrects={row.pk}").status_code == 200
    answer = nurse.post(f"/clients/{kept.pk}/score/phq_9/", sent)
    assert answer.status_code == 302, answer.content.decode()
    made = Score.objects.get(corrects=row)
    assert (made.client, made.episode, made.total) == (old, row.episode, 0)
    measured = Vitals.objects.filter(client=old).order_by("-pk")[0]
    assert nurse.get(f"/clients/{kept.pk}/vitals/take/?corrects={measured.pk}").status_code == 200


def test_a_yearly_scale_that_was_scored_under_the_other_number_is_not_asked_again(
    here: World, two: tuple[Client, Client]
) -> None:
    kept, old = two
    at, first = here.now - 2 * DAY, old.episodes.get()
    Score.objects.create(
        client=old, episode=first, scale="audit_c", edition="x", answers={"q1": 0}, total=0, at=at, written_at=at, by=here.on_unit
    )  # fmt: skip
    episode = kept.episodes.get()

    def asked() -> str:
        return next(each.why for each in scales_due([episode.pk], here.now)[episode.pk] if each.scale.code == "audit_c")

    assert asked() == "at intake"
    joined(here, kept, old)
    assert asked() == "every 365 days"
