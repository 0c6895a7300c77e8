"""A counseling note is nowhere but on its own page: a word of one is looked for wherever else it could stand."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from chart.actions import write_note
from chart.models import Note
from config.contributions import SECTIONS, STRANDS
from fhir_r4.bulk.tables import left_out
from fhir_r4.kinds import KINDS
from fhir_r4.queries.chart import chart
from privacy.models import CounselingNote, CounselingNoteGrant
from privacy.rules.classes import ORDINARY, InfoClass, Purpose
from privacy.rules.consents import ConsentType
from privacy.rules.disclosure import decide
from privacy.rules.sections import CLASS_OF, ON_PAPER
from programs.contributions import timeline
from programs.models import Client
from programs.papers import Span
from tests.documents.reading import words
from tests.factories import World, admit, client
from tests.privacy.gate_here import asked, ground, held
from tests.signing import signed_in

MARKER, PLAIN = "Quincemarmalade", "Barleysugar"
DAY = timedelta(days=1)


@pytest.fixture
def sara(here: World, settings: Settings, tmp_path: Path) -> Client:
    """With a counseling note that says one word and a progress note that says another, both written on their pages just now."""
    settings.COUNSELING_KEYS_FILE = tmp_path / "keys"
    who = client(here, "Sara", "Amari")
    days = (datetime.now(here.now.tzinfo) - here.now).days + 5
    episode = admit(here, who, here.residential, here.beds[0], days=days)
    at = datetime.now(here.now.tzinfo)
    write_note(
        by=here.facilitator, at=at, episode_id=episode.pk, kind="progress", text=f"{PLAIN} was talked of.", about_at=at
    )
    began = (at - timedelta(hours=2)).astimezone(here.site.tz)
    with CaptureQueriesContext(connection) as asked_for:
        sent = signed_in(here.facilitator).post(
            f"/clients/{who.pk}/counseling/new/",
            {"about_at": f"{began:%Y-%m-%dT%H:%M}", "text": f"{MARKER} and the pause.", "key": str(uuid4())},
        )
        assert sent.status_code == 302
    assert not any(MARKER in each["sql"] for each in asked_for.captured_queries)
    assert MARKER in signed_in(here.facilitator).get(sent["Location"]).content.decode()
    return who


def stored(word: str) -> list[str]:
    """Every table of the database in which a row says the word: as text, as JSON, or as bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for name in tables:
            query = f'SELECT EXISTS (SELECT 1 FROM "{name}" t WHERE t::text ILIKE %s OR t::text ILIKE %s)'
            cursor.execute(query, [f"%{word}%", f"%{word.encode().hex()}%"])
            (there,) = cursor.fetchone() or (False,)
            found += [name] if there else []
    return found


def test_no_row_of_the_database_says_its_words(here: World, sara: Client) -> None:
    assert stored(MARKER) == []
    assert "chart_note" in stored(PLAIN)  # the same search finds what is not sealed
    CounselingNote.objects.update(sealed=f"{MARKER}".encode())
    assert stored(MARKER) == ["privacy_counselingnote"]  # and what stands in bytes


@pytest.mark.parametrize("page", [
    "", "?kind=note", "?q={word}", "notes/", "facts/", "plan/", "papers/", "consents/", "release/", "accounting/", "fhir/", "review/",
])  # fmt: skip
def test_no_page_of_the_chart_says_its_words(here: World, sara: Client, page: str) -> None:
    for who in (here.facilitator, here.director):
        answer = signed_in(who).get(f"/clients/{sara.pk}/{page.format(word=MARKER)}")
        said = answer.content.decode().replace(f'value="{MARKER}"', "")  # what was typed
        assert answer.status_code in (200, 403) and "and the pause" not in said
        assert f"/counseling/{CounselingNote.objects.get().pk}/" not in said
        if page in ("", "notes/"):
            assert PLAIN in said


def test_the_search_of_notes_does_not_find_it(here: World, sara: Client) -> None:
    for who in (here.facilitator, here.director):
        browser = signed_in(who)
        assert "and the pause" not in browser.get("/clients/notes/search/", {"q": MARKER}).content.decode()
        said = browser.get("/clients/notes/search/", {"q": PLAIN, "client": str(sara.pk)}).content.decode()
        assert f'/clients/{sara.pk}/notes/{Note.objects.get().pk}/"' in said, said[said.index("page__head") :][:3000]


def test_the_timeline_has_no_line_of_it(here: World, sara: Client) -> None:
    at = datetime.now(here.now.tzinfo) + timedelta(minutes=1)
    said = " ".join(f"{entry.title} {entry.line} {entry.kind}" for entry in timeline(sara.pk, at - 3 * DAY, at, at))
    assert PLAIN in said and MARKER not in said and "ounseling" not in said
    assert not {CounselingNote, CounselingNoteGrant} & {each.model for strand in STRANDS for each in strand.moments}


def test_neither_the_chart_on_paper_nor_a_part_of_it_says_its_words(here: World, sara: Client) -> None:
    today = datetime.now(here.site.tz).date()
    for who in (here.facilitator, here.director):
        paper = signed_in(who).get(f"/clients/{sara.pk}/papers/chart/", {"from": str(today - DAY), "to": str(today)})
        assert paper.status_code == 200 and paper["Content-Type"] == "application/pdf"
        said = words(paper.content)
        assert PLAIN in said and MARKER not in said
    at = datetime.now(here.now.tzinfo)
    span = Span((sara.pk,), at - DAY, at + DAY, at, here.site.tz)
    parts = [part for provider in SECTIONS for part in provider(span)]
    assert parts and MARKER not in repr(parts) and not any("ounseling" in part.title for part in parts)


def test_fhir_and_the_export_have_no_place_for_it(here: World, sara: Client) -> None:
    at = datetime.now(here.now.tzinfo)
    said = json.dumps(chart([sara.pk], at, frozenset(InfoClass)), default=str)
    assert sara.last_name in said and MARKER not in said
    assert InfoClass.COUNSELING_NOTES not in {kind.info for kind in KINDS}
    assert left_out(CounselingNote) and left_out(CounselingNoteGrant)


def test_the_gate_makes_no_file_of_it_and_lets_it_out_on_its_own_consent_alone() -> None:
    assert InfoClass.COUNSELING_NOTES not in {*ON_PAPER, *ORDINARY, *CLASS_OF.values()}
    wanted = asked("clinic", Purpose.TREAT, InfoClass.COUNSELING_NOTES)
    allowed = [kind for kind in ConsentType if decide(wanted, [held(kind)]).allowed]
    assert allowed == [ConsentType.SUD_COUNSELING_NOTES]
    assert not decide(
        asked("medic", Purpose.ETREAT, InfoClass.COUNSELING_NOTES, ground=ground("emergency")), []
    ).allowed


def test_no_administrator_finds_it_in_the_configuration() -> None:
    assert not {CounselingNote, CounselingNoteGrant} & set(admin.site._registry)
    assert not hasattr(CounselingNote, "history")
