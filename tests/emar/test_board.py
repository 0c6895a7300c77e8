"""Two tablets on one unit: what a patch draws is what a fresh page draws."""

import re

import pytest
from django.utils import timezone

from emar import board
from emar.keys import dose_pk, minute_of
from emar.rules.administration import Outcome
from emar.rules.schedule import Once
from staff.models import Person
from tests.emar.conftest import Morning, make_morning
from tests.emar.test_administer import NOT_TAKEN
from tests.factories import admit, client
from tests.factories.meds import medication, order


@pytest.fixture
def morning(db: None) -> Morning:
    made = make_morning(timezone.now())
    due = made.here.now.replace(second=0, microsecond=0)
    made.thiamine = order(made.episode, made.thiamine.medication, Once(), by=made.here.prescriber, started_at=due)
    return made


def key_for(morning: Morning, client_id: int) -> str:
    here = morning.here
    return f"{here.site.pk}.{here.unit.pk}.{minute_of(morning.thiamine.started_at)}.{client_id}"


def drawn(morning: Morning, who: Person, client_id: int) -> dict[str, str]:
    """Every element with an id on the board of this viewer."""
    key = key_for(morning, client_id)
    html = " ".join(part for _, part in board.snapshot(board.audience(who, key), key).regions)
    parts = re.split(r'(?=<(?:li|a|section|ul|nav)[^>]* id=")', html)
    return {found[1]: part.strip() for part in parts if (found := re.search(r' id="([^"]+)"', part))}


def test_patches_draw_what_a_fresh_page_draws(morning: Morning) -> None:
    here, due = morning.here, morning.thiamine.started_at
    key = key_for(morning, morning.elin.pk)
    morning.chart(order_id=morning.thiamine.pk, due_at=due)
    fresh = drawn(morning, here.on_unit, morning.elin.pk)
    pk = dose_pk(morning.thiamine.pk, due)
    wanted = [("dose", pk), ("strip", str(morning.elin.pk)), ("progress", str(here.unit.pk))]
    pieces = board.fragments(True, key, wanted)
    row = pieces[0]
    assert row is not None
    assert f'id="dose-{pk}"' in row and "by RN Cole" in row
    assert row.strip() in " ".join(part for _, part in board.snapshot(True, key).regions)
    for (name, pk), piece in zip(wanted[1:], pieces[1:], strict=True):
        assert piece is not None and f"{name}-{pk}" in fresh
        assert piece.strip() in " ".join(part for _, part in board.snapshot(True, key).regions)


def test_a_tablet_on_another_client_gets_strip_and_progress_but_no_row(morning: Morning) -> None:
    here = morning.here
    wale = client(here, "Wale", "Tunde")
    theirs = admit(here, wale, here.residential, here.beds[1])
    order(theirs, medication("Lithium", "300 mg"), Once(), by=here.prescriber, started_at=morning.thiamine.started_at)
    due = morning.thiamine.started_at
    morning.chart(order_id=morning.thiamine.pk, due_at=due, outcome=Outcome.REFUSED, reason="nausea", **NOT_TAKEN)
    key = key_for(morning, wale.pk)
    wanted = [("dose", dose_pk(morning.thiamine.pk, due)), ("strip", str(morning.elin.pk))]
    row, strip = board.fragments(True, key, wanted)
    assert row is None
    assert strip is not None and "1 refused" in strip


def test_who_only_looks_sees_no_buttons_and_the_other_site_sees_nothing(morning: Morning) -> None:
    key = key_for(morning, morning.elin.pk)
    assert board.audience(morning.here.on_unit, key) is True
    assert board.audience(morning.here.prescriber, key) is False
    assert board.may_watch(morning.here.prescriber, key)
    assert not board.may_watch(morning.here.elsewhere, key)
    assert not board.may_watch(morning.here.intake, key)
    assert "Give" not in " ".join(drawn(morning, morning.here.prescriber, morning.elin.pk).values())
