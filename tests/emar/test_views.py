"""The pages of the pass: who gets in, what a tap answers, and what is not there."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pypdf import PdfReader

from chart.models import Allergy
from emar.keys import dose_pk, minute_of
from emar.models import Administration, PassClient, PassRun, Reassessment, ReassessmentResult
from emar.queries import dose_row, pass_page, prn_row
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.schedule import Once
from staff.models import Person
from tests import signing
from tests.emar.conftest import Morning, make_morning
from tests.factories.meds import at_times, hold_if, medication, order
from tests.factories.people import PIN, signs


@pytest.fixture
def morning(db: None) -> Morning:
    """Now, with a dose due a minute ago: views take the clock of the desk."""
    made = make_morning(timezone.now())
    due = made.here.now - timedelta(minutes=1)
    made.thiamine = order(made.episode, made.thiamine.medication, Once(), by=made.here.prescriber, started_at=due)
    return made


def signed_in(who: Person | None) -> Browser:
    return signing.signed_in(who, **{"hx-request": "true"})


def pass_url(morning: Morning) -> str:
    return f"/pass/{morning.here.unit.pk}/{minute_of(morning.thiamine.started_at)}/"


def verified(morning: Morning, who: Person) -> Browser:
    browser = signed_in(who)
    answer = browser.post(f"{pass_url(morning)}{morning.elin.pk}/verify/", {"by": ["name", "birth_date"]})
    assert answer.status_code == 302
    return browser


def tap(morning: Morning, browser: Browser, **changes: Any) -> Any:
    minute = minute_of(morning.thiamine.started_at)
    row = dose_row(morning.here.site, morning.thiamine.pk, minute, at=timezone.now())
    assert row is not None
    form = {"key": str(row.key), "outcome": "given", "amount": "100", "unit": "mg"} | changes
    return browser.post(f"/pass/orders/{morning.thiamine.pk}/{minute}/chart/", form)


def test_one_tap_answers_the_row_as_given(morning: Morning) -> None:
    answer = tap(morning, verified(morning, morning.here.on_unit))
    pk = dose_pk(morning.thiamine.pk, morning.thiamine.started_at)
    assert answer.status_code == 200
    assert f'id="dose-{pk}" data-fragment data-state="given"' in answer.content.decode()
    assert Administration.objects.get().identifiers == ["birth_date", "name"]


def test_the_same_tap_twice_is_one_dose_and_one_answer(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    minute = minute_of(morning.thiamine.started_at)
    row = dose_row(morning.here.site, morning.thiamine.pk, minute, at=timezone.now())
    assert row is not None
    first, again = (tap(morning, browser, key=str(row.key)) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert Administration.objects.count() == 1


def test_a_colleagues_tap_is_told_who_was_first(morning: Morning) -> None:
    tap(morning, verified(morning, morning.here.on_unit))
    answer = tap(morning, verified(morning, morning.here.second_nurse))
    assert answer.status_code == 409
    assert "by RN Cole." in answer.content.decode()
    assert 'data-severity="other"' in answer.content.decode()


def test_without_two_identifiers_nothing_is_charted(morning: Morning) -> None:
    browser = signed_in(morning.here.on_unit)
    answer = browser.post(f"{pass_url(morning)}{morning.elin.pk}/verify/", {"by": ["photo"]})
    assert answer.status_code == 422
    assert "One is not enough" in answer.content.decode()
    refused = tap(morning, browser)
    assert refused.status_code == 422
    assert "Check two identifiers first" in refused.content.decode()
    assert not Administration.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"amount": "NaN"}, {"amount": "lots"}, {"outcome": "eaten"}, {"key": ""}, {"amount": ""}]
)
def test_a_wrong_value_gets_a_sentence(morning: Morning, changes: dict[str, str]) -> None:
    answer = tap(morning, verified(morning, morning.here.on_unit), **changes)
    assert answer.status_code == 422
    assert "finding__message" in answer.content.decode()
    assert not Administration.objects.exists()


def test_a_late_dose_opens_a_sheet_that_asks_why(morning: Morning) -> None:
    made = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber,
        started_at=morning.here.now - timedelta(minutes=3),
    )  # fmt: skip
    browser = verified(morning, morning.here.on_unit)
    tap(morning, browser)
    morning.thiamine = made
    answer = tap(morning, browser)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#sheet")
    assert 'name="why-dose.given_lately"' in answer.content.decode()
    again = tap(morning, browser, sheet="yes", **{"why-dose.given_lately": "Ordered twice on purpose"})
    assert again.status_code == 200
    assert Administration.objects.count() == 2


def test_reasons_already_given_stay_when_another_is_asked_for(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    answer = tap(morning, browser, sheet="yes", outcome="refused", amount="", **{"why-dose.late_entry": "Power cut"})
    assert answer["HX-Retarget"] == "#sheet-findings"
    assert 'name="why-dose.late_entry" value="Power cut"' in answer.content.decode()


def test_what_is_elsewhere_or_nowhere_is_404(morning: Morning) -> None:
    nurse, elsewhere = signed_in(morning.here.on_unit), signed_in(morning.here.elsewhere)
    url, minute = pass_url(morning), minute_of(morning.thiamine.started_at)
    for path in (
        "/pass/999/1/", f"/pass/{morning.here.unit.pk}/99999999999/", f"{url}?client=999", f"{url}?client=x",
        f"/pass/orders/999/{minute}/sheet/", "/pass/orders/999/sheet/", "/pass/charted/999/sheet/",
    ):  # fmt: skip
        assert nurse.get(path).status_code == 404, path
    for path in (url, f"/pass/orders/{morning.thiamine.pk}/{minute}/sheet/"):
        assert elsewhere.get(path).status_code == 404, path
    assert tap(morning, elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("who", "see", "give"),
    [
        ("on_unit", 200, 200),
        ("prescriber", 200, 403),
        ("director", 200, 403),
        ("intake", 403, 403),
        ("facilitator", 403, 403),
    ],
)
def test_who_may_see_and_who_may_give(morning: Morning, who: str, see: int, give: int) -> None:
    browser = signed_in(getattr(morning.here, who))
    minute = minute_of(morning.thiamine.started_at)
    assert browser.get("/pass/").status_code == see
    assert browser.get(pass_url(morning)).status_code == see
    assert browser.get(f"/pass/orders/{morning.thiamine.pk}/{minute}/sheet/").status_code == give


def test_a_page_takes_few_questions(morning: Morning, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(morning.here.on_unit)
    # fourteen are the pass, five the client in hand; the rest is the session, the desk and the frame
    with django_assert_max_num_queries(25):
        assert browser.get(pass_url(morning)).status_code == 200


def test_undo_makes_the_dose_due_again_and_it_can_be_given_once_more(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    tap(morning, browser)
    row = Administration.objects.get()
    sheet = browser.get(f"/pass/charted/{row.pk}/undo/sheet/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', sheet)
    assert key is not None
    again = [
        browser.post(f"/pass/charted/{row.pk}/undo/", {"key": key[1], "note": "Wrong tap"}).content.decode()
        for _ in range(2)
    ]
    assert again[0] == again[1]
    assert 'data-state="due"' in again[0]
    assert tap(morning, browser).status_code == 200
    assert [each.outcome for each in Administration.objects.order_by("pk")] == ["given", "undone", "given"]


def test_a_colleague_cannot_undo_and_is_told_to_correct(morning: Morning) -> None:
    tap(morning, verified(morning, morning.here.on_unit))
    row = Administration.objects.get()
    answer = signed_in(morning.here.second_nurse).post(
        f"/pass/charted/{row.pk}/undo/", {"key": str(uuid4()), "note": "x"}
    )
    assert answer.status_code == 422
    assert "alone may undo it" in answer.content.decode()
    assert Administration.objects.count() == 1


def give_prn(morning: Morning, browser: Browser, **changes: Any) -> Any:
    row = prn_row(morning.here.site, morning.ibuprofen.pk, at=timezone.now())
    assert row is not None
    form = {
        "key": str(row.key), "outcome": "given", "amount": "400", "unit": "mg", "sheet": "yes",
        "prn_reason": "Headache", "scale": "pain", "score": "7",
    }  # fmt: skip
    return browser.post(f"/pass/orders/{morning.ibuprofen.pk}/chart/", form | changes)


def test_an_as_needed_dose_keeps_its_reason_and_score_and_is_looked_at_later(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    answer = give_prn(morning, browser)
    assert answer.status_code == 200
    row = Administration.objects.get()
    assert (row.prn_reason, row.scale, row.score) == ("Headache", "pain", Decimal(7))
    waiting = Reassessment.objects.get()
    html = answer.content.decode()
    assert f"/pass/effects/{waiting.pk}/sheet/" in html
    assert "Next at" in html
    sheet = browser.get(f"/pass/effects/{waiting.pk}/sheet/").content.decode()
    assert "before: Pain 7" in sheet
    form = {"key": str(uuid4()), "effect": "worked", "score": "2", "words": ""}
    first, again = (browser.post(f"/pass/effects/{waiting.pk}/", form) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    result = ReassessmentResult.objects.get()
    assert (result.effect, result.score, result.by) == ("worked", Decimal(2), morning.here.on_unit)


def test_without_a_score_the_sheet_asks_why(morning: Morning) -> None:
    answer = give_prn(morning, verified(morning, morning.here.on_unit), score="")
    assert answer.status_code == 422
    assert 'name="why-prn.score_needed"' in answer.content.decode()


def test_going_past_a_minimum_gap_names_the_prescriber(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    give_prn(morning, browser)
    answer = give_prn(morning, browser).content.decode()
    assert 'name="why-prn.too_soon"' in answer
    assert f'<option value="{morning.here.prescriber.pk}">' in answer
    past = {"why-prn.too_soon": "Told to", "contact_id": str(morning.here.prescriber.pk)}
    assert give_prn(morning, browser, **past).status_code == 200
    assert Administration.objects.count() == 2


def test_a_witness_signs_with_their_own_pin(morning: Morning) -> None:
    witness = signs(morning.here.second_nurse, morning.here.site, at=morning.here.now)
    morning.thiamine = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber, witness="required",
        started_at=morning.here.now - timedelta(minutes=2),
    )  # fmt: skip
    browser = verified(morning, morning.here.on_unit)
    asked = {"sheet": "yes", "witness-second": str(witness.pk)}
    for wrong in (
        {},
        asked,
        asked | {"witness-pin": "9182"},
        asked | {"witness-second": str(morning.here.on_unit.pk), "witness-pin": PIN},
    ):
        answer = tap(morning, browser, sheet="yes", **{name: value for name, value in wrong.items() if name != "sheet"})
        assert answer.status_code == 422
        assert not Administration.objects.exists()
    answer = tap(morning, browser, **asked | {"witness-pin": PIN})
    assert answer.status_code == 200
    row = Administration.objects.get()
    assert row.witness_proof is not None
    assert (row.witnessed_by, row.witness_proof.person) == (witness, witness)


def test_measured_values_go_with_the_dose_and_their_limit_is_said(morning: Morning) -> None:
    limits = limits_to_json([hold_if(Measure.SYSTOLIC, Comparison.BELOW, "100")])
    morning.thiamine = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber, hold_limits=limits,
        started_at=morning.here.now - timedelta(minutes=2),
    )  # fmt: skip
    browser, minute = verified(morning, morning.here.on_unit), minute_of(morning.thiamine.started_at)
    sheet = browser.get(f"/pass/orders/{morning.thiamine.pk}/{minute}/sheet/?give=yes").content.decode()
    assert "Hold if systolic is under 100 mmHg" in sheet
    low = tap(morning, browser, sheet="yes", **{"measure-systolic": "92"})
    assert "Systolic 92 is under 100. Hold the dose and tell the prescriber." in low.content.decode()
    assert tap(morning, browser, sheet="yes", **{"measure-systolic": "118"}).status_code == 200
    [measure] = Administration.objects.get().measures
    assert (measure["measure"], measure["value"]) == ("systolic", "118")


def test_a_place_on_the_body_is_asked_for_and_the_last_one_is_shown(morning: Morning) -> None:
    drug = medication("Naltrexone ER", "380 mg", sites="injection", form="injection", route="into the muscle")
    first, second = (
        order(
            morning.episode,
            drug,
            Once(),
            by=morning.here.prescriber,
            started_at=morning.here.now - timedelta(minutes=late),
        )
        for late in (2, 3)
    )
    browser, morning.thiamine = verified(morning, morning.here.on_unit), first
    dose = {"sheet": "yes", "amount": "380"}
    assert "Choose where it is injected" in tap(morning, browser, **dose).content.decode()
    assert tap(morning, browser, **dose, body_site="deltoid_left").status_code == 200
    sheet = browser.get(f"/pass/orders/{second.pk}/{minute_of(second.started_at)}/sheet/?give=yes").content.decode()
    assert re.search(r"Left upper arm \(deltoid\) <small[^>]*>last, ", sheet)


def test_a_client_who_takes_it_themselves_signs(morning: Morning) -> None:
    morning.thiamine = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber, mode="observed",
        started_at=morning.here.now - timedelta(minutes=2),
    )  # fmt: skip
    browser = verified(morning, morning.here.on_unit)
    unsigned = tap(morning, browser, sheet="yes", outcome="self_administered")
    assert "The client signs for what they took" in unsigned.content.decode()
    assert tap(morning, browser, sheet="yes", outcome="self_administered", attested_as="E. Novak").status_code == 200
    assert Administration.objects.get().attested_as == "E. Novak"


def test_a_late_entry_shows_both_clocks(morning: Morning) -> None:
    given = (morning.here.now - timedelta(minutes=20)).astimezone(morning.here.site.tz)
    morning.thiamine = order(
        morning.episode, morning.thiamine.medication, Once(), by=morning.here.prescriber,
        started_at=morning.here.now - timedelta(minutes=21),
    )  # fmt: skip
    browser = verified(morning, morning.here.on_unit)
    late = {"given_at": f"{given:%H:%M}", "sheet": "yes"}
    assert 'name="why-dose.late_entry"' in tap(morning, browser, **late).content.decode()
    answer = tap(morning, browser, **late, **{"why-dose.late_entry": "Power cut"}).content.decode()
    assert f"Given {given:%H:%M} by RN Cole · “Power cut” · entered " in answer


def test_finishing_is_refused_with_the_list_and_then_works(morning: Morning) -> None:
    browser, finish = verified(morning, morning.here.on_unit), f"{pass_url(morning)}finish/"
    assert "Elin Novak" in browser.get(f"{pass_url(morning)}waiting/").content.decode()
    refused = browser.post(finish)
    assert refused.status_code == 422
    assert re.search("(is|are) not charted", refused.content.decode())  # as many as the hour has due
    page = pass_page(morning.here.site, morning.here.unit.pk, morning.thiamine.started_at, at=timezone.now())
    assert page is not None
    for row in page.clients[0].open_doses:
        form = {"key": str(row.key), "outcome": "refused", "reason": "nausea", "sheet": "yes"}
        assert browser.post(f"/pass/orders/{row.drug.order_id}/{row.minute}/chart/", form).status_code == 200
    done = browser.post(finish)
    assert (done.status_code, "The pass is finished" in done.content.decode()) == (200, True)
    assert PassRun.objects.get().ended_by == morning.here.on_unit


def test_a_tablet_says_whom_it_has_open_and_when_it_goes(morning: Morning) -> None:
    browser, unit, elin = signed_in(morning.here.on_unit), morning.here.unit.pk, morning.elin.pk
    assert browser.post(f"/pass/{unit}/with/{elin}/").status_code == 204
    assert browser.post(f"/pass/{unit}/with/999999/").status_code == 409
    assert PassClient.objects.get(ended_at=None).client_id == elin
    assert browser.post(f"/pass/gone/{elin}/").status_code == 204
    assert not PassClient.objects.filter(ended_at=None).exists()


def test_a_page_loaded_anew_stays_though_the_old_ones_farewell_comes_after_its_first_word(morning: Morning) -> None:
    browser, unit, elin = signed_in(morning.here.on_unit), morning.here.unit.pk, morning.elin.pk
    first, second = (browser.post(f"/pass/{unit}/with/{elin}/")["X-Seen"] for _ in range(2))
    browser.post(f"/pass/gone/{elin}/?" + urlencode({"seen": first}))
    assert PassClient.objects.filter(ended_at=None).exists()
    assert browser.post(f"/pass/gone/{elin}/?seen=2026-13-45T99:00").status_code == 204
    assert not PassClient.objects.filter(ended_at=None).exists(), "what cannot be read is not known"
    browser.post(f"/pass/{unit}/with/{elin}/")
    browser.post(
        f"/pass/gone/{elin}/?" + urlencode({"seen": PassClient.objects.get(ended_at=None).seen_at.isoformat()})
    )
    assert second > first
    assert not PassClient.objects.filter(ended_at=None).exists()


def test_the_due_list_for_paper_says_what_is_due_and_when_it_was_read(morning: Morning) -> None:
    order(morning.episode, medication("Gabapentin", "300 mg"), at_times("08:00", "20:00"), by=morning.here.prescriber)
    Allergy.objects.create(client=morning.elin, substance="sulfa", noted_at=morning.here.now)
    tap(morning, verified(morning, morning.here.on_unit))
    paper = signed_in(morning.here.on_unit).get(f"/pass/{morning.here.unit.pk}/paper/").content.decode()
    for words in (
        "Rm 1-A · Elin Novak",
        "Thiamine 100 mg",
        "Given ",
        "Gabapentin 300 mg",
        "may be given",
        "sulfa",
        "Last good at",
    ):
        assert words in paper, words
    assert signed_in(morning.here.elsewhere).get(f"/pass/{morning.here.unit.pk}/paper/").status_code == 404
    printed = signed_in(morning.here.on_unit).get(f"/pass/{morning.here.unit.pk}/paper.pdf")
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF-")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages)
    assert all(words in text for words in ("Elin Novak", "Thiamine 100 mg", "Gabapentin 300 mg", "sulfa"))
    assert signed_in(morning.here.elsewhere).get(f"/pass/{morning.here.unit.pk}/paper.pdf").status_code == 404
