"""The chart page: what it shows first, a stretch of the timeline at a time, and what it costs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.lives import live
from chart.models import Contact, Note, TeamMember
from chart.queries import page
from chart.queries.page import Asked, Page
from chart.rules.window import beginning, last_of, window
from programs.models import Client, Episode, Placement
from programs.people import with_others
from tests.factories import World, admit, client, precaution
from tests.signing import signed_in

DAY = timedelta(days=1)


@pytest.fixture
def sara(here: World) -> Episode:
    """In residential care for two years."""
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0], days=731)


def wrote(episode: Episode, here: World, text: str, at: datetime) -> Note:
    note = Note(
        episode=episode, site=here.site, kind="progress", text=text, about_at=at, written_at=at, by=here.on_unit
    )
    note.sha256 = note.digest()
    note.save()
    return note


def read(here: World, episode: Episode, **asked: Any) -> Page:
    return page(Client.objects.get(pk=episode.client_id), here.site, here.now, Asked(**asked))


def titles(shown: Page) -> list[str]:
    return [entry.title for day in shown.days for entry in day.entries]


# A stretch at a time


def test_the_page_opens_with_the_last_fortnight_that_has_anything(here: World, sara: Episode) -> None:
    assert (read(here, sara).shown.days, read(here, sara).shown.last) == (14, date(2023, 11, 18))  # nothing since
    wrote(sara, here, "Slept well.", here.now - 3 * DAY)
    shown = read(here, sara)
    assert (shown.shown.first, shown.shown.last) == (date(2025, 11, 5), date(2025, 11, 18))
    assert titles(shown) == ["Progress note"]


def test_earlier_and_later_skip_what_is_empty(here: World, sara: Episode) -> None:
    for days in (2, 100, 400):
        wrote(sara, here, f"{days} days ago", here.now - days * DAY)
    first = read(here, sara)
    assert (first.earlier, first.later) == (date(2025, 8, 10), None)
    second = read(here, sara, to=str(first.earlier))
    assert [day.on for day in second.days] == [date(2025, 8, 10)]
    assert (second.earlier, second.later) == (date(2024, 10, 14), date(2025, 11, 18))
    third = read(here, sara, to=str(second.earlier))
    assert third.later == date(2025, 8, 23)  # its window begins with the day of the note
    oldest = read(here, sara, to=str(third.earlier))
    assert "Placed in Residential 3.5, Riverbend campus" in titles(oldest)
    assert oldest.earlier is None


def test_a_day_that_was_jumped_to_stays_even_where_it_is_empty(here: World, sara: Episode) -> None:
    wrote(sara, here, "Slept well.", here.now)
    shown = read(here, sara, to="2025-03-01")
    assert (shown.days, shown.shown.last, shown.total) == ((), date(2025, 3, 1), 0)
    assert shown.later == date(2025, 11, 18)
    for nonsense in ("2199-01-01", "yesterday", "1066-10-14", "2025-02-30"):
        assert read(here, sara, to=nonsense).shown.last == date(2025, 11, 18), nonsense


def test_an_entry_at_midnight_belongs_to_one_window(here: World, sara: Episode) -> None:
    midnight = window(date(2025, 11, 18), 14, here.site.tz).since
    wrote(sara, here, "At midnight.", midnight)
    assert "Progress note" in titles(read(here, sara, to="2025-11-18"))
    assert titles(read(here, sara, to="2025-11-04")) == []


def test_a_past_episode_is_one_tap_away_and_opens_at_its_end(here: World, sara: Episode) -> None:
    ended = here.now - 300 * DAY
    Placement.objects.filter(episode=sara).update(ended_at=ended)
    sara.ended_at, sara.ended_as = ended, "completed"
    sara.save()
    over = read(here, sara)
    assert over.course is not None
    assert (over.course.ended, over.shown.last, over.now) == ("Completed treatment", date(2025, 1, 22), ())
    admit(here, sara.client, here.iop, days=5)
    shown = read(here, sara)
    [past] = shown.past
    assert (past.episode, past.band.label, past.last) == (sara, "3.5 for 431 days", date(2025, 1, 22))
    assert shown.course is not None and shown.course.band.label == "2.1 for 5 days"
    assert "Discharged from Residential 3.5, Riverbend campus" in titles(read(here, sara, to=str(past.last)))


# What is looked for


def test_a_kind_is_shown_alone_and_every_kind_is_counted(here: World, sara: Episode) -> None:
    live(sara, here.site, here.on_unit, 3, here.now)
    shown = read(here, sara, kind="note")
    assert {entry.kind for day in shown.days for entry in day.entries} == {"note"}
    counts = {each.kind: each.count for each in shown.filters}
    assert (counts["note"], counts["score"], counts["group"], counts["dose"]) == (3, 3, 3, 4)
    assert shown.total == sum(counts.values())
    assert read(here, sara, kind="nonsense").total == len(titles(read(here, sara, kind="nonsense")))


def test_words_are_looked_for_in_a_quarter_at_a_time_in_any_case(here: World, sara: Episode) -> None:
    wrote(sara, here, "Spoke of the housing letter.", here.now - 2 * DAY)
    wrote(sara, here, "The HOUSING office rang.", here.now - 60 * DAY)
    wrote(sara, here, "Housing again.", here.now - 200 * DAY)
    shown = read(here, sara, text="housing")
    assert [entry.line for day in shown.days for entry in day.entries] == [
        "Spoke of the housing letter.", "The HOUSING office rang.",
    ]  # fmt: skip
    assert titles(read(here, sara, text="housing letter")) == ["Progress note"]
    assert titles(read(here, sara, text="cole")) != []  # who wrote it
    assert read(here, sara, text="housing", to=str(shown.earlier)).days[0].entries[0].line == "Housing again."


# What stands first


def test_whoever_never_met_the_client_reads_who_and_what_is_open(here: World, sara: Episode) -> None:
    who = sara.client
    who.preferred_name, who.pronouns = "Sam", "they/them"
    who.save()
    precaution(who, "close_watch")
    TeamMember.objects.create(
        client=who, person=here.facilitator, part="primary", started_at=here.now - DAY, by=here.director
    )
    Contact.objects.create(
        client=who, name="Ida Amari", relation="sister", phone="555 0100", emergency=True, started_at=here.now - DAY,
        by=here.director,
    )  # fmt: skip
    words = signed_in(here.on_unit).get(f"/clients/{who.pk}/").content.decode()
    for expected in (
        "Sam Amari", "legal first name Sara", "they/them", who.record_number, "Allergies: not asked yet",
        "Checks every 15 minutes", "Alder, room 1, bed A", "Kofi Danso", "Ida Amari", "555 0100", "No orders", "3.5 · ",
    ):  # fmt: skip
        assert expected in words, expected


def test_nonsense_in_the_address_is_as_if_it_were_not_there(here: World, sara: Episode) -> None:
    nurse = signed_in(here.on_unit)
    for asked in ("?kind=<b>", "?to=%00", "?q=%00%ff", "?span=999999999", "?to=" + "9" * 400, "?q=" + "x" * 5000):
        assert nurse.get(f"/clients/{sara.client_id}/{asked}").status_code == 200, asked


# What it costs


def test_two_years_of_daily_history_cost_as_many_queries_as_a_month(here: World, sara: Episode) -> None:
    live(sara, here.site, here.on_unit, 30, here.now)
    who = with_others(Client.objects.all()).get(pk=sara.client_id)  # as ``client_for`` gives them
    page(who, here.site, here.now)
    with CaptureQueriesContext(connection) as short:
        page(who, here.site, here.now)
    other = admit(here, client(here, "Ben", "Tran"), here.residential, days=731)
    live(other, here.site, here.on_unit, 730, here.now)
    with CaptureQueriesContext(connection) as long:
        shown = page(with_others(Client.objects.all()).get(pk=other.client_id), here.site, here.now)
    assert shown.total > 50
    assert len(long) - 1 == len(short), "\n".join(each["sql"][:160] for each in long)
    assert len(short) <= 20, "\n".join(each["sql"][:160] for each in short)


# The rule of windows


def test_windows_end_where_asked_and_begin_at_midnight_also_when_the_clock_changes(here: World) -> None:
    found = window(date(2025, 11, 8), 14, here.site.tz)  # the clock went back on 2 November
    assert (found.first, found.days, found.said) == (date(2025, 10, 26), 14, "26 Oct to 8 Nov 2025")
    assert found.until - found.since == timedelta(days=14, hours=0)  # wall clocks
    assert (found.since.utcoffset(), found.until.utcoffset()) == (timedelta(hours=-4), timedelta(hours=-5))
    assert window(date(2025, 1, 3), 7, here.site.tz).said == "28 Dec 2024 to 3 Jan 2025"
    assert window(date(2025, 1, 3), 1, here.site.tz).said == "3 Jan 2025"
    assert last_of("2025-11-01", date(2025, 11, 18)) == date(2025, 11, 1)
    assert beginning(found.since, 14, date(2025, 11, 18), here.site.tz) == date(2025, 11, 8)
    assert beginning(found.since, 14, date(2025, 10, 30), here.site.tz) == date(2025, 10, 30)
