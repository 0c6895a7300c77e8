"""The formulary is kept by who may: a file comes in whole or not at all, labels name one medication, nothing is deleted."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from audit.rules.findings import Refused
from documents import spreadsheet
from emar.actions.formulary import add_label, import_formulary, retire_label, set_on_formulary
from emar.formulary import starter
from emar.models import Barcode, Medication
from emar.queries.formulary import file_rows, known, labels
from emar.rules.formulary import COLUMNS, Kind, Sheet, decode, plan, read
from staff.access import NotAllowed
from tests.factories import World, admit, client
from tests.factories.meds import at_times, barcode, contains, medication, order

HEAD = "name,ingredient,strength,form,route,brands,barcodes"
THIAMINE = "Thiamine,thiamine,100 mg,tablet,by mouth,,"
Bring = Callable[..., Event]


@pytest.fixture
def bring(here: World) -> Bring:
    """Import these rows as the prescriber, after looking at what they would do."""

    def run(*rows: str, **changes: object) -> Event:
        found = read("\n".join([HEAD, *rows]))
        asked = {
            "by": here.prescriber, "at": here.now, "site_id": here.site.pk, "rows": found, "shown": shown(here, found),
        }  # fmt: skip
        return import_formulary(**asked | changes)  # type: ignore[arg-type]

    return run


def shown(here: World, found: Sheet) -> str:
    """What a person who looks now is shown."""
    return plan(found, known(here.now), labels()).digest


def test_a_file_makes_new_lines_and_changes_others_and_leaves_the_rest(here: World, bring: Bring) -> None:
    kept = medication("Naltrexone", "50 mg")
    thiamine = medication(high_alert=True)
    event = bring("Thiamine,thiamine,100 mg,tablet,by mouth,Old name,T-100", "Zinc,zinc,220 mg,capsule,by mouth,,")
    assert event.summary == "Formulary imported: 1 new, 1 changed, 0 unchanged, 1 label added"
    assert (event.by_id, event.site_id, event.client_id) == (here.prescriber.pk, here.site.pk, None)
    assert event.detail["changed"] == [{"line": "Thiamine 100 mg tablet", "fields": {"brands": ["", "Old name"]}}]
    thiamine.refresh_from_db()
    assert (thiamine.brands, thiamine.high_alert) == ("Old name", True)
    assert Medication.objects.get(name="Zinc").strength == "220 mg"
    assert Medication.objects.filter(pk=kept.pk, is_active=True).exists()
    assert Barcode.objects.get(code="T-100").medication == thiamine


def test_every_changed_row_keeps_its_history_with_who_and_when(here: World, bring: Bring) -> None:
    thiamine = medication()
    bring("Thiamine,thiamine,100 mg,tablet,by mouth,B,", "Zinc,zinc,220 mg,capsule,by mouth,,")
    for row in (thiamine, Medication.objects.get(name="Zinc")):
        assert row.history.get(history_date=here.now).history_user == here.prescriber


def test_with_a_mistake_anywhere_nothing_is_imported(bring: Bring) -> None:
    with pytest.raises(Refused, match=r"Row 3: Every line needs its strength\. Nothing was imported\."):
        bring(THIAMINE, "Zinc,zinc,,capsule,by mouth,,")
    assert not Medication.objects.exists()


def test_a_file_that_says_nothing_new_is_refused(bring: Bring) -> None:
    bring(THIAMINE)
    with pytest.raises(Refused, match="in the formulary as it is"):
        bring(THIAMINE)
    assert Event.objects.filter(verb="emar.import_formulary").count() == 1


def test_what_was_shown_is_what_is_imported(here: World, bring: Bring) -> None:
    looked = shown(here, read("\n".join([HEAD, THIAMINE])))
    bring("Thiamine,thiamine,100 mg,tablet,by mouth,Somebody else was first,")
    with pytest.raises(Refused, match="changed after this was shown"):
        bring(THIAMINE, shown=looked)
    assert Medication.objects.get().brands == "Somebody else was first"


def test_the_same_request_again_answers_the_same(here: World, bring: Bring) -> None:
    found, key = read("\n".join([HEAD, THIAMINE])), uuid4()
    looked = shown(here, found)
    first = bring(rows=found, shown=looked, key=key)
    assert bring(rows=found, shown=looked, key=key) == first
    assert Medication.objects.count() == 1


def test_a_nurse_keeps_no_formulary(here: World, bring: Bring) -> None:
    with pytest.raises(NotAllowed, match="Ask a prescriber, clinical director or administrator"):
        bring(THIAMINE, by=here.on_unit)


def test_the_export_imported_again_changes_nothing(here: World) -> None:
    barcode(medication("Percocet", ingredient="oxycodone", contents=contains("oxycodone 5 mg", "acetaminophen 325 mg"),
                       counted_in="tablet", dea_schedule="II", strength="5 mg/325 mg"), "P-5")  # fmt: skip
    medication("Tizanidine", "4 mg", display_name="tiZANidine", look_alike=True, is_active=False)
    found = plan(read(decode(spreadsheet(COLUMNS, file_rows()))), known(here.now), labels())
    assert (found.problems, [entry.kind for entry in found.entries]) == ((), [Kind.UNCHANGED] * 2)


def test_orders_in_force_are_counted(here: World) -> None:
    drug = medication()
    episode = admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])
    order(episode, drug, at_times("08:00"), by=here.prescriber)
    order(episode, drug, at_times("09:00"), by=here.prescriber, ended_at=here.now - timedelta(days=1))
    assert [each.orders for each in known(here.now)] == [1]


def test_reading_the_formulary_costs_three_queries_whatever_its_size(
    here: World, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(20):
        barcode(medication(f"Medication {number}"), f"M-{number}")
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        known(here.now), labels()


def test_ten_thousand_rows_come_in(here: World, bring: Bring) -> None:
    event = bring(
        *(f"Medication {number},ingredient {number},1 mg,tablet,by mouth,,M-{number}" for number in range(10_000))
    )
    assert event.summary == "Formulary imported: 10000 new, 0 changed, 0 unchanged, 10000 labels added"
    assert (Medication.objects.count(), Barcode.objects.count(), len(event.detail["new"])) == (10_000, 10_000, 100)


def test_a_label_names_one_medication_and_never_moves(here: World) -> None:
    drug, other = medication(), medication("Zinc", "220 mg")
    who: dict[str, Any] = {"by": here.prescriber, "at": here.now, "site_id": here.site.pk}
    row = add_label(**who, medication_id=drug.pk, code=" T-100 ")
    assert (row.code, row.kind, row.is_active) == ("T-100", "site", True)
    with pytest.raises(Refused, match="names Thiamine 100 mg already"):
        add_label(**who, medication_id=drug.pk, code="T-100")
    with pytest.raises(Refused, match=r"Label T-100 names Thiamine 100 mg\. Use another code"):
        add_label(**who, medication_id=other.pk, code="T-100")
    retire_label(**who, label_id=row.pk)
    with pytest.raises(Refused, match="was retired before"):
        retire_label(**who, label_id=row.pk)
    with pytest.raises(Refused, match="once named Thiamine 100 mg"):
        add_label(**who, medication_id=other.pk, code="T-100")
    assert add_label(**who, medication_id=drug.pk, code="T-100").pk == row.pk
    assert list(Event.objects.filter(verb__contains="label").order_by("pk").values_list("summary", flat=True)) == [
        "Thiamine 100 mg: label T-100 names it", "Thiamine 100 mg: label T-100 retired", "Thiamine 100 mg: label T-100 names it",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["", "ab", "two words", "x" * 61])
def test_what_is_no_code_is_no_label(here: World, code: str) -> None:
    with pytest.raises(Refused, match="label's code"):
        add_label(by=here.prescriber, at=here.now, site_id=here.site.pk, medication_id=medication().pk, code=code)


def test_a_line_is_taken_off_and_put_back(here: World) -> None:
    drug = medication()
    who: dict[str, Any] = {"by": here.director, "at": here.now, "site_id": here.site.pk}
    assert not set_on_formulary(**who, medication_id=drug.pk, active=False).is_active
    with pytest.raises(Refused, match="off the formulary already"):
        set_on_formulary(**who, medication_id=drug.pk, active=False)
    assert set_on_formulary(**who, medication_id=drug.pk, active=True).is_active
    with pytest.raises(NotAllowed):
        set_on_formulary(**who | {"by": here.on_unit}, medication_id=drug.pk, active=False)


def test_the_command_loads_the_starter_set_once(here: World, tmp_path: Path) -> None:
    lines = len(read(decode(starter())).rows)
    out = StringIO()
    call_command("load_formulary", by="okoye", dry_run=True, stdout=out)
    assert (out.getvalue(), Medication.objects.count()) == (f"{lines} new, 0 changed, 0 unchanged.\n", 0)
    call_command("load_formulary", by="okoye", stdout=out)
    assert Medication.objects.count() == lines
    call_command("load_formulary", by="okoye", stdout=out)
    assert out.getvalue().endswith(f"0 new, 0 changed, {lines} unchanged.\n")
    assert Event.objects.filter(verb="emar.import_formulary").count() == 1
    (tmp_path / "own.csv").write_text(f"{HEAD}\nZinc,zinc,,tablet,by mouth,,\n")
    err = StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("load_formulary", by="okoye", file=tmp_path / "own.csv", stdout=out, stderr=err)
    assert err.getvalue() == "Row 2, strength: Every line needs its strength.\n"


@pytest.mark.parametrize(
    ("name", "said"), [("nobody-there", "Nobody signs in"), ("cole", "may not keep the formulary")]
)
def test_the_command_wants_somebody_who_may(here: World, name: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("load_formulary", by=name)
