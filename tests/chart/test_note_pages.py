"""The pages of notes: the form that keeps what was typed, the note as it is read, the templates, what waits for me."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from pypdf import PdfReader

from audit.models import Event
from chart.actions.amendments import amend
from chart.models import Note, NoteDraft, NotePolicy, NoteTemplate
from chart.queries.note_templates import templates
from programs.models import Episode
from tests.factories import World, admit, client, world
from tests.factories.notes import saved, signed
from tests.signing import signed_in

HOUR = timedelta(hours=1)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def here(db: None) -> World:
    """Now, as the pages run on the clock."""
    return world(datetime.now(UTC) - HOUR)


@pytest.fixture
def sara(here: World) -> Episode:
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])


def at(sara: Episode, rest: str) -> str:
    return f"/clients/{sara.client_id}/{rest}"


def sent(browser: Browser, where: str, words: Any, **more: Any) -> Any:
    fields = words if isinstance(words, dict) else {"text": words}
    typed = {f"f-{name}": text for name, text in fields.items()}
    headers = more.pop("headers", {})
    return browser.post(where, {"key": str(uuid4()), **typed, **more}, **headers)


def test_a_note_is_begun_saved_and_signed(here: World, sara: Episode) -> None:
    browser = signed_in(here.facilitator)
    chosen = browser.get(at(sara, "write/")).content.decode()
    assert all(name in chosen for name in ("SOAP", "DAP", "BIRP", "GIRP", "Free narrative", "Nursing note"))
    page = browser.get(at(sara, "write/narrative/")).content.decode()
    assert "Nothing written yet" in page and "Signed as LPC Danso" in page
    answer = sent(browser, at(sara, "write/narrative/save/"), "Met at ten.").json()
    assert answer["version"] == 1 and answer["said"].startswith("Saved ")
    answer = sent(
        browser, at(sara, "write/narrative/"), "Met at ten. Calm.", draft=answer["draft"], version=1
    )  # fmt: skip
    note = Note.objects.get()
    assert answer["Location"] == at(sara, f"notes/{note.pk}/") and note.text == "Met at ten. Calm."
    assert b"Met at ten. Calm." in browser.get(answer["Location"]).content
    assert Event.objects.filter(verb="chart.read_note", client_id=sara.client_id).count() == 1


def test_another_window_is_told_and_both_texts_are_shown(here: World, sara: Episode) -> None:
    browser, where = signed_in(here.facilitator), at(sara, "write/narrative/save/")
    first = sent(browser, where, "From the desk.").json()
    answer = sent(browser, where, "From the tablet.")
    assert answer.status_code == 409
    told = answer.json()
    assert (told["draft"], told["version"]) == (first["draft"], 1)
    assert "From the desk." in told["html"] and "Nothing was overwritten" in told["said"]
    page = sent(browser, at(sara, "write/narrative/"), "From the tablet.")
    assert page.status_code == 422
    assert "From the desk." in page.content.decode() and "From the tablet." in page.content.decode()
    assert not Note.objects.exists()
    again = sent(browser, where, "From the tablet.", draft=first["draft"], version=1).json()
    assert again["version"] == 2


def test_what_cannot_be_signed_is_kept_and_the_page_says_why(here: World, sara: Episode) -> None:
    browser = signed_in(here.facilitator)
    words = {"subjective": "Hard week.", "plan": "Friday."}
    page = sent(browser, at(sara, "write/soap/"), words, **{"t-began": "soon", "t-ended": "2199-01-01T10:00"})
    said = page.content.decode()
    assert page.status_code == 422 and "Began: Write a date and an hour." in said and "Hard week." in said
    assert NoteDraft.objects.get().fields == words
    page = sent(browser, at(sara, "write/soap/"), words, draft=NoteDraft.objects.get().pk, version=1)
    said = page.content.decode()
    assert "Assessment is empty, and SOAP asks for it" in said and 'name="reason-note.risk_missing"' in said
    assert 'name="version" value="1"' in said or 'name="version" value="2"' in said


def test_a_whole_chart_of_words_too_long_is_kept(here: World, sara: Episode) -> None:
    page = sent(signed_in(here.facilitator), at(sara, "write/narrative/"), "hello " * 30_000)
    assert page.status_code == 422 and "and a note holds 150,000" in page.content.decode()
    assert len(NoteDraft.objects.get().fields["text"]) == 180_000


def test_who_may_not_write_or_open_is_told(here: World, sara: Episode) -> None:
    assert signed_in(here.intake).get(at(sara, "write/")).status_code == 403
    assert signed_in(here.elsewhere).get(at(sara, "write/narrative/")).status_code == 404
    assert sent(signed_in(here.elsewhere), at(sara, "write/narrative/save/"), "Hi").status_code == 404
    assert sent(Browser(), at(sara, "write/narrative/save/"), "Hi", headers=JSON).status_code == 401
    browser = signed_in(here.facilitator)
    assert browser.get(at(sara, "write/haiku/")).status_code == 404
    assert browser.get(at(sara, "write/narrative/?episode=999")).status_code == 404
    note = signed(here.facilitator, here.now, sara)
    other = admit(here, client(here, "Ben", "Tran"), here.iop)
    assert browser.get(at(other, f"notes/{note.pk}/")).status_code == 404


def test_an_earlier_note_is_brought_forward_and_a_draft_is_put_away(here: World, sara: Episode) -> None:
    signed(here.facilitator, here.now, sara, "Sleeps six hours.")
    browser = signed_in(here.facilitator)
    assert "Bring an earlier note forward" in browser.get(at(sara, "write/narrative/")).content.decode()
    browser.post(at(sara, "write/narrative/copy/"), {"note": Note.objects.get().pk})
    page = browser.get(at(sara, "write/narrative/")).content.decode()
    assert "copied, not edited" in page and "Sleeps six hours.</textarea>" in page
    assert browser.post(at(sara, "write/narrative/copy/"), {"note": "x"}).status_code == 422
    browser.post(at(sara, "write/narrative/drop/"))
    assert NoteDraft.objects.get().dropped_at is not None


def test_a_note_is_corrected_added_to_and_printed(here: World, sara: Episode) -> None:
    note = signed(here.facilitator, here.now, sara, "Slept <i>well</i>.")
    mine, hers = signed_in(here.facilitator), signed_in(here.cofacilitator)
    page = mine.get(at(sara, f"notes/{note.pk}/")).content.decode()
    assert "Slept &lt;i&gt;well&lt;/i&gt;." in page and "Correct" in page
    assert ">Correct<" not in hers.get(at(sara, f"notes/{note.pk}/")).content.decode()
    where = at(sara, f"notes/{note.pk}/amend/correction/")
    refused = mine.post(where, {"f-text": "Slept badly.", "key": str(uuid4())})
    assert refused.status_code == 422 and b"Say why in at most 400 characters" in refused.content
    assert b"Slept badly.</textarea>" in refused.content
    mine.post(where, {"f-text": "Slept badly.", "reason": "Read the log.", "key": str(uuid4())})
    added = {"text": "Ate well.", "reason": "Asked at noon.", "key": str(uuid4())}
    hers.post(at(sara, f"notes/{note.pk}/amend/addendum/"), added)
    page = mine.get(at(sara, f"notes/{note.pk}/")).content.decode()
    assert "<s>Slept &lt;i&gt;well&lt;/i&gt;.</s>" in page and "Read the log." in page and "Ate well." in page
    paper = mine.get(at(sara, f"notes/{note.pk}/paper/"))
    text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(paper.content)).pages)
    assert all(words in text for words in ("Slept badly.", "Slept <i>well</i>.", "Ate well.", "Read the log."))
    assert Event.objects.filter(verb="chart.print_note").count() == 1


def test_a_retracted_note_leaves_the_list_and_stays_readable(here: World, sara: Episode) -> None:
    note = signed(here.facilitator, here.now, sara, "Of another client.")
    asked = {"reason": "Wrong chart.", "key": str(uuid4())}
    browser = signed_in(here.facilitator)
    browser.post(at(sara, f"notes/{note.pk}/amend/retraction/"), asked)
    assert "Of another client." not in browser.get(at(sara, "notes/")).content.decode()
    page = browser.get(at(sara, f"notes/{note.pk}/")).content.decode()
    assert "Entered in error" in page and "Wrong chart." in page and "<s>Of another client.</s>" in page


def test_my_notes_list_drafts_and_co_signatures(here: World, sara: Episode) -> None:
    saved(here.director, here.now, sara, "Begun by the director.")
    note = signed(here.cofacilitator, here.now, sara)
    browser = signed_in(here.director)
    page = browser.get("/clients/notes/").content.decode()
    assert "2 wait" in page and "Begun by the director." in page and "signed LSW Marsh" in page
    assert "2 wait" not in signed_in(here.on_unit).get("/clients/notes/").content.decode()
    assert signed_in(here.on_unit).post(at(sara, f"notes/{note.pk}/cosign/"), {}).status_code == 422
    assert browser.post(at(sara, f"notes/{note.pk}/cosign/"), {"key": str(uuid4())}).status_code == 302
    assert "nothing waits" in signed_in(here.cofacilitator).get("/clients/notes/").content.decode()
    amend(by=here.director, at=here.now, note_id=note.pk, kind="addendum", text="Read.", reason="Seen with the author.")


# Templates


def template(**more: Any) -> dict[str, Any]:
    rows = {"name": ["said", ""], "label": ["Said", "Seen"], "help": ["", ""], "needs": ["required", "risk"]}
    return {"title": "Ours", "kind": "progress", "line": "Short", "goal": "on", "use": "on", **rows, **more}


def test_the_director_changes_a_template_and_old_notes_keep_theirs(here: World, sara: Episode) -> None:
    old = signed(here.facilitator, here.now, sara, "Slept well.")
    director = signed_in(here.director)
    page = director.get("/clients/notes/templates/narrative/").content.decode()
    assert "version 1 counts now" in page
    rows = {"name": ["text", ""], "label": ["What happened", "Next"], "help": ["", ""], "needs": ["required", ""]}
    assert director.post("/clients/notes/templates/narrative/", template(**rows)).status_code == 302
    found = templates(here.site.organisation_id)["narrative"]
    assert (found.version, [each.name for each in found.fields]) == (2, ["text", "next"])
    newer = signed(here.facilitator, here.now, sara, {"text": "Slept.", "next": "Friday."})
    assert (old.template_version, newer.template_version, len(newer.fields)) == (1, 2, 2)
    assert Event.objects.get(verb="chart.keep_template").summary == "Note template Ours, version 2"


def test_a_new_template_is_made_and_one_that_cannot_be_is_told(here: World) -> None:
    director = signed_in(here.director)
    assert director.post("/clients/notes/templates/new/", template()).status_code == 302
    assert NoteTemplate.objects.get().code == "ours"
    assert b"There is a template Ours already" in director.post("/clients/notes/templates/new/", template()).content
    wrong = director.post("/clients/notes/templates/new/", template(title=" ", label=["", ""], help=["", ""]))
    assert wrong.status_code == 422
    assert b"Give the template a name." in wrong.content and b"A note needs at least one field" in wrong.content
    assert "Ours" in signed_in(here.facilitator).get("/clients/notes/templates/").content.decode()
    assert signed_in(here.facilitator).get("/clients/notes/templates/soap/").status_code == 403


def test_what_is_late_is_set_by_the_director(here: World) -> None:
    director = signed_in(here.director)
    assert director.post("/clients/notes/templates/late/", {"hours": "0"}).status_code == 422
    assert director.post("/clients/notes/templates/late/", {"hours": "48"}).status_code == 302
    assert NotePolicy.objects.get().late_hours == 48
    assert "more than 48 hours" in signed_in(here.facilitator).get("/clients/notes/templates/").content.decode()
