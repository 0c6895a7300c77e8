"""The release page over the wire: what the gate says, the PIN, the file, and what stands in it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser

from audit.models import Event
from chart.models import Allergy, Note
from config.contributions import SECTIONS
from privacy.models import Disclosure, ShareLink
from privacy.rules.notices import notice_named
from privacy.rules.sections import CLASS_OF
from programs.models import Client, Episode
from programs.papers import Span
from tests.documents.reading import pages, words
from tests.factories import World, admit, client, signs
from tests.factories.people import PIN
from tests.privacy.gate_rows import DAY, consent, recipient
from tests.signing import signed_in


@pytest.fixture
def sara(here: World) -> Episode:
    signs(here.director, here.site, at=here.now)
    who = client(here, "Sara", "Amari")
    return admit(here, who, here.residential, here.beds[0])


@pytest.fixture
def today(here: World, sara: Episode) -> Client:
    """What the page prints, with the real clock: an allergy and a note of yesterday."""
    Allergy.objects.create(client=sara.client, substance="penicillin", reaction="hives", noted_at=here.now - DAY)
    note = Note(
        episode=sara, site=here.site, kind="progress", text="What nobody outside may read.", about_at=here.now - DAY,
        written_at=here.now - DAY, by=here.on_unit,
    )  # fmt: skip
    note.sha256 = note.digest()
    note.save()
    return sara.client


def asked(here: World, to: object, **more: object) -> dict[str, object]:
    """The form as it is sent."""
    return {
        "to": str(to), "purpose": "TREAT", "classes": ["allergies", "medications"], "first": f"{here.day(-9)}",
        "last": f"{here.day()}", "channel": "file", "attachment": "scope", "pin": PIN, "key": str(uuid4()),
    } | more  # fmt: skip


def test_the_gate_says_beside_the_form_what_it_would_do(here: World, today: Client) -> None:
    clinic, browser = recipient(here), signed_in(here.director)
    address = f"/clients/{today.pk}/release/gate/"
    said = browser.post(address, asked(here, clinic.pk, pin="")).content.decode()
    assert "Refused" in said and "No consent in force lets this go to Harbour Clinic" in said
    consent(here, today)
    said = browser.post(address, asked(here, clinic.pk, pin="")).content.decode()
    assert "May go" in said and "The long notice of 42 CFR 2.32" in said
    assert "Refused" not in browser.post(address, {"to": "", "pin": ""}).content.decode()
    assert not Event.objects.filter(verb__startswith="privacy.re").exclude(verb="privacy.recipient").exists()


def test_refused_then_released_and_the_paper_says_what_the_law_asks(here: World, today: Client) -> None:
    clinic, browser = recipient(here), signed_in(here.director)
    send = f"/clients/{today.pk}/release/send/"
    answer = browser.post(send, asked(here, clinic.pk))
    assert answer.status_code == 422 and "Nothing was released" in answer.content.decode()
    assert not Disclosure.objects.exists() and Event.objects.filter(verb="privacy.refused").count() == 1
    consent(here, today)
    answer = browser.post(send, asked(here, clinic.pk), follow=True)
    row = Disclosure.objects.get()
    assert answer.redirect_chain == [(f"/clients/{today.pk}/release/{row.pk}/", 302)]
    file = browser.get(f"/clients/{today.pk}/release/{row.pk}/file/")
    assert (file.status_code, file.headers["Content-Type"]) == (200, "application/pdf")
    text = words(file.content)
    assert " ".join(notice_named("2.32-long-2024").text.split()) in text
    for expected in ("Harbour Clinic", "1 Quay Street", "treatment", "penicillin", "Scope of the consent", "R0001"):
        assert expected in text, expected
    assert "nobody outside" not in text and "Medications: orders and doses: nothing is recorded" in text
    short = notice_named("2.32-short-2024").text
    assert all(short in " ".join(page.split()) for page in pages(file.content))


def test_a_discharge_summary_goes_as_such_and_not_among_the_notes(here: World, sara: Episode, today: Client) -> None:
    summary = Note(
        episode=sara, site=here.site, kind="progress", template="discharge-summary", text="Leaves in good health.",
        about_at=here.now - DAY, written_at=here.now - DAY, by=here.on_unit,
    )  # fmt: skip
    summary.sha256 = summary.digest()
    summary.save()
    consent(here, today)
    clinic, browser = recipient(here), signed_in(here.director)
    for part, there, not_there in (
        ("notes", "What nobody outside may read.", "Leaves in good health."), ("discharge", "Leaves in good health.", "nobody outside"),
    ):  # fmt: skip
        browser.post(f"/clients/{today.pk}/release/send/", asked(here, clinic.pk, classes=[part]))
        row = Disclosure.objects.latest("pk")
        assert row.file is not None
        text = words(bytes(row.file.content))
        assert there in text and not_there not in text, part


def test_the_file_is_for_who_released_it_and_for_a_while(here: World, today: Client) -> None:
    clinic, browser = recipient(here), signed_in(here.director)
    consent(here, today)
    browser.post(f"/clients/{today.pk}/release/send/", asked(here, clinic.pk))
    row = Disclosure.objects.get()
    address = f"/clients/{today.pk}/release/{row.pk}/file/"
    assert signed_in(here.on_unit).get(address).status_code == 422
    fields = {
        field.attname: getattr(row, field.attname) for field in Disclosure._meta.concrete_fields if field.name != "id"
    }
    old = Disclosure.objects.create(**fields | {"at": row.at - timedelta(minutes=15)})
    answer = browser.get(f"/clients/{today.pk}/release/{old.pk}/file/")
    assert answer.status_code == 422 and "Release the record again" in answer.content.decode()


def test_a_wrong_pin_releases_nothing(here: World, today: Client) -> None:
    clinic = recipient(here)
    consent(here, today)
    answer = signed_in(here.director).post(f"/clients/{today.pk}/release/send/", asked(here, clinic.pk, pin="9182"))
    assert answer.status_code == 422 and not Disclosure.objects.exists()


def test_a_form_that_is_not_whole_says_what_is_missing(here: World, today: Client) -> None:
    send = f"/clients/{today.pk}/release/send/"
    browser = signed_in(here.director)
    for wrong, sentence in (
        ({"to": ""}, "Choose who receives it."), ({"to": "987654321"}, "Choose someone from the list."),
        ({"purpose": "WAR"}, "Choose a purpose from the list."), ({"last": "2199-01-01"}, "This day has not come yet."),
        ({"first": "2199-01-01"}, "Choose an earlier one."), ({"first": "1900-01-01"}, "at most three years"),
    ):  # fmt: skip
        answer = browser.post(send, asked(here, "client", request="In person") | wrong)
        assert answer.status_code == 422 and sentence in answer.content.decode(), wrong
    assert not Disclosure.objects.exists()


def test_a_link_is_shown_once_with_its_code_and_opens_for_whoever_has_both(here: World, today: Client) -> None:
    clinic, browser = recipient(here), signed_in(here.director)
    consent(here, today)
    page = browser.post(
        f"/clients/{today.pk}/release/send/", asked(here, clinic.pk, channel="link", hours="24", openings="1")
    )
    link, made = ShareLink.objects.get(), page.context["made"]
    assert page.status_code == 200 and made.code in page.content.decode() and made.token in page.content.decode()
    listed = browser.get(f"/clients/{today.pk}/release/").content.decode()
    assert "Links that stand" in listed and made.code not in listed and made.token not in listed
    outside = Browser()
    opened = outside.post(f"/shared/{made.token}/", {"code": f"{made.code[:4]} {made.code[4:]}"})
    assert opened.status_code == 200 and "penicillin" in words(opened.content)
    assert outside.post(f"/shared/{made.token}/", {"code": made.code}).status_code == 404
    assert Disclosure.objects.get().link == link


def test_every_part_of_the_paper_of_a_chart_belongs_to_a_class(here: World, today: Client) -> None:
    """A new part is named in privacy/rules/sections.py, or it never leaves."""
    span = Span((today.pk,), here.now - 30 * DAY, here.now, here.now, here.site.tz)
    titles = {part.title for provider in SECTIONS for part in provider(span)}
    assert titles <= set(CLASS_OF) and len(titles) > 10
