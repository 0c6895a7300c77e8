"""Wristbands and labels: who may print them, what they say, and that a scanner reads them back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from admissions.actions import discharge
from audit.models import Event
from audit.rules.findings import Refused
from emar.actions.bands import give_band, print_band, replace_band
from emar.actions.labels import print_labels
from emar.actions.policies import set_policy
from emar.models import Barcode
from programs import bands
from programs.models import Wristband
from programs.rules.bands import NameForm
from programs.rules.codes import BAND, LABEL, is_code
from staff.access import NotAllowed
from staff.rules.capabilities import Role
from tests.documents.reading import words
from tests.documents.scanner import codes
from tests.emar.bands import band
from tests.emar.conftest import NOW, Morning, make_morning
from tests.emar.desk import body
from tests.factories import assign, client, person
from tests.factories.meds import barcode, medication
from tests.signing import signed_in as as_

MINUTE = timedelta(minutes=1)


def given(morning: Morning, **changes: Any) -> Wristband:
    asked: dict[str, Any] = {
        "by": morning.here.intake,
        "at": NOW,
        "site_id": morning.here.site.pk,
        "client_id": morning.elin.pk,
    }
    return give_band(**asked | changes)


def replaced(morning: Morning, **changes: Any) -> Wristband:
    asked: dict[str, Any] = {
        "by": morning.here.on_unit,
        "at": NOW + MINUTE,
        "site_id": morning.here.site.pk,
        "client_id": morning.elin.pk,
    }
    return replace_band(**asked | {"why": "lost"} | changes)


@pytest.fixture
def today(db: None) -> Morning:
    """A morning on the clock of the pages."""
    return make_morning(timezone.now())


def test_a_person_gets_one_wristband_with_a_code_of_its_own(morning: Morning) -> None:
    key = uuid4()
    mine = given(morning, key=key)
    assert is_code(BAND, mine.code)
    assert given(morning, key=key) == mine  # a double tap
    with pytest.raises(Refused, match="has a wristband that counts"):
        given(morning, at=NOW + MINUTE)
    assert Event.objects.get(verb="programs.give_band").summary == "Wristband given to E. N."


def test_a_lost_wristband_is_ended_and_a_new_one_counts(morning: Morning) -> None:
    old = given(morning)
    new = replaced(morning)
    old.refresh_from_db()
    assert (old.ended_at, old.ended_by, old.ended_why) == (NOW + MINUTE, morning.here.on_unit, "lost")
    assert bands.current(morning.elin.pk, NOW + MINUTE) == new
    assert bands.current(morning.elin.pk, NOW) == old
    assert bands.codes_of([morning.elin.pk], NOW + MINUTE) == {new.code: morning.elin.pk}


@pytest.mark.parametrize(
    ("first", "why", "said"),
    [
        (False, "lost", "no wristband to replace"), (True, "bored", "Choose why there is a new wristband"),
        (True, "left", "Choose why there is a new wristband"),
    ],
)  # fmt: skip
def test_a_new_one_needs_an_old_one_and_a_reason(morning: Morning, first: bool, why: str, said: str) -> None:
    if first:
        given(morning)
    with pytest.raises(Refused, match=said):
        replaced(morning, why=why)


def test_a_wristband_is_not_replaced_in_the_moment_it_was_printed(morning: Morning) -> None:
    given(morning)
    with pytest.raises(Refused, match="printed at this very moment"):
        replaced(morning, at=NOW)


def test_nobody_from_elsewhere_gets_one_and_not_everybody_may_print(morning: Morning) -> None:
    stranger = client(morning.here, "Wale", "Tunde")
    with pytest.raises(Refused, match="not in care here"):
        given(morning, client_id=stranger.pk)
    with pytest.raises(NotAllowed, match="print wristbands and labels"):
        given(morning, by=morning.here.facilitator)


def test_who_is_discharged_wears_a_band_that_counts_no_more(morning: Morning) -> None:
    given(morning)
    discharge.discharge(
        by=morning.here.director, at=NOW + MINUTE, episode_id=morning.episode.pk, outcome="completed", note=""
    )
    worn = Wristband.objects.get()
    assert (worn.ended_at, worn.ended_why) == (NOW + MINUTE, "left")
    with pytest.raises(Refused, match=r"no wristband yet|not in care here"):
        print_band(by=morning.here.intake, at=NOW + 2 * MINUTE, site_id=morning.here.site.pk, client_id=morning.elin.pk)


def test_the_database_keeps_bands_as_they_were_printed(morning: Morning) -> None:
    mine = given(morning)
    for change in ({"code": "W84G7ZWYRD6S"}, {"client": client(morning.here, "Wale", "Tunde")}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Wristband.objects.filter(pk=mine.pk).update(**change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        mine.delete()
    for wrong, name in (
        ({"code": "X84G7ZWYRD6S"}, "programs_wristband_code"), ({"code": mine.code}, "code"),
        ({"code": "W84G7ZWYRD6S"}, "programs_one_wristband"),
        ({"code": "W84G7ZWYRD6S", "ended_at": NOW + MINUTE}, "programs_wristband_ended_by_someone"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Wristband.objects.create(**{"client": morning.elin, "started_at": NOW, "by": morning.here.intake} | wrong)
    replaced(morning)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Wristband.objects.filter(pk=mine.pk).update(ended_why="damaged")


def test_the_page_gives_prints_and_replaces(today: Morning) -> None:
    browser, page = as_(today.here.intake), f"/pass/bands/{today.elin.pk}/"
    assert "No wristband yet" in body(browser.get(page))
    assert browser.post(f"{page}give/", {"key": str(uuid4())}).status_code == 302
    mine = Wristband.objects.get()
    pdf = browser.get(f"{page}pdf/")
    assert codes(pdf.content) == {("Code 128", mine.code), ("QR Code", mine.code)}
    assert pdf["Cache-Control"] == "private, no-store"
    said = words(pdf.content)
    assert "Elin N." in said
    for secret in ("Novak", "R0001", "Riverbend", "Recovery", "Residential", "3.5", "Alder", "1988"):
        assert secret not in said
    assert Event.objects.filter(verb="programs.print_band", client_id=today.elin.pk).count() == 1
    assert browser.post(f"{page}give/", {"key": str(uuid4()), "why": "damaged"}).status_code == 302
    again = browser.get(f"{page}pdf/").content
    assert {code for _, code in codes(again)} == {Wristband.objects.get(ended_at=None).code} != {mine.code}


def test_a_refused_page_says_why_and_strangers_are_not_there(today: Morning) -> None:
    browser = as_(today.here.intake)
    page = f"/pass/bands/{today.elin.pk}/"
    answer = browser.post(f"{page}give/", {"key": str(uuid4()), "why": "lost"})
    assert answer.status_code == 422
    assert "no wristband to replace" in body(answer)
    assert browser.get(f"{page}pdf/").status_code == 422
    assert browser.get(f"/pass/bands/{client(today.here, 'Wale', 'Tunde').pk}/").status_code == 404


def test_the_site_says_how_names_stand_on_bands(today: Morning) -> None:
    here = today.here
    band(today.elin, by=here.intake, at=here.now)
    boss = assign(person("boss", "Bo Boss"), here.site, Role.ADMINISTRATOR, at=here.now)
    asked: dict[str, Any] = {"by": boss, "site_id": here.site.pk, "source": "House rule"}
    set_policy(at=here.now - 2 * MINUTE, band_name=NameForm.INITIALS, **asked)
    pdf = as_(here.intake).get(f"/pass/bands/{today.elin.pk}/pdf/").content
    assert "E. N." in words(pdf)
    set_policy(at=here.now - MINUTE, numbers={"undo_minutes": 20}, **asked)  # what is not named stays
    assert "Elin" not in words(as_(here.intake).get(f"/pass/bands/{today.elin.pk}/pdf/").content)
    set_policy(at=here.now, band_name=NameForm.FULL, **asked)
    assert "Elin Novak" in words(as_(here.intake).get(f"/pass/bands/{today.elin.pk}/pdf/").content)


def test_a_medication_gets_a_code_once_and_a_scanner_reads_it(today: Morning) -> None:
    browser, drug = as_(today.here.on_unit), today.thiamine.medication
    page = body(browser.get("/pass/labels/"))
    assert "Thiamine 100 mg tablet" in page
    assert "Single doses, 28 to a sheet" in page
    form = {"key": str(uuid4()), "medication": [drug.pk], "size": "unit", "each": "3"}
    pdf = browser.post("/pass/labels/print/", form)
    code = Barcode.objects.get().code
    assert is_code(LABEL, code)
    assert codes(pdf.content) == {("Code 128", code), ("QR Code", code)}
    assert words(pdf.content).count("Thiamine") == 3
    browser.post("/pass/labels/print/", form | {"key": str(uuid4()), "size": "bin"})
    assert Barcode.objects.count() == 1  # what was printed before goes on naming it
    assert [event.summary for event in Event.objects.filter(verb="emar.print_labels").order_by("pk")] == [
        "Labels printed for 1 medication, 1 with a new code", "Labels printed for 1 medication",
    ]  # fmt: skip


def test_a_label_of_the_site_is_printed_as_it_is(today: Morning) -> None:
    drug = medication("Lithium carbonate", "300 mg", high_alert=True, dea_schedule="")
    barcode(drug, "LI-300")
    pdf = as_(today.here.on_unit).post(
        "/pass/labels/print/", {"key": str(uuid4()), "medication": [drug.pk], "size": "bin", "each": "1"}
    )
    assert {code for _, code in codes(pdf.content)} == {"LI-300"}
    assert "High alert" in words(pdf.content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"medication": []}, "Choose at least one medication."), ({"medication": ["987654"]}, "One is gone. Choose again."),
        ({"each": "many"}, "Write how many as a number, 1 to 56."), ({"each": "0"}, "greater than or equal to 1"),
        ({"size": "poster"}, "is not one of the available choices"),
    ],
)  # fmt: skip
def test_a_choice_that_makes_no_sense_prints_nothing(today: Morning, changes: dict[str, Any], said: str) -> None:
    form = {"key": str(uuid4()), "medication": [today.thiamine.medication_id], "size": "unit", "each": "1"} | changes
    answer = as_(today.here.on_unit).post("/pass/labels/print/", form)
    assert answer.status_code == 422
    assert said in body(answer)
    assert not Barcode.objects.exists()


def test_labels_are_for_the_formulary_and_for_who_may(morning: Morning) -> None:
    off = medication("Thorazine", "100 mg", is_active=False)
    asked: dict[str, Any] = {"at": NOW, "site_id": morning.here.site.pk}
    with pytest.raises(Refused, match="Choose 1 to 60 medications"):
        print_labels(by=morning.here.on_unit, medications=[off.pk], **asked)
    with pytest.raises(NotAllowed):
        print_labels(by=morning.here.facilitator, medications=[morning.thiamine.medication_id], **asked)
