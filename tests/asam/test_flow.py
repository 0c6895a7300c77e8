"""The flow between levels: everybody of the organisation counted, names only of those whose charts one may open."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from asam.queries.flow import FlowPage, ask, flow_page
from programs.models import Client, Episode, Merge, Placement, Program
from staff.rules.capabilities import Role
from tests.factories import World, assign, client, person
from tests.signing import signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def course(here: World, who: Client, *steps: tuple[Program, float], end: float | None = None, as_: str = "") -> Episode:
    """An episode: programs with how many days ago each began, and how many days ago it ended."""
    ends = [ago for _, ago in steps[1:]] + [end]
    made = Episode.objects.create(
        client=who,
        started_at=here.now - steps[0][1] * DAY,
        ended_at=None if end is None else here.now - end * DAY,
        ended_as=as_,
    )
    for (program, ago), until in zip(steps, ends, strict=True):
        Placement.objects.create(
            episode=made, program=program, level=program.level, started_at=here.now - ago * DAY,
            ended_at=None if until is None else here.now - until * DAY,
        )  # fmt: skip
    return made


def seen(here: World, *, open_at: frozenset[int] = frozenset()) -> FlowPage:
    asked = ask("", "", here.now, here.site.tz)
    return flow_page(here.site.organisation, asked, here.now, here.site.tz, open_at)


def test_who_came_stepped_and_left_is_counted_from_placements_alone(here: World) -> None:
    course(here, client(here, "Ana", "One"), (here.residential, 40), (here.php, 20), end=5, as_="against_advice")
    course(here, client(here, "Ben", "Two"), (here.residential, 30), (here.iop, 10))
    course(here, client(here, "Cyd", "Three"), (here.residential, 30), end=29, as_="mistake")
    page = seen(here)
    assert (page.admitted, page.lower, page.higher, page.other, page.left, page.against) == (2, 2, 0, 0, 0, 1)
    assert [(flow.source, flow.target, flow.count) for flow in page.flows] == [
        ("Admitted", "3.5", 2), ("3.5", "2.5", 1), ("3.5", "2.1", 1), ("2.5", "Left against advice", 1),
    ]  # fmt: skip


def test_who_came_back_is_named_only_to_who_may_open_the_chart(here: World) -> None:
    back = client(here, "Ana", "Back")
    course(here, back, (here.residential, 40), end=30, as_="against_advice")
    course(here, back, (here.residential, 12))
    page = seen(here, open_at=frozenset({here.site.pk}))
    assert [(each.client, each.row.days) for each in page.back] == [(back, 18)]
    assert page.kept_back == 0
    hidden = seen(here, open_at=frozenset({here.other_site.pk}))
    assert (hidden.back, hidden.kept_back, hidden.returns.admitted) == ((), 1, 1)


def test_two_records_of_one_person_are_one_person(here: World) -> None:
    old, new = client(here, "Ana", "Back"), client(here, "Anna", "Back")
    course(here, old, (here.residential, 40), end=30, as_="completed")
    course(here, new, (here.iop, 12))
    assert seen(here).returns.admitted == 0
    Merge.objects.create(client=old, into=new, why="The same person", started_at=here.now - DAY, by=here.director)
    page = seen(here, open_at=frozenset({here.site.pk}))
    assert [each.client for each in page.back] == [new]


def test_the_number_of_queries_does_not_grow_with_the_people(here: World) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as caught:
            seen(here, open_at=frozenset({here.site.pk}))
        return len(caught)

    def back(name: str) -> None:
        who = client(here, name, "Back")
        course(here, who, (here.residential, 40), end=30, as_="completed")
        course(here, who, (here.residential, 12), (here.php, 3))

    back("First")
    few = counted()
    for number in range(9):
        back(f"Other {number}")
    assert counted() == few <= 5


def test_the_page_and_its_spreadsheet_and_a_date_that_is_none(here: World) -> None:
    who = client(here, "Ana", "Back")
    course(here, who, (here.residential, 40), end=30, as_="against_advice")
    course(here, who, (here.residential, 12))
    browser = signed_in(here.director)
    page = browser.get("/levels/flow/").content.decode()
    assert f'<a href="/clients/{who.pk}/">Ana Back</a>' in page
    assert "3.5 to Left against advice: 1 person, left" in page
    csv = browser.get("/levels/flow.csv").content.decode()
    assert '"left","3.5","Left against advice","left",1' in csv
    assert '"back within 30 days","left","admitted again","of 1 who left",1' in csv
    assert "Ana" not in csv
    wrong = browser.get("/levels/flow/?from=soon")
    assert wrong.status_code == 400
    assert "Nothing is counted until the dates are right." in wrong.content.decode()
    assert browser.get("/levels/flow.csv?from=2024-01-01&to=2023-01-01").status_code == 400
    nothing = browser.get("/levels/flow/?from=2020-01-01&to=2020-02-01").content.decode()
    assert "Nobody came, stepped or left" in nothing


def test_housekeeping_sees_no_flow(here: World) -> None:
    cleaner = assign(person("cleaner", "Cleo Brandt"), here.site, Role.HOUSEKEEPING, at=here.now)
    assert signed_in(cleaner).get("/levels/flow/").status_code == 403
