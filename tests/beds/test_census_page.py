"""The census and turnaround pages: what they show, what they cost, and what they say to dates that cannot be."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Session
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from beds.models import Bed, BedStay, CleaningJob, Closure, Hold, Room, Unit
from beds.queries import cards
from beds.queries.census import census_lines, census_page, turnaround_page, unit_days
from beds.rules.census import Asked, ask, dates, midnight_after
from beds.rules.states import BedState
from programs.models import Client, Episode, Leave, Placement
from tests.factories import World, admit, client

TODAY = date(2025, 11, 18)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def asked(on: str = "", start: str = "", end: str = "") -> Asked:
    found = ask(on, start, end, TODAY)
    assert not found.wrong
    return found


def stay(here: World, who: Client, bed: Bed, start: datetime, end: datetime | None, payer: str = "") -> Episode:
    """An episode in treatment with one stay in a bed."""
    episode, _ = Episode.objects.get_or_create(client=who, defaults={"started_at": start, "payer": payer})
    Placement.objects.get_or_create(
        episode=episode, defaults={"program": here.residential, "level": "3.5", "started_at": start}
    )
    BedStay.objects.create(bed=bed, episode=episode, client=who, started_at=start, ended_at=end)
    return episode


@pytest.fixture
def lived_in(here: World) -> World:
    """Lena for ten days, Kay from Tuesday to Thursday of last week; a leave, a hold, a closure, a cleaning."""
    lena = admit(here, client(here, "Lena", "Harmon"), here.residential, here.beds[0])
    night = midnight_after(date(2025, 11, 12), here.site.tz)
    Leave.objects.create(
        episode=lena, kind="pass", started_at=night - HOUR, expected_at=night + HOUR, ended_at=night + HOUR
    )
    kay = client(here, "Kay", "Osei")
    left = night + 12 * HOUR
    stay(here, kay, here.beds[1], night - 36 * HOUR, left, payer="Medicaid")
    CleaningJob.objects.create(
        bed=here.beds[1], after=BedStay.objects.get(client=kay), started_at=left, accepted_at=left + 10 * MINUTE,
        accepted_by=here.housekeeper, ended_at=left + 40 * MINUTE,
    )  # fmt: skip
    Closure.objects.create(bed=here.beds[3], why="plumbing", started_at=night - 30 * HOUR, ended_at=night + HOUR)
    Hold.objects.create(
        bed=here.beds[2], client=kay, started_at=night - HOUR, ended_at=night + HOUR, until=night + HOUR, by=here.intake
    )
    return here


def test_the_census_of_a_past_date_by_unit_level_and_payer(lived_in: World) -> None:
    page = census_page(lived_in.site, asked("2025-11-12"))
    [unit] = page.units
    assert (unit.name, unit.day.in_house, unit.day.on_leave, unit.day.held, unit.day.in_service) == (
        "Alder",
        1,
        1,
        1,
        3,
    )
    assert [(share.name, share.census) for share in page.levels] == [("3.5", 2)]
    assert [(share.name, share.census) for share in page.payers] == [("Medicaid", 1), ("not recorded", 1)]


def test_the_range_counts_who_came_who_left_and_how_long_they_stayed(lived_in: World) -> None:
    page = census_page(lived_in.site, asked("", "2025-11-01", "2025-11-17"))
    sum_ = page.all.figures
    assert (sum_.admissions, sum_.departures, sum_.average_stay) == (2, 1, 2.0)
    assert (sum_.bed_days, sum_.leave_days, sum_.hold_days, sum_.service_days) == (10 + 2, 1, 1, 17 * 4 - 2)
    assert page.turnaround.middle == 40 * MINUTE
    assert len(page.days) == 17
    assert page.days[0].on == date(2025, 11, 17)


def test_a_stay_that_began_long_before_the_range_is_counted_from_its_first_bed(here: World) -> None:
    who, start = client(here, "Kay", "Osei"), here.now - 40 * DAY
    stay(here, who, here.beds[0], start, start + 20 * DAY)
    stay(here, who, here.beds[1], start + 20 * DAY, start + 39 * DAY)
    [unit] = census_page(here.site, asked("", "2025-11-15", "2025-11-17")).units
    assert (unit.figures.admissions, unit.figures.departures, unit.figures.average_stay) == (0, 1, 39.0)


def test_the_census_is_what_the_board_showed_at_that_midnight(lived_in: World) -> None:
    for on in dates(date(2025, 11, 8), date(2025, 11, 17)):
        [(_, day)] = unit_days(lived_in.site, on, on)
        states = [card.state for card in cards(lived_in.site, midnight_after(on, lived_in.site.tz))]
        assert (day.in_house, day.on_leave, day.closed) == tuple(
            states.count(state) for state in (BedState.OCCUPIED, BedState.ON_LEAVE, BedState.OUT_OF_SERVICE)
        ), on
        assert sum(one.line.census for one in census_lines(lived_in.site, on)) == day.census


def test_another_site_has_its_own_census(lived_in: World) -> None:
    page = census_page(lived_in.other_site, asked("2025-11-12"))
    assert (page.units, page.all.day.census, page.picture) == ((), 0, None)


def test_a_stay_of_the_same_episode_at_another_site_is_not_counted_here(here: World) -> None:
    unit = Unit.objects.create(site=here.other_site, program=here.residential, name="Birch")
    bed = Bed.objects.create(room=Room.objects.create(unit=unit, name="1"), label="A")
    who, start = client(here, "Kay", "Osei"), here.now - 9 * DAY
    stay(here, who, here.beds[0], start, start + 3 * DAY)
    stay(here, who, bed, start + 3 * DAY, None)
    sums = [census_page(site, asked()).all.figures for site in (here.site, here.other_site)]
    assert [(sum_.admissions, sum_.departures, sum_.bed_days) for sum_ in sums] == [(1, 1, 3), (1, 0, 6)]


@pytest.mark.parametrize("people", [3, 60])
def test_ninety_days_cost_the_same_with_three_stays_and_with_sixty(
    here: World, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(people):
        start = here.now - (number + 2) * DAY
        stay(here, client(here, "Any", f"One{number}"), here.beds[0], start, start + 20 * HOUR)
    with django_assert_num_queries(8):
        page = census_page(here.site, asked())
    assert page.all.figures.departures == people
    with django_assert_num_queries(13):
        census_page(here.site, asked("2025-11-16", "2025-11-10", "2025-11-14"))
    with django_assert_num_queries(3):
        turnaround_page(here.site, asked())
    with django_assert_num_queries(6):
        census_lines(here.site, TODAY - 2 * DAY)


def test_the_turnaround_runs_until_the_last_job_after_the_stay(lived_in: World) -> None:
    job = CleaningJob.objects.get()
    assert job.accepted_at is not None
    assert job.ended_at is not None
    first_end = job.ended_at
    CleaningJob.objects.filter(pk=job.pk).update(handed_back=True)
    CleaningJob.objects.create(
        bed=job.bed, after=job.after, started_at=first_end, accepted_at=first_end + 30 * MINUTE,
        accepted_by=lived_in.on_unit, ended_at=first_end + HOUR,
    )  # fmt: skip
    page = turnaround_page(lived_in.site, asked())
    [slow] = page.slowest
    assert (slow.bed, slow.one.whole, slow.one.jobs) == ("Alder 1-B", 100 * MINUTE, 2)
    assert [(name, parts.to_ask, parts.to_accept, parts.to_finish) for name, parts in page.units] == [
        ("Alder", timedelta(0), 70 * MINUTE, 30 * MINUTE)
    ]


def test_cleaning_that_nobody_left_a_bed_for_is_no_turnaround(here: World) -> None:
    CleaningJob.objects.create(bed=here.beds[0], started_at=here.now - DAY, ended_at=here.now - DAY + HOUR)
    assert turnaround_page(here.site, asked()).slowest == ()


@pytest.fixture
def at_work(lived_in: World) -> Session:
    """The nurse of the unit, signed in."""
    session = Session()
    session.force_login(lived_in.on_unit)
    return session


TIMES = {"on": "2025-11-12", "from": "2025-11-01", "to": "2025-11-17"}


def test_the_page_shows_sums_and_no_names(at_work: Session) -> None:
    html = at_work.get("/beds/census/", TIMES).content.decode()
    assert "Midnight census, Wed 12 Nov 2025" in html
    assert "Medicaid" in html
    assert "Harmon" not in html
    assert "Osei" not in html
    assert html.count("<title>") == 1 + 17  # the page's own, and one a date
    assert "style=" not in html


def test_without_dates_the_page_counts_yesterday_and_ninety_days(at_work: Session, lived_in: World) -> None:
    yesterday = timezone.now().astimezone(lived_in.site.tz).date() - DAY
    html = at_work.get("/beds/census/").content.decode()
    assert f'name="on" type="date" value="{yesterday}"' in html
    assert "90 midnights" in html


@pytest.mark.parametrize("where", ["census/", "census.csv", "census.pdf", "turnaround/", "turnaround.pdf"])
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"on": "2999-01-01"}, "1 Jan 2999 is not over yet; its census is counted at midnight."),
        ({"from": "2025-11-05", "to": "2025-11-03"}, "would end before it. Choose an end from 5 Nov 2025 on."),
        ({"from": "<b>soon"}, "&#x27;&lt;b&gt;soon&#x27; is not a date. Write year, month and day"),
        ({"from": "2020-01-01", "to": "2025-01-01"}, "a range has at most 731, two years"),
    ],
)
def test_dates_that_cannot_be_get_a_sentence_and_stay_in_the_form(
    at_work: Session, where: str, given: dict[str, str], sentence: str
) -> None:
    answer = at_work.get(f"/beds/{where}", given)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in html
    for name, typed in given.items():
        assert re.search(f'name="{name}" type="(date|text)" value="{typed.replace("<b>", "&lt;b&gt;")}"', html)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_csv_of_a_date_has_a_row_a_unit_level_and_payer(at_work: Session) -> None:
    answer = at_work.get("/beds/census.csv", {"on": "2025-11-12"})
    assert 'filename="census-riverbend-2025-11-12.csv"' in answer["Content-Disposition"]
    assert rows_of(answer.content) == [
        ["date", "unit", "level", "payer", "in the building", "on leave", "census"],
        ["2025-11-12", "Alder", "3.5", "not recorded", "0", "1", "1"],
        ["2025-11-12", "Alder", "3.5", "Medicaid", "1", "0", "1"],
    ]


def test_the_csv_of_a_range_has_a_row_a_date_and_unit(at_work: Session) -> None:
    found = rows_of(at_work.get("/beds/census.csv", {"from": "2025-11-11", "to": "2025-11-13"}).content)
    assert [row[0] for row in found[1:]] == ["2025-11-11", "2025-11-12", "2025-11-13"]
    assert found[2] == ["2025-11-12", "Alder", "4", "1", "3", "1", "1", "2", "1", "0.6667"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (
            "census",
            ("Midnight census, 17 Nov 2025", "Alder", "Printed by RN Cole", "1 Nov 2025 to 17 Nov 2025", "40 min"),
        ),
        ("turnaround", ("Turnaround of beds", "Alder 1-B", "13 Nov 2025 12:00", "40 min")),
    ],
)
def test_the_documents_say_what_the_pages_say_and_name_nobody(
    at_work: Session, where: str, words: tuple[str, ...]
) -> None:
    answer = at_work.get(f"/beds/{where}.pdf", {"on": "2025-11-17", "from": "2025-11-01", "to": "2025-11-17"})
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())
    assert [word for word in words if word not in text] == []
    assert not {"Harmon", "Osei", "Lund"} & set(text.split())


def test_the_turnaround_page_lists_beds_and_nobody(at_work: Session) -> None:
    html = at_work.get("/beds/turnaround/", {"from": "2025-11-01", "to": "2025-11-17"}).content.decode()
    assert "Alder 1-B" in html
    assert "40 min" in html
    assert "Osei" not in html
    assert "Lund" not in html
    empty = at_work.get("/beds/turnaround/", {"from": "2024-11-01", "to": "2024-11-17"}).content.decode()
    assert "No bed was cleaned after someone left" in empty


def test_what_was_counted_at_a_skipped_or_doubled_hour_does_not_move_between_dates(here: World) -> None:
    twice = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)  # 01:30, which comes again an hour later
    stay(here, client(here, "Kay", "Osei"), here.beds[0], twice, twice + HOUR)
    stay(here, client(here, "Lena", "Harmon"), here.beds[0], twice + HOUR, twice + 24 * HOUR)
    [(_, second), (_, third)] = unit_days(here.site, date(2025, 11, 2), date(2025, 11, 3))
    assert (second.census, third.census) == (1, 0)
