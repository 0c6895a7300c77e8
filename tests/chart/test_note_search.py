"""Search across the notes of a site: what is found, what is left out, who may, and that each search is on the trail."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.sight import kept_words
from chart.actions.amendments import amend
from chart.queries.note_search import Asked, Found, marked, search
from programs.models import Episode
from tests.factories import World, admit, client
from tests.factories.notes import signed
from tests.signing import signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def sara(here: World) -> Episode:
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])


@pytest.fixture
def ben(here: World) -> Episode:
    return admit(here, client(here, "Ben", "Tran"), here.iop)


def found(here: World, words: str, **more: Any) -> list[int]:
    return [hit.pk for hit in search(here.site, Asked(words, **more)).hits]


def test_words_are_found_in_every_form_and_the_newest_first(here: World, sara: Episode, ben: Episode) -> None:
    old = signed(here.facilitator, here.now - HOUR, sara, "Cravings after the phone call.", about=here.now - 3 * HOUR)
    new = signed(here.facilitator, here.now, ben, "One craving, passed by walking.")
    signed(here.facilitator, here.now, ben, "Slept well.")
    assert found(here, "craving") == [new.pk, old.pk]
    assert found(here, '"phone call"') == [old.pk]
    assert found(here, "craving -walking") == [old.pk]
    assert found(here, "walked or phoned") == [new.pk, old.pk]
    assert found(here, "nothing of the sort") == []


def test_the_hit_is_marked_in_its_snippet_and_markup_stays_text(here: World, sara: Episode) -> None:
    signed(here.facilitator, here.now, sara, "Said 1 < 2 & 3 and spoke of sleep, then of work.")
    [hit] = search(here.site, Asked("sleeping")).hits
    assert ("sleep", True) in hit.snippet
    assert "1 < 2 & 3" in "".join(text for text, _ in hit.snippet)
    page = signed_in(here.facilitator).get("/clients/notes/search/?q=sleeping").content.decode()
    assert "<mark>sleep</mark>" in page and "1 &lt; 2 &amp; 3" in page


def test_a_headline_is_split_at_its_marks() -> None:
    assert marked("a \x02b\x03 c \x02d\x03") == (("a ", False), ("b", True), (" c ", False), ("d", True))
    assert marked("plain") == (("plain", False),)


def test_filters_narrow_it(here: World, sara: Episode, ben: Episode) -> None:
    first = signed(
        here.facilitator, here.now, sara, "Sleep.", about=here.now - 2 * DAY, reasons={"note.late_entry": "So."}
    )
    nursing = signed(here.on_unit, here.now, sara, "Sleep.", "nursing")
    other = signed(here.facilitator, here.now, ben, "Sleep.")
    assert found(here, "sleep", who="amari sara") == [nursing.pk, first.pk]
    assert found(here, "sleep", who=ben.client.record_number) == [other.pk]
    assert found(here, "sleep", author_id=here.on_unit.pk) == [nursing.pk]
    assert found(here, "sleep", kind="nursing") == [nursing.pk]
    assert found(here, "sleep", since=date(2025, 11, 18)) == [other.pk, nursing.pk]
    assert found(here, "sleep", until=date(2025, 11, 16)) == [first.pk]
    assert found(here, "sleep", client=ben.client) == [other.pk]


def test_what_was_corrected_or_entered_in_error_is_left_out(here: World, sara: Episode) -> None:
    note = signed(here.facilitator, here.now, sara, "Slept badly.")
    by: dict[str, Any] = {"by": here.facilitator, "at": here.now, "reason": "Read the log."}
    newer = amend(note_id=note.pk, kind="correction", text="Slept poorly.", **by)
    added = amend(note_id=note.pk, kind="addendum", text="Asked for a poorly lit room.", **by)
    assert found(here, "badly") == []
    assert found(here, "poorly") == [added.pk, newer.pk]
    amend(note_id=newer.pk, kind="retraction", **by)
    assert found(here, "poorly or badly") == []


def test_only_notes_of_the_own_site_are_found(here: World, sara: Episode) -> None:
    signed(here.facilitator, here.now, sara, "Sleep.")
    assert search(here.other_site, Asked("sleep")).hits == ()
    other = signed_in(here.elsewhere)
    assert b"No note says" in other.get("/clients/notes/search/?q=sleep").content
    assert other.get(f"/clients/notes/search/?q=sleep&client={sara.client_id}").status_code == 404


def test_every_search_is_on_the_trail(here: World, sara: Episode) -> None:
    signed(here.facilitator, here.now, sara, "Sleep.")
    browser = signed_in(here.facilitator)
    browser.get("/clients/notes/search/")
    assert not Event.objects.filter(verb="chart.search_notes").exists()
    browser.get("/clients/notes/search/?q=sleep&author=")
    event = Event.objects.get(verb="chart.search_notes")
    words = {"words": kept_words("sleep", hidden=True)}
    assert (event.summary, event.detail, event.client_id) == ("Searched the notes: 1 shown", words, None)
    browser.get(f"/clients/notes/search/?q=sleep&client={sara.client_id}")
    assert Event.objects.filter(verb="chart.search_notes", client_id=sara.client_id).count() == 1


@pytest.mark.parametrize("words", ["the", '"', "a & b | !", "((", "%27; --", "\u202e", "x" * 5000, "page\x00"])
def test_no_words_break_it(here: World, sara: Episode, words: str) -> None:
    signed(here.facilitator, here.now, sara, "The sleep.")
    assert signed_in(here.facilitator).get("/clients/notes/search/", {"q": words}).status_code == 200
    assert search(here.site, Asked("the")) == Found((), False, 1, small=True)


def test_it_takes_as_many_queries_for_many_notes_as_for_one(here: World, sara: Episode) -> None:
    def count() -> int:
        signed(here.facilitator, here.now, sara, "Sleep.")
        with CaptureQueriesContext(connection) as asked:
            assert search(here.site, Asked("sleep")).hits
        return len(asked)

    assert count() == count() == count() == 1


def test_a_page_holds_twenty_and_says_there_are_more(here: World, sara: Episode) -> None:
    for number in range(21):
        signed(here.facilitator, here.now, sara, f"Sleep {number}.")
    first, second = (search(here.site, Asked("sleep", page=page)) for page in (1, 2))
    assert (len(first.hits), first.more, len(second.hits), second.more) == (20, True, 1, False)
