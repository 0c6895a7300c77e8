"""Papers of a chart: the face sheet on one page, the whole chart with contents, and a discharge summary that is drafted."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from audit.models import Event
from bench.lives import live
from chart.models import Allergy, Contact, Note, NoteDraft
from chart.pdf.face import face_document
from chart.pdf.whole import whole_document
from chart.queries.papers import face
from chart.queries.summary import drafted
from documents import render
from programs.models import Client, Episode, Placement
from programs.papers import Span, sections
from tests.documents.reading import pages, reader, words
from tests.factories import World, admit, client
from tests.signing import signed_in

DAY = timedelta(days=1)


@pytest.fixture
def sara(here: World) -> Episode:
    """In residential care for two years."""
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0], days=731)


def chart_pdf(here: World, episode: Episode, since: datetime, until: datetime) -> bytes:
    who = Client.objects.get(pk=episode.client_id)
    span = Span((who.pk,), since, until, here.now, here.site.tz)
    found = face(who, here.site, here.now)
    return render(whole_document(found, span, sections(span), printed_by="Printed by RN Cole"))


def test_the_face_sheet_is_one_page_that_names_who_printed_it(here: World, sara: Episode) -> None:
    Allergy.objects.create(client=sara.client, substance="penicillin", reaction="hives", noted_at=here.now - DAY)
    for number in range(6):
        Contact.objects.create(
            client=sara.client, name=f"Ida {number}", relation="sister", started_at=here.now - DAY, by=here.director
        )
    found = face(sara.client, here.site, here.now)
    pdf = render(face_document(found, printed_by="Printed by RN Cole"))
    [page] = pages(pdf)
    for expected in (
        "Sara Amari",
        "penicillin (hives)",
        "Ida 5",
        "Residential 3.5",
        "For use inside the program; not released",
    ):
        assert expected in page, expected


def test_two_years_of_every_day_are_printed_with_contents_that_name_the_right_pages(here: World, sara: Episode) -> None:
    written = live(sara, here.site, here.on_unit, 730, here.now)
    paper = reader(chart_pdf(here, sara, sara.started_at, here.now + DAY))
    assert written > 5000 and len(paper.pages) > 100
    outline = [item for item in paper.outline if not isinstance(item, list)]
    begins = {str(item.title): (paper.get_destination_page_number(item) or 0) + 1 for item in outline}
    first = paper.pages[0].extract_text()
    for title in ("Notes", "Scores", "Medications", "Groups and sessions"):
        assert title in first and re.search(rf"^{begins[title]}$", first, re.MULTILINE), (title, begins, first)
        assert re.search(rf"^{title}$", paper.pages[begins[title] - 1].extract_text(), re.MULTILINE), title
    under = [item for part in paper.outline if isinstance(part, list) for item in part if not isinstance(item, list)]
    notes = [item for item in under if "Progress note" in str(item.title)]
    assert len(notes) == 730  # every one is there
    for number in (0, 50, len(paper.pages) - 1):
        text = paper.pages[number].extract_text()
        assert f"Page {number + 1} of {len(paper.pages)}" in text
        assert sara.client.record_number in text and "Printed by RN Cole" in text


def test_only_the_days_that_were_asked_for_are_printed(here: World, sara: Episode) -> None:
    live(sara, here.site, here.on_unit, 60, here.now)
    text = words(chart_pdf(here, sara, here.now - 3 * DAY, here.now + DAY))
    assert text.count("Signed by RN Cole") == 3
    assert "Thiamine 100 mg" in text and "COWS" in text


def test_what_was_entered_in_error_is_printed_as_such(here: World, sara: Episode) -> None:
    def note(text: str, **more: object) -> Note:
        row = Note(
            episode=sara, site=here.site, kind="progress", text=text, about_at=here.now - DAY, written_at=here.now - DAY,
            by=here.on_unit, **more,
        )  # fmt: skip
        row.sha256 = row.digest()
        row.save()
        return row

    wrong = note("Of somebody else.")
    note("Entered in error", amendment="retraction", corrects=wrong, root=wrong, reason="Another client")
    text = words(chart_pdf(here, sara, here.now - 3 * DAY, here.now + DAY))
    assert "Of somebody else." in text and "Another client" in text


def test_every_print_is_on_the_trail(here: World, sara: Episode) -> None:
    nurse, who = signed_in(here.on_unit), sara.client
    assert nurse.get(f"/clients/{who.pk}/papers/").status_code == 200
    for address, named in (("face", "Face sheet of"), ("chart", "Chart from")):
        answer = nurse.get(f"/clients/{who.pk}/papers/{address}/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.headers["Cache-Control"] == "private, no-store"
        event = Event.objects.filter(verb="chart.printed").latest("pk")
        assert event.summary.startswith(named) and event.client_id == who.pk


def test_days_that_cannot_be_get_a_sentence_and_nothing_is_printed(here: World, sara: Episode) -> None:
    nurse, address = signed_in(here.on_unit), f"/clients/{sara.client_id}/papers/chart/"
    for asked, sentence in (
        ("from=2199-01-01&to=2199-02-01", "has not come yet"), ("from=soon", "is not a date"),
        ("from=2024-02-01&to=2024-01-01", "would end before it"), ("from=2001-01-01&to=2024-01-01", "at most three years"),
    ):  # fmt: skip
        answer = nurse.get(f"{address}?{asked}")
        assert answer.status_code == 422 and sentence in answer.content.decode(), asked
    assert not Event.objects.filter(verb="chart.printed").exists()


def test_who_may_not_print_a_chart_may_print_its_face_sheet(here: World, sara: Episode) -> None:
    intake = signed_in(here.intake)
    assert intake.get(f"/clients/{sara.client_id}/papers/chart/").status_code == 403
    assert intake.get(f"/clients/{sara.client_id}/papers/face/").status_code == 200
    assert signed_in(here.elsewhere).get(f"/clients/{sara.client_id}/papers/face/").status_code == 404


# The discharge summary


def test_a_discharge_summary_is_drafted_from_the_chart(here: World, sara: Episode) -> None:
    live(sara, here.site, here.on_unit, 30, here.now)
    Placement.objects.filter(episode=sara).update(ended_at=here.now)
    sara.ended_at, sara.ended_as = here.now, "completed"
    sara.save()
    words_of = drafted(sara, here.now + DAY, here.site.tz)
    assert words_of["course"] == "3.5, Residential 3.5: 18 Nov 2023 to 18 Nov 2025, 731 days."
    assert words_of["medications"].startswith("Thiamine 100 mg, 100 mg, ordered by")
    assert re.fullmatch(r"COWS \d on 20 Oct 2025, \d on 18 Nov 2025\.", words_of["measures"])
    assert words_of["state"] == "Completed treatment on 18 Nov 2025."


def test_a_summary_that_was_begun_is_gone_on_with_as_it_is(here: World, sara: Episode) -> None:
    nurse, address = signed_in(here.on_unit), f"/clients/{sara.client_id}/papers/summary/"
    answer = nurse.post(address, {"key": str(uuid4())})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/clients/{sara.client_id}/write/discharge-summary/",
    )
    [draft] = NoteDraft.objects.all()
    assert (draft.by, draft.template) == (here.on_unit, "discharge-summary")
    assert "Residential 3.5" in draft.fields["course"]
    NoteDraft.objects.update(fields={"course": "In my own words."}, saved_at=timezone.now())
    assert nurse.post(address, {"key": str(uuid4())}).status_code == 302
    assert NoteDraft.objects.get().fields == {"course": "In my own words."}
    assert nurse.get(answer.headers["Location"]).status_code == 200
