"""Scanning on the pages and over the API: what the tablet is told, what the server looks up again, and the report of it."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone

from emar.keys import minute_of
from emar.models import Administration
from emar.queries import dose_row
from emar.queries.report.scanning import percent
from programs.models import Wristband
from tests.emar.bands import band
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.emar.desk import body
from tests.emar.talk import due_now, one, post
from tests.emar.talk import signed_in as api_as
from tests.emar.test_mar import mark
from tests.emar.test_report import asked, sheet
from tests.factories import admit, client
from tests.factories.meds import at_times, barcode, medication, order
from tests.signing import signed_in as as_

LABEL = "MASQZ1Y2D"


@pytest.fixture
def today(db: None) -> Morning:
    """A dose that is due this minute, on the clock of the pages, with a labelled medication."""
    made = due_now()
    barcode(made.thiamine.medication, LABEL)
    return made


def url(morning: Morning) -> str:
    return f"/pass/{morning.here.unit.pk}/{minute_of(morning.thiamine.started_at)}/"


def worn(morning: Morning) -> Wristband:
    return band(morning.elin, by=morning.here.intake, at=timezone.now())


def theirs(morning: Morning) -> Wristband:
    other = client(morning.here, "Wale", "Tunde")
    admit(morning.here, other, morning.here.residential, morning.here.beds[1])
    return band(other, by=morning.here.intake, at=timezone.now())


def tap(morning: Morning, browser: Any, **changes: Any) -> Any:
    minute = minute_of(morning.thiamine.started_at)
    row = dose_row(morning.here.site, morning.thiamine.pk, minute, at=timezone.now())
    assert row is not None
    form = {"key": str(row.key), "outcome": "given", "amount": "100", "unit": "mg"} | changes
    return browser.post(f"/pass/orders/{morning.thiamine.pk}/{minute}/chart/", form)


def test_the_page_carries_no_code_and_what_it_carries_says_whose_it_is(today: Morning) -> None:
    mine, other = worn(today), theirs(today)
    nurse = as_(today.here.on_unit)
    page = body(nurse.get(f"{url(today)}?client={today.elin.pk}"))
    assert not [code for code in (mine.code, other.code, LABEL) if code in page]
    known = nurse.get(f"{url(today)}codes/?client={today.elin.pk}").json()

    def hashed(code: str) -> str:
        return sha256(f"{known['salt']}:{code}".encode()).hexdigest()[:16]

    assert known["bands"] == {hashed(mine.code): [today.elin.pk, "E. N. 1-A"],
                              hashed(other.code): [other.client_id, "W. T. 1-B"]}  # fmt: skip
    assert known["labels"] == {hashed(LABEL): {"exact": [today.thiamine.pk], "other": []}}


def test_another_product_of_the_same_ingredient_is_known_as_such(today: Morning) -> None:
    barcode(medication("Thiamine", "50 mg", ingredient="thiamine"), "T-0050")
    barcode(medication("Lorazepam", "1 mg"), "LORA-1")
    known = as_(today.here.on_unit).get(f"{url(today)}codes/?client={today.elin.pk}").json()
    assert sorted(each["other"] for each in known["labels"].values()) == [[], [today.thiamine.pk]]


def test_a_scanned_wristband_holds_for_the_doses_that_follow(today: Morning) -> None:
    nurse, mine = as_(today.here.on_unit), worn(today)
    assert nurse.post(f"{url(today)}{today.elin.pk}/band/", {"band": mine.code}).status_code == 204
    assert "Wristband scanned" in body(nurse.get(f"{url(today)}?client={today.elin.pk}"))
    assert tap(today, nurse, barcode=LABEL).status_code == 200
    row = Administration.objects.get()
    assert (row.band, row.barcode, row.identifiers) == (mine, LABEL, ["wristband"])


def test_opening_a_client_by_their_wristband(today: Morning) -> None:
    nurse, mine = as_(today.here.on_unit), worn(today)
    answer = nurse.post(f"{url(today)}{today.elin.pk}/verify/", {"band": mine.code})
    assert answer["Location"] == f"{url(today)}?client={today.elin.pk}"
    assert tap(today, nurse).status_code == 200
    assert Administration.objects.get().person_by == "scan"


def test_the_wrong_wristband_identifies_nobody(today: Morning) -> None:
    nurse, other = as_(today.here.on_unit), theirs(today)
    for where, code in (("band", other.code), ("band", "W84G7ZWYRD6S"), ("band", ""), ("verify", other.code)):
        answer = nurse.post(f"{url(today)}{today.elin.pk}/{where}/", {"band": code})
        assert answer.status_code == 422
    assert tap(today, nurse).status_code == 422
    assert not Administration.objects.exists()


def test_a_request_with_the_wrong_codes_is_refused_whoever_made_it(today: Morning) -> None:
    nurse, other = as_(today.here.on_unit), theirs(today)
    nurse.post(f"{url(today)}{today.elin.pk}/verify/", {"by": ["name", "birth_date"]})
    barcode(medication("Lorazepam", "1 mg"), "LORA-1")
    for changes, said in (
        ({"band": other.code}, "another person"), ({"barcode": "LORA-1"}, "That is lorazepam"),
        ({"barcode": "300931048012"}, "read only in part"),
    ):  # fmt: skip
        answer = tap(today, nurse, **changes)
        assert (answer.status_code, said in body(answer).replace("&#x27;", "'")) == (422, True)
    assert not Administration.objects.exists()


def test_why_it_was_not_scanned_goes_with_a_dose_that_was_taken_alone(today: Morning) -> None:
    nurse = as_(today.here.on_unit)
    nurse.post(f"{url(today)}{today.elin.pk}/verify/", {"by": ["name", "birth_date"]})
    assert tap(today, nurse, unscanned="no_scanner").status_code == 200
    assert Administration.objects.get().unscanned == "no_scanner"


def test_a_refusal_takes_no_reason_for_not_scanning(today: Morning) -> None:
    nurse = as_(today.here.on_unit)
    changes = {"outcome": "refused", "reason": "not_needed", "amount": "", "unit": "", "unscanned": "no_scanner"}
    assert tap(today, nurse, **changes).status_code == 200
    assert Administration.objects.get().unscanned == ""


def test_the_api_takes_what_was_scanned_and_says_how_it_was_known(today: Morning) -> None:
    session, mine, other = api_as(today.here.on_unit), worn(today), theirs(today)
    status, refused = post(session, one(today, band=other.code))
    assert (status, refused["findings"][0]["code"]) == (422, "dose.wrong_band")
    status, row = post(session, one(today, band=mine.code, barcode=LABEL, identifiers=[]))
    assert status == 201
    assert (row["person_by"], row["medication_by"], row["unscanned"]) == ("scan", "scan", "")


def charted(morning: Morning) -> None:
    """Cole scans all of two doses, Ames half of one, and says why not of another."""
    here, mine = morning.here, band(morning.elin, by=morning.here.intake, at=NOW)
    drugs = [medication(f"Vitamin {letter}", "10 mg") for letter in "ABC"]
    orders = [
        morning.thiamine,
        *(order(morning.episode, each, at_times("08:00"), by=here.prescriber) for each in drugs),
    ]
    mark(orders[0], EIGHT, here.on_unit, band=mine, barcode=LABEL)
    mark(orders[1], EIGHT, here.on_unit, band=mine, barcode="A")
    mark(orders[2], EIGHT, here.second_nurse, band=mine)
    mark(orders[3], EIGHT, here.second_nurse, unscanned="no_scanner")
    mark(morning.ibuprofen, None, here.second_nurse, at=NOW)


def test_the_report_says_how_much_was_scanned_by_whom_and_of_what() -> None:
    assert (percent(999, 1000), percent(1, 3), percent(0, 7), percent(7, 7)) == ("99 %", "33 %", "0 %", "100 %")


def test_scanning_by_nurse_the_least_first(morning: Morning) -> None:
    charted(morning)
    found = sheet(asked(morning), "scanning-staff")
    assert found.rows == (
        ("RN Ames", 3, 1, "33 %", 0, "0 %", 2, "66 %"),
        ("RN Cole", 2, 2, "100 %", 2, "100 %", 0, "0 %"),
    )
    assert found.total == ("All", 5, 3, "60 %", 2, "40 %", 2, "40 %")


def test_scanning_by_medication_and_why_not(morning: Morning) -> None:
    charted(morning)
    found = asked(morning)
    rows = {row[0]: row[1:] for row in sheet(found, "scanning-medications").rows}
    assert rows["Thiamine 100 mg"] == (1, 1, "100 %", 1, "100 %", 0, "0 %")
    assert rows["Ibuprofen 400 mg"] == (1, 0, "0 %", 0, "0 %", 1, "100 %")
    assert sheet(found, "scanning-reasons").rows == (
        ("Not said", 2, "66 %"),
        ("No scanner or camera at hand", 1, "33 %"),
    )


def test_a_corrected_dose_counts_for_who_charted_it_and_a_refused_one_for_nobody(morning: Morning) -> None:
    here = morning.here
    first = mark(morning.thiamine, EIGHT, here.on_unit, barcode=LABEL)
    mark(morning.thiamine, EIGHT, here.second_nurse, corrects=first, note="Half", barcode=LABEL, at=EIGHT)
    other = order(morning.episode, medication("Vitamin A", "10 mg"), at_times("08:00"), by=here.prescriber)
    mark(other, EIGHT, here.second_nurse, "refused")
    assert [row[:2] for row in sheet(asked(morning), "scanning-staff").rows] == [("RN Cole", 1)]


def test_nothing_taken_is_said_so_and_every_table_is_a_file(db: None) -> None:
    made = make_morning(timezone.now() - timedelta(days=400))
    nurse = as_(made.here.on_unit)
    assert "No dose was taken." in body(nurse.get("/pass/reports/"))
    for slug in ("scanning-staff", "scanning-medications", "scanning-reasons"):
        assert nurse.get(f"/pass/reports/{slug}.csv").status_code == 200
