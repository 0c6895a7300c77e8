"""The pages of the formulary: find a line, look at what a file would do, confirm exactly that, keep labels."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Session

from emar.models import Barcode, Medication
from tests.factories import World, world
from tests.factories.meds import barcode, medication

HEAD = "name,ingredient,strength,form,route"


@pytest.fixture
def here(db: None) -> World:
    return world(datetime.now(UTC))


@pytest.fixture
def desk(here: World) -> Session:
    session = Session()
    session.force_login(here.prescriber)
    return session


def sent(*rows: str, name: str = "list.csv") -> dict[str, object]:
    """A file as a browser sends it."""
    return {"file": SimpleUploadedFile(name, "\n".join([HEAD, *rows]).encode())}


def text(answer: object) -> str:
    """The page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def hidden(page: str) -> dict[str, str]:
    """The fields that carry the file to the confirmation."""
    return dict(re.findall(r'name="(kept|key)" value="([^"]+)"', page))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("", {"Hydroxyzine", "Lorazepam", "Thiamine"}),
        ("q=atarax", {"Hydroxyzine"}),
        ("q=loraz 1", {"Lorazepam"}),
        ("q=L-0001", {"Lorazepam"}),
        ("q=nothing", set()),
        ("class=vitamin", {"Thiamine"}),
        ("schedule=IV", {"Lorazepam"}),
        ("schedule=any", {"Lorazepam"}),
        ("schedule=II", set()),
        ("mark=look_alike", {"Hydroxyzine", "Lorazepam"}),
        ("mark=high_alert", {"Lorazepam"}),
        ("mark=pk", {"Hydroxyzine", "Lorazepam", "Thiamine"}),
        ("off=1", {"Hydroxyzine", "Lorazepam", "Thiamine", "Zinc"}),
        ("page=999&off=1", {"Hydroxyzine", "Lorazepam", "Thiamine", "Zinc"}),
    ],
)
def test_the_list_is_narrowed_by_what_is_asked_for(desk: Session, asked: str, names: set[str]) -> None:
    medication("Hydroxyzine", "25 mg", brands="Atarax", look_alike=True)
    label = medication("Lorazepam", "1 mg", dea_schedule="IV", look_alike=True, high_alert=True)
    barcode(label, "L-0001")
    medication(drug_class="vitamin")
    medication("Zinc", "220 mg", is_active=False)
    answer = desk.get(f"/pass/formulary/?{asked}")
    assert {line.name for line in answer.context["page"].found} == names


def test_tall_man_letters_schedules_and_marks_are_on_the_list(desk: Session) -> None:
    medication("Clonazepam", "0.5 mg", display_name="clonazePAM", dea_schedule="IV", look_alike=True, high_alert=True)
    page = text(desk.get("/pass/formulary/"))
    assert all(word in page for word in ("clonazePAM", "C-IV", "High alert", "Look-alike"))


def test_a_nurse_looks_and_changes_nothing(here: World) -> None:
    nurse, drug = Session(), medication()
    nurse.force_login(here.on_unit)
    page = nurse.get("/pass/formulary/").content.decode()
    assert "Import" not in page
    assert "Add label" not in nurse.get(f"/pass/formulary/{drug.pk}/").content.decode()
    assert nurse.get("/pass/formulary/import/").status_code == 403
    assert nurse.post(f"/pass/formulary/{drug.pk}/labels/", {"code": "T-100"}).status_code == 403


def test_a_file_is_looked_at_and_then_confirmed(desk: Session) -> None:
    medication()
    looked = desk.post(
        "/pass/formulary/import/",
        sent("Thiamine,thiamine,100 mg,tablet,under the tongue", "Zinc,zinc,1 mg,tablet,by mouth"),
    )
    page = text(looked)
    assert "list.csv: nothing is changed yet" in page
    assert "route : by mouth to under the tongue" in page
    assert "1 new, 1 changed" in page
    assert Medication.objects.get().route == "by mouth"
    done = desk.post("/pass/formulary/import/confirm/", hidden(looked.content.decode()), follow=True)
    assert "Formulary imported: 1 new, 1 changed, 0 unchanged." in text(done)
    assert set(Medication.objects.values_list("name", "route")) == {
        ("Thiamine", "under the tongue"),
        ("Zinc", "by mouth"),
    }


def test_mistakes_are_told_row_by_row_and_cannot_be_confirmed(desk: Session) -> None:
    looked = desk.post(
        "/pass/formulary/import/", sent("Zinc,zinc,,tablet,by mouth", "Thiamine,thiamine,5.0 mg,tablet,by mouth")
    )
    page = text(looked)
    assert "2 strength Every line needs its strength." in page
    assert "3 strength Write '5' instead of '5.0'" in page.replace("&#x27;", "'")
    assert hidden(looked.content.decode()) == {}


