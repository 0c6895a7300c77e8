"""In the demonstration a second person can be asked at every site, with the PIN that its page names."""

from datetime import datetime
from pathlib import Path

import pytest

from config.demo import people, places, signing
from config.demo.launch import welcome
from config.demo.stage import Stage
from staff.actions import prove
from staff.queries import on_duty, who_may_sign
from staff.rules.capabilities import Capability

DEMO = Path(__file__).resolve().parent.parent.parent / "docs" / "demo.md"


@pytest.mark.django_db
def test_somebody_else_can_witness_at_every_site_with_the_pin_that_is_printed(now: datetime) -> None:
    stage = Stage(1, now)
    for part in (places.build, people.build, signing.write):
        part(stage)
    for site in stage.sites.values():
        may = who_may_sign(site.pk, now, Capability.WITNESS, [stage.people["nurse"].pk])
        assert len(may) >= 4
        assert {"Nurse", "Prescriber", "Technician"} <= {role for line in on_duty(site.pk, now) for role in line.roles}
        assert prove(person_id=may[0].pk, pin=signing.PIN, site=site, purpose="waste", at=now)


def test_the_pin_is_named_where_people_look() -> None:
    assert f"everyone's PIN is `{signing.PIN}`" in DEMO.read_text()
    assert signing.PIN in welcome(8000)
