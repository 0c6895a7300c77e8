"""The pages of a chart's facts: what each role sees and may do, what a form says back, and how often the database is asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from chart.actions.allergies import note_allergy, state_none_known
from chart.actions.screens import collect_screen
from chart.models import (
    Allergy,
    BelongingEnd,
    Contact,
    Diagnosis,
    DrugScreen,
    Inventory,
    NoKnownAllergies,
    SafetyPlan,
    SafetySigning,
    ScreenResult,
)
from programs.models import Client
from staff.rules.capabilities import Role
from tests.factories import PIN, World, admit, assign, client, person, signs
from tests.signing import signed_in

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def now():  # type: ignore[no-untyped-def]
    """The pages stand on the clock of the request."""
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def elin(here: World) -> Client:
    """Someone in care."""
    who = client(here, "Elin", "Novak")
    admit(here, who, here.residential, here.beds[0])
    return who


@pytest.fixture
def nurse(here: World) -> Browser:
    """RN Cole, signed in."""
    return signed_in(here.on_unit)


def address(name: str, *keys: int) -> str:
    """A page of the chart."""
    return reverse(f"chart:{name}", args=keys)


def sent(browser: Browser, name: str, /, *keys: int, **typed: object):  # type: ignore[no-untyped-def]
    """A form, sent with a key of its own."""
    return browser.post(address(name, *keys), {"key": str(uuid4())} | typed)


def test_not_asked_none_known_and_listed_look_different(here: World, elin: Client, nurse: Browser) -> None:
    page = address("facts", elin.pk)
    assert b"Allergies: not asked yet." in nurse.get(page).content
    assert sent(nurse, "none_known", elin.pk).status_code == 302
    assert NoKnownAllergies.objects.get().by == here.on_unit
    shown = nurse.get(page).content.decode()
    assert "No known allergies." in shown and "not asked yet" not in shown
    typed = {"substance": "penicillin", "kind": "allergy", "severity": "life", "reaction": "Anaphylaxis"}
    assert sent(nurse, "allergy", elin.pk, **typed).status_code == 302
    shown = nurse.get(page).content.decode()
    assert "penicillin (Anaphylaxis, life-threatening)" in shown and "No known allergies." not in shown


def test_a_form_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(elin: Client, here: World) -> None:
    doctor = signed_in(here.prescriber)
    answer = sent(doctor, "diagnosis", elin.pk, name="Alcohol use", code="F10.20.3", kind="secondary")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "F10.20.3 has two dots" in shown and 'value="Alcohol use"' in shown
    assert not Diagnosis.objects.exists()


def test_a_birth_date_in_the_future_is_refused_with_a_sentence(elin: Client, here: World) -> None:
    intake = signed_in(here.intake)
    typed = {
        "first_name": "Elin", "last_name": "Novak", "born_on": "2088-03-14", "clinical_sex": "unknown", "why": "x",
        "housing_preference": "any", "seen": elin.history.latest("history_id").history_id,
    }  # fmt: skip
    answer = sent(intake, "record_change", elin.pk, **typed)
    assert answer.status_code == 422 and b"lies in the future" in answer.content
    assert sent(intake, "record_change", elin.pk, **(typed | {"born_on": "1988-03-15"})).status_code == 302
    elin.refresh_from_db()
    assert f"{elin.born_on}" == "1988-03-15"
    assert b"15 Mar 1988" in intake.get(address("record", elin.pk)).content


def test_pasted_markup_is_words(here: World, elin: Client, nurse: Browser) -> None:
    sent(nurse, "allergy", elin.pk, substance=MARKUP, kind="allergy", severity="mild", reaction=MARKUP)
    sent(nurse, "safety_write", elin.pk, signs=MARKUP, ask=MARKUP, seen=0)
    for name in ("facts", "safety"):
        shown = nurse.get(address(name, elin.pk)).content.decode()
        assert "alert(1)" in shown and MARKUP not in shown


def test_a_contact_says_that_nobody_may_be_told(here: World, elin: Client) -> None:
    intake = signed_in(here.intake)
    assert sent(intake, "contact", elin.pk, name="Ana Novak", relation="sister", phone="555 0134").status_code == 302
    shown = intake.get(address("facts", elin.pk)).content.decode()
    assert "No consent on file: do not confirm presence" in shown
    assert sent(intake, "contact_end", elin.pk, Contact.objects.get().pk).status_code == 302
    assert sent(intake, "channel", elin.pk, way="mail", allowed="no").status_code == 302
    assert sent(intake, "team", elin.pk, person=here.on_unit.pk, part="nurse").status_code == 302
    shown = intake.get(address("facts", elin.pk)).content.decode()
    assert "Not allowed" in shown and "Robin Cole" in shown and "Ana Novak" not in shown


def test_a_technician_sees_what_they_do_and_no_more(here: World, elin: Client, nurse: Browser) -> None:
    tech = signed_in(assign(person("moss", "Ty Moss"), here.site, Role.TECHNICIAN, at=here.now))
    shown = tech.get(address("facts", elin.pk)).content.decode()
    assert "Belongings" in shown and "Drug screens" in shown
    assert "Diagnoses" not in shown and "Safety plan" not in shown
    typed = {"outcome": "collected", "panel": "urine-12", "specimen": "urine", "observed": "yes", "temperature": "yes"}
    at = here.now.astimezone(here.site.tz).strftime("%Y-%m-%dT%H:%M")
    assert sent(tech, "screen_new", elin.pk, collected_at=at, **typed).status_code == 302
    screen = DrugScreen.objects.get()
    page = address("screen", elin.pk, screen.pk)
    assert (
        sent(nurse, "screen", elin.pk, screen.pk, fill="negative", **{"result-cocaine": "presumptive"}).status_code
        == 302
    )
    assert ScreenResult.objects.filter(result="negative").count() == 11
    assert b"Presumptive positive" in nurse.get(page).content
    for name in ("facts", "screens"):
        assert b"Cocaine" not in tech.get(address(name, elin.pk)).content, "results are not for them"
    assert b"Presumptive positive" not in tech.get(page).content
    assert tech.get(address("safety", elin.pk)).status_code == 403


def test_two_take_in_and_one_thing_goes_back(here: World, elin: Client, nurse: Browser) -> None:
    signs(here.second_nurse, here.site, at=here.now)
    item = {"0-kind": "phone", "0-description": "Phone, black", "0-count": "1", "0-kept": "Locker 4"}
    second = {"second": here.second_nurse.pk, "pin": PIN}
    answer = sent(nurse, "belongings_new", elin.pk, **(item | second | {"0-count": "none"}))
    assert answer.status_code == 422 and b"Phone, black" in answer.content and b"Count them" in answer.content
    assert sent(nurse, "belongings_new", elin.pk, **item, **second).status_code == 302
    row = Inventory.objects.get()
    paper = nurse.get(address("belongings_pdf", elin.pk, row.pk))
    assert paper["Content-Type"] == "application/pdf"
    strokes = "[[[100,100,0],[400,200,50],[700,100,90]]]"
    typed = {"how": "returned", "signed_as": "Elin Novak", "strokes": strokes}
    assert sent(nurse, "belonging_end", elin.pk, row.items.get().pk, **typed).status_code == 302
    answer = sent(nurse, "belonging_end", elin.pk, row.items.get().pk, **typed)
    assert answer.status_code == 422 and b"Phone, black left at" in answer.content
    assert BelongingEnd.objects.count() == 1
    assert b"<polyline" in nurse.get(address("belongings", elin.pk)).content


def test_the_same_list_sent_twice_is_taken_in_once(here: World, elin: Client, nurse: Browser) -> None:
    signs(here.second_nurse, here.site, at=here.now)
    typed = {
        "0-kind": "phone", "0-description": "Phone", "0-count": "1", "0-kept": "Locker 4", "key": str(uuid4()),
        "second": here.second_nurse.pk, "pin": PIN,
    }  # fmt: skip
    for _ in range(2):
        assert nurse.post(address("belongings_new", elin.pk), typed).status_code == 302
    assert Inventory.objects.count() == 1


def test_a_safety_plan_is_written_signed_and_printed(here: World, elin: Client) -> None:
    counsellor = signed_in(here.facilitator)
    answer = sent(counsellor, "safety_write", elin.pk, signs="I stop answering", ask="", seen=0)
    assert answer.status_code == 422 and b"I stop answering" in answer.content
    assert sent(counsellor, "safety_write", elin.pk, signs="I stop answering", ask="Ana", seen=0).status_code == 302
    plan = SafetyPlan.objects.get()
    assert sent(counsellor, "safety_sign", elin.pk, plan.pk, how="drawn", strokes="not json").status_code == 422
    assert sent(counsellor, "safety_sign", elin.pk, plan.pk, how="word").status_code == 302
    assert SafetySigning.objects.get().how == "word"
    assert counsellor.get(address("safety_pdf", elin.pk, plan.pk))["Content-Type"] == "application/pdf"


def test_what_is_still_kept_is_said_where_somebody_is_discharged(here: World, elin: Client, nurse: Browser) -> None:
    signs(here.second_nurse, here.site, at=here.now)
    item = {"0-kind": "phone", "0-description": "Phone", "0-count": "1", "0-kept": "Locker 4"}
    sent(nurse, "belongings_new", elin.pk, **item, second=here.second_nurse.pk, pin=PIN)
    asked = signed_in(here.director).get(reverse("admissions:discharge", args=[here.beds[0].pk]))
    assert b"1 thing is still kept for" in asked.content


@pytest.mark.parametrize("name", ["facts", "record", "safety", "screens", "belongings", "allergy", "belongings_new"])
def test_another_site_knows_nobody(here: World, elin: Client, name: str) -> None:
    assert signed_in(here.elsewhere).get(address(name, elin.pk)).status_code == 404


def test_the_page_asks_as_often_with_a_long_history(
    here: World, elin: Client, nurse: Browser, django_assert_max_num_queries: object
) -> None:
    state_none_known(by=here.on_unit, at=here.now - timedelta(days=9), client_id=elin.pk)
    for number in range(8):
        note_allergy(
            by=here.on_unit,
            at=here.now - timedelta(hours=9 - number),
            client_id=elin.pk,
            substance=f"dust {number}",
            kind="allergy",
        )
        collect_screen(
            by=here.on_unit, at=here.now, client_id=elin.pk, outcome="refused", specimen="urine", panel="urine-12",
            observed=False, collected_at=here.now - timedelta(hours=number + 1),
        )  # fmt: skip
    with django_assert_max_num_queries(36):  # type: ignore[operator]
        shown = nurse.get(address("facts", elin.pk)).content.decode()
    assert Allergy.objects.count() == 8 and "3 more" in shown
