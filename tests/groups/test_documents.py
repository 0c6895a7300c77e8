"""The papers of the group rooms: a chart gets its own part and the shared ones, a payer gets hours and not a word more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents import render
from groups import actions
from groups.pdf.notes import note_document
from groups.pdf.sheets import sign_in_document
from groups.pdf.weeks import attendance_document, hours_document
from groups.queries.documents import chart_note, weeks
from groups.queries.roster import roster
from tests.factories import World, world
from tests.factories.sessions import attended, group, part

NOW = datetime(2026, 1, 6, 22, 48, tzinfo=UTC)  # Tuesday 17:48 in New York
MONDAY = date(2026, 1, 5)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def test_a_chart_gets_the_shared_parts_and_its_own_and_nobody_elses(here: World) -> None:
    where, [amira, ben] = group(here, 2)
    for who, words in ((amira, "Spoke of calls."), (ben, "Drew a map of home.")):
        attended(where, who, here.facilitator)
        part(where, "member", here.facilitator, words, who)
    part(where, "topic", here.facilitator, "Warning signs.")
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)

    note = chart_note(where, amira, NOW)
    assert note is not None
    assert [section.title for section in note.sections] == ["Topic and interventions", "Own part"]
    told = str(note_document(note, printed_by=""))
    assert "Spoke of calls." in told
    assert "Warning signs." in told
    for word in ("Drew a map", ben.first_name, ben.last_name, ben.record_number):
        assert word not in told
    assert not note.complete  # the group process is not signed
    assert "Not complete" in told
    assert render(note_document(note, printed_by="Printed by LCSW Okafor")).startswith(b"%PDF")


def test_what_nobody_signed_is_on_no_paper(here: World) -> None:
    where, [amira, *_] = group(here)
    attended(where, amira, here.facilitator)
    part(where, "member", here.facilitator, "A draft.", amira)
    note = chart_note(where, amira, NOW)
    assert note is not None
    assert note.sections == ()
    assert "A draft." not in str(note_document(note, printed_by=""))


def test_an_addendum_stands_under_its_part_with_its_reason(here: World) -> None:
    where, [amira, *_] = group(here)
    attended(where, amira, here.facilitator)
    own = part(where, "member", here.facilitator, "Spoke of home.", amira)
    actions.sign_parts(by=here.facilitator, at=NOW, session_id=where.pk)
    actions.add_to_part(
        by=here.facilitator, at=NOW + timedelta(hours=1), part_id=own.pk, text="And of work.", why="Forgotten"
    )
    told = str(note_document(chart_note(where, amira, NOW), printed_by=""))  # type: ignore[arg-type]
    assert "And of work.\\nWhy: Forgotten." in told


def test_who_was_never_marked_has_no_note(here: World) -> None:
    where, [amira, *_] = group(here)
    assert chart_note(where, amira, NOW) is None


def test_the_note_takes_the_same_queries_however_many_members_there_are(here: World) -> None:
    where, people = group(here, 3)
    counts = []
    for who in people:
        attended(where, who, here.facilitator)
        with CaptureQueriesContext(connection) as queries:
            chart_note(where, people[0], NOW)
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_the_sign_in_sheet_has_the_names_and_room_for_guests(here: World) -> None:
    where, people = group(here)
    document = sign_in_document(where, roster(where, NOW), ["LCSW Okafor"], printed_by="")
    assert all(who.first_name in str(document) for who in people)
    assert all(who.record_number not in str(document) for who in people)
    assert render(document).startswith(b"%PDF")


def test_weeks_add_up_to_what_was_attended_and_the_letter_says_no_word_of_what_was_said(here: World) -> None:
    where, [amira, *_] = group(here)
    attended(where, amira, here.facilitator)
    part(where, "member", here.facilitator, "Spoke of home.", amira)
    found = weeks(amira, here.site, MONDAY - timedelta(days=3), MONDAY + timedelta(days=2), NOW)
    assert [each.week.monday for each in found] == [MONDAY - timedelta(days=7), MONDAY]
    length = int((where.ended_at - where.started_at).total_seconds() // 60)
    assert [each.progress.done for each in found] == [0, length]
    sheet = attendance_document(amira, here.site, found, at=NOW, printed_by="")
    letter = hours_document(
        amira, here.site, found, first=MONDAY, last=MONDAY + timedelta(days=6), at=NOW, printed_by=""
    )
    assert where.name in str(sheet)
    for word in (where.name, "Spoke of home.", where.topic or "no topic"):
        assert word not in str(letter)
    assert "Not released" in str(letter)
    assert render(letter).startswith(b"%PDF")
    assert render(sheet).startswith(b"%PDF")
