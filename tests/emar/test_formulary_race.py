"""Two people who keep the formulary at the same instant: one of them is told, and nothing is there twice."""

from datetime import datetime

import pytest

from emar.actions.formulary import add_label, import_formulary
from emar.models import Barcode, Medication
from emar.queries.formulary import known, labels
from emar.rules.formulary import plan, read
from staff.models import Person
from tests.beds.racing import WON, race
from tests.factories import World, world
from tests.factories.meds import medication

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = read("name,ingredient,strength,form,route\nZinc,zinc,1 mg,tablet,by mouth\nIron,iron,1 mg,tablet,by mouth")


@pytest.fixture
def here(transactional_db: None, now: datetime) -> World:
    return world(now)


def test_of_two_imports_at_once_one_is_shown_anew(here: World) -> None:
    shown = plan(ROWS, known(here.now), labels()).digest

    def bring(by: Person) -> object:
        return import_formulary(by=by, at=here.now, site_id=here.site.pk, rows=ROWS, shown=shown)

    answers = race(lambda: bring(here.prescriber), lambda: bring(here.director))
    assert answers.count(WON) == 1
    assert any("changed after this was shown" in answer for answer in answers)
    assert Medication.objects.count() == 2


def test_one_label_for_two_medications_at_once_names_one(here: World) -> None:
    one, other = medication(), medication("Zinc", "1 mg")

    def label(medication_id: int) -> object:
        return add_label(
            by=here.prescriber, at=here.now, site_id=here.site.pk, medication_id=medication_id, code="T-100"
        )

    answers = race(lambda: label(one.pk), lambda: label(other.pk))
    assert answers.count(WON) == 1
    assert any("Use another code" in answer for answer in answers)
    assert Barcode.objects.count() == 1