def test_what_changed_in_between_is_shown_anew_and_not_imported(desk: Session) -> None:
    fields = hidden(desk.post("/pass/formulary/import/", sent("Zinc,zinc,1 mg,tablet,by mouth")).content.decode())
    medication("Zinc", "1 mg", route="into the nose")
    answer = desk.post("/pass/formulary/import/confirm/", fields)
    assert answer.status_code == 422
    assert "The formulary changed after this was shown" in text(answer)
    assert "route : into the nose to by mouth" in text(answer)
    assert Medication.objects.get().route == "into the nose"
    assert desk.post("/pass/formulary/import/confirm/", hidden(answer.content.decode())).status_code == 302
    assert Medication.objects.get().route == "by mouth"


def test_the_kept_file_is_nobody_elses_and_cannot_be_altered(here: World, desk: Session) -> None:
    fields = hidden(desk.post("/pass/formulary/import/", sent("Zinc,zinc,1 mg,tablet,by mouth")).content.decode())
    director = Session()
    director.force_login(here.director)
    altered = fields | {"kept": fields["kept"].replace(fields["kept"][5], "A" if fields["kept"][5] != "A" else "B", 1)}
    for session, tried in ((director, fields), (desk, altered), (desk, {})):
        answer = session.post("/pass/formulary/import/confirm/", tried)
        assert answer.status_code == 422
        assert "choose the file again" in text(answer)
    assert not Medication.objects.exists()


def test_confirming_twice_imports_once(desk: Session) -> None:
    fields = hidden(desk.post("/pass/formulary/import/", sent("Zinc,zinc,1 mg,tablet,by mouth")).content.decode())
    first, again = (desk.post("/pass/formulary/import/confirm/", fields) for _ in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "is empty"), (b"PK\x03\x04", "save the sheet as CSV"), (b"x" * 5_000_001, "larger than 5 MB")],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(desk: Session, data: bytes, said: str) -> None:
    answer = desk.post("/pass/formulary/import/", {"file": SimpleUploadedFile("list.csv", data)})
    assert answer.status_code == 422
    assert said in text(answer)


def test_without_a_file_it_asks_for_one(desk: Session) -> None:
    assert "Choose the file first" in text(desk.post("/pass/formulary/import/"))


def test_the_starter_set_is_looked_at_and_imported(desk: Session) -> None:
    looked = desk.post("/pass/formulary/import/", {"starter": "1"})
    assert "hydrOXYzine 25 mg capsule" in text(looked)
    assert desk.post("/pass/formulary/import/confirm/", hidden(looked.content.decode())).status_code == 302
    assert Medication.objects.filter(dea_schedule="II", ingredient="methadone").count() == 5


def test_the_formulary_is_downloaded_as_the_file_that_is_imported(desk: Session) -> None:
    medication()
    answer = desk.get("/pass/formulary/file/")
    assert "attachment" in answer["Content-Disposition"]
    again = desk.post("/pass/formulary/import/", {"file": SimpleUploadedFile("again.csv", answer.content)})
    assert "There is nothing to import" in text(again)


def test_a_label_is_added_and_retired_on_the_page(desk: Session) -> None:
    drug = medication()
    where = f"/pass/formulary/{drug.pk}/"
    assert "T-100" in text(desk.post(f"{where}labels/", {"code": "T-100"}, follow=True))
    refused = desk.post(f"{where}labels/", {"code": "T-100"})
    assert (refused.status_code, "names Thiamine 100 mg already" in text(refused)) == (422, True)
    done = desk.post(f"/pass/formulary/labels/{Barcode.objects.get().pk}/retire/", follow=True)
    assert "retired" in text(done)


def test_a_line_without_contents_says_what_that_costs_and_is_taken_off(desk: Session) -> None:
    drug = medication()
    where = f"/pass/formulary/{drug.pk}/"
    assert "limits cannot count this medication" in text(desk.get(where))
    assert "Put back on the formulary" in text(desk.post(f"{where}on/", {"on": "0"}, follow=True))
    assert not Medication.objects.get().is_active
    assert "Take off the formulary" in text(desk.post(f"{where}on/", {"on": "1"}, follow=True))


@pytest.mark.parametrize("number", [1, 40])
def test_the_list_costs_the_same_whatever_its_length(
    desk: Session, number: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for each in range(number):
        medication(f"Medication {each}")
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        desk.get("/pass/formulary/")
