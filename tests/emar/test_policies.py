"""A site's numbers are set from now on, by a new row; what was in force before stays what it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import PositiveSmallIntegerField

from audit.models import Event
from audit.rules.findings import Refused
from emar.actions.policies import NUMBERS, set_policy
from emar.models import EmarPolicy
from emar.queries.policy import policy_of
from staff.access import NotAllowed
from staff.models import Person
from staff.rules.capabilities import Role
from tests.emar.conftest import NOW, Morning
from tests.factories import assign, person

HOUR = timedelta(hours=1)


@pytest.fixture
def chief(morning: Morning) -> Person:
    return assign(person("chief", "Ora Chief"), morning.here.site, Role.ADMINISTRATOR, at=NOW)


def test_numbers_hold_from_now_on_and_the_others_stay(morning: Morning, chief: Person) -> None:
    asked: dict[str, Any] = {"by": chief, "site_id": morning.here.site.pk, "source": "Medical director, January"}
    set_policy(at=NOW, numbers={"daily_minutes": 90, "cosign_hours": 48}, **asked)
    hours = {"daily": ["09:00"], "twice a day": ["21:00", "09:00"]}
    set_policy(at=NOW + HOUR, numbers={"undo_minutes": 20}, pass_hours=hours, **asked)
    before, now = policy_of(morning.here.site.pk, NOW), policy_of(morning.here.site.pk, NOW + HOUR)
    assert (before.windows.daily, before.undo, before.pass_hours["daily"]) == (90, HOUR / 2, ("08:00",))
    assert (now.windows.daily, now.undo, now.cosign) == (90, HOUR / 3, 48 * HOUR)
    assert now.pass_hours == {"daily": ("09:00",), "twice a day": ("09:00", "21:00")}
    assert [event.summary for event in Event.objects.filter(verb="emar.set_policy").order_by("pk")] == [
        "Medication policy set: cosign hours 48, daily minutes 90",
        "Medication policy set: undo minutes 20, the hours of the passes",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": " "}, "policy.source"),
        ({"numbers": {}}, "policy.nothing"),
        ({"numbers": {"interval_percent": 10}}, "policy.number"),
        ({"numbers": {"daily_minutes": -1}}, "policy.number"),
        ({"numbers": {"by_id": 1}}, "policy.number"),
        ({"pass_hours": {"daily": ["8:00"]}}, "policy.hours"),
        ({"pass_hours": {"daily": []}}, "policy.hours"),
    ],
)
def test_what_cannot_be_meant_is_refused(morning: Morning, chief: Person, changes: dict[str, Any], code: str) -> None:
    asked: dict[str, Any] = {
        "by": chief,
        "at": NOW,
        "site_id": morning.here.site.pk,
        "source": "Us",
        "numbers": {"undo_minutes": 20},
    }
    with pytest.raises(Refused) as caught:
        set_policy(**asked | changes)
    assert caught.value.findings[0].code == code
    assert not EmarPolicy.objects.exists()


def test_a_nurse_sets_no_policy(morning: Morning) -> None:
    with pytest.raises(NotAllowed):
        set_policy(
            by=morning.here.on_unit, at=NOW, site_id=morning.here.site.pk, source="Me", numbers={"undo_minutes": 120}
        )


def test_every_number_of_the_table_can_be_set() -> None:
    fields = EmarPolicy._meta.fields
    assert {field.name for field in fields if isinstance(field, PositiveSmallIntegerField)} == NUMBERS


def test_a_site_may_ask_for_a_line_of_stock_for_every_controlled_dose(morning: Morning, chief: Person) -> None:
    asked: dict[str, Any] = {"by": chief, "site_id": morning.here.site.pk, "source": "Medical director"}
    set_policy(at=NOW, counts_required=True, **asked)
    set_policy(at=NOW + HOUR, numbers={"undo_minutes": 20}, **asked)
    assert [policy_of(morning.here.site.pk, NOW + hours * HOUR).counts_required for hours in (-1, 0, 1)] == [
        False, True, True,
    ]  # fmt: skip
    assert Event.objects.filter(summary="Medication policy set: controlled counts").count() == 1
