"""From which vital signs on somebody looks: a site sets it from now on, and what held before stays."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from audit.rules.findings import Refused
from chart.actions.vitals_limits import set_limits
from chart.models import VitalsPolicy
from chart.queries.vitals import limits_of
from chart.queries.vitals_limits import held_limits
from chart.rules.vitals import usual
from chart.rules.vitals_limits import read_limits
from chart.vitals import signs
from staff.access import NotAllowed
from tests.factories import World
from tests.signing import signed_in

HOUR = timedelta(hours=1)
TYPED = {"pulse": ("", "140"), "temperature": ("35.5", "38,5")}
PAGE = "/clients/vitals/limits/"


def limited(here: World, **changes: Any) -> VitalsPolicy:
    asked: dict[str, Any] = {
        "by": here.director, "at": here.now, "site_id": here.site.pk, "typed": TYPED, "source": "Medical director, 18 Nov",
    }  # fmt: skip
    return set_limits(**asked | changes)


def test_new_limits_hold_from_their_instant_on_and_the_old_ones_before(here: World) -> None:
    limited(here)
    later = here.now + 2 * HOUR
    limited(here, at=later, typed={"pulse": ("55", "")}, source="Policy 8")
    assert limits_of(here.site.pk, here.now - HOUR) == usual(signs())
    assert limits_of(here.site.pk, here.now + HOUR) == {
        "pulse": (None, Decimal(140)), "temperature": (Decimal("35.5"), Decimal("38.5")),
    }  # fmt: skip
    assert limits_of(here.site.pk, later) == {"pulse": (Decimal(55), None)}
    assert [each.said for each in held_limits(here.site.pk, later)][:2] == [
        "Pulse from 55", "Pulse to 140, Temperature 35.5 to 38.5",
    ]  # fmt: skip
    assert [event.summary for event in Event.objects.filter(verb="vitals.set_limits")] == [
        "Limits of vital signs set"
    ] * 2
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        VitalsPolicy.objects.update(limits={})


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"pulse": ("a", "")}, "Pulse: write numbers"),
        ({"pulse": ("120", "50")}, "not under the upper one"),
        ({"spo2": ("", "120")}, "SpO2 is from 40 to 100 %"),
        ({"pulse": ("NaN", "1e3")}, "Pulse: write numbers"),
        ({}, "nobody would be asked to look"),
    ],
)
def test_what_cannot_be_a_limit_is_refused_in_a_sentence(typed: dict[str, tuple[str, str]], said: str) -> None:
    _, findings = read_limits(signs(), typed)
    assert [said in finding.message for finding in findings] == [True]


def test_two_at_one_instant_no_source_and_a_nurse_are_refused(here: World) -> None:
    limited(here)
    with pytest.raises(Refused, match="this very moment"):
        limited(here)
    with pytest.raises(Refused, match="whose numbers"):
        limited(here, at=here.now + HOUR, source=" ")
    with pytest.raises(NotAllowed):
        limited(here, by=here.on_unit, at=here.now + HOUR)
    assert VitalsPolicy.objects.get().ended_at is None


def test_a_form_sent_twice_sets_once(here: World) -> None:
    key = uuid4()
    assert limited(here, key=key) == limited(here, key=key, at=here.now + HOUR)


@pytest.fixture
def now() -> datetime:
    """The pages read the clock; the acts do not mind."""
    return timezone.now()


def test_the_director_sets_them_on_a_page_that_a_nurse_reads(here: World) -> None:
    director, nurse = signed_in(here.director), signed_in(here.on_unit)
    sent = {"key": uuid4(), "pulse-under": "50", "pulse-over": "130", "source": "Policy 7"}
    wrong = director.post(PAGE, sent | {"pulse-over": "40"})
    assert (wrong.status_code, 'value="40"' in wrong.content.decode()) == (422, True)
    assert director.post(PAGE, sent).status_code == 302
    page = nurse.get(PAGE).content.decode()
    assert "Pulse 50 to 130" in page and "Policy 7" in page and "Set from now on" not in page
    assert nurse.post(PAGE, sent | {"key": uuid4()}).status_code == 403
    assert signed_in(here.intake).get(PAGE).status_code == 403
