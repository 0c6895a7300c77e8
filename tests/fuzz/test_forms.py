"""Every form and every page that links lead to, as every role, with what nobody should send."""

import random

import pytest

from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World
from tests.fuzz.conftest import HIDDEN, WANTED
from tests.fuzz.fuzzing import Tally, addresses, forms
from tests.fuzz.pages import walk
from tests.signing import signed_in

SAMPLE = (Role.NURSE, Role.DIRECTOR)
ROLES = tuple(Role) if WANTED else SAMPLE
EACH = WANTED * 8 // 10 // len(ROLES) if WANTED else 60


@pytest.mark.parametrize("role", ROLES)
def test_no_form_and_no_address_breaks_or_tells(role: Role, house: World, judged: Tally) -> None:
    session = signed_in(Person.objects.get(username=f"as-{role}"))
    session.raise_request_exception = False
    pages, found = walk(session, 10_000 if WANTED else 45)
    assert len(pages) > 3
    rng = random.Random(f"{role}")
    forms(session, found or [], judged, HIDDEN, EACH * 2 // 3 if found else 0, rng)
    addresses(session, pages, judged, HIDDEN, EACH // 3, rng)
    assert judged.wrong == []
    assert judged.lost < judged.sent / 10
