"""Two tablets on one unit: what a patch draws is what a fresh page draws."""

import re
from datetime import timedelta
from typing import Any

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
    parts = re.split(r'(?=<(?:li|a|div|section|ul|nav|footer)[^>]* id=")', html)
    return {found[1]: part.strip() for part in parts if (found := re.search(r' id="([^"]+)"', part))}


def test_patches_draw_what_a_fresh_page_draws(morning: Morning) -> None:
    here, due = morning.here, morning.thiamine.started_at
    key = key_for(morning, morning.elin.pk)
    morning.chart(order_id=morning.thiamine.pk, due_at=due)
    fresh = drawn(morning, here.on_unit, morning.elin.pk)
    pk = dose_pk(morning.thiamine.pk, due)
    elin, unit = str(morning.elin.pk), str(here.unit.pk)
    wanted = [("dose", pk), ("strip", elin), ("progress", unit), ("thumbs", unit), ("here", elin), ("effects", elin)]
    viewer = board.audience(here.on_unit, key)
    pieces = board.fragments(viewer, key, wanted)
    row = pieces[0]
    assert row is not None
    assert f'id="dose-{pk}"' in row and "by RN Cole" in row
    assert row.strip() in " ".join(part for _, part in board.snapshot(viewer, key).regions)
    for (name, pk), piece in zip(wanted[1:], pieces[1:], strict=True):
        assert piece is not None and f"{name}-{pk}" in fresh
        assert piece.strip() in " ".join(part for _, part in board.snapshot(viewer, key).regions)


def test_a_tablet_on_another_client_gets_strip_and_progress_but_no_row(morning: Morning) -> None:
    here = morning.here
    wale = client(here, "Wale", "Tunde")
    theirs = admit(here, wale, here.residential, here.beds[1])
    order(theirs, medication("Lithium", "300 mg"), Once(), by=here.prescriber, started_at=morning.thiamine.started_at)
    due = morning.thiamine.started_at
    morning.chart(order_id=morning.thiamine.pk, due_at=due, outcome=Outcome.REFUSED, reason="nausea", **NOT_TAKEN)
    key = key_for(morning, wale.pk)
    wanted = [("dose", dose_pk(morning.thiamine.pk, due)), ("strip", str(morning.elin.pk))]
    row, strip, effects = board.fragments(
        board.audience(here.on_unit, key), key, [*wanted, ("effects", str(morning.elin.pk))]
    )
    assert row is None
    assert effects is None
    assert strip is not None and "1 refused" in strip


def test_who_only_looks_sees_no_buttons_and_the_other_site_sees_nothing(morning: Morning) -> None:
    key = key_for(morning, morning.elin.pk)
    assert board.audience(morning.here.on_unit, key) == (True, morning.here.on_unit.pk)
    assert board.audience(morning.here.prescriber, key) == (False, morning.here.prescriber.pk)
    assert board.may_watch(morning.here.prescriber, key)
    assert not board.may_watch(morning.here.elsewhere, key)
    assert not board.may_watch(morning.here.intake, key)
    assert "Give" not in " ".join(drawn(morning, morning.here.prescriber, morning.elin.pk).values())


def test_a_patch_for_several_rows_reads_the_pass_once(morning: Morning, django_assert_max_num_queries: Any) -> None:
    here, key = morning.here, key_for(morning, morning.elin.pk)
    pk = dose_pk(morning.thiamine.pk, morning.thiamine.started_at)
    wanted = [
        ("dose", pk),
        ("prn", str(morning.ibuprofen.pk)),
        ("strip", str(morning.elin.pk)),
        ("progress", str(here.unit.pk)),
    ]
    viewer = board.audience(here.on_unit, key)
    with django_assert_max_num_queries(16):  # the site, and one pass
        assert all(board.fragments(viewer, key, wanted))


def test_only_who_charted_a_dose_may_undo_it_and_only_for_a_while(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, due = morning.here, morning.thiamine.started_at
    row = morning.chart(order_id=morning.thiamine.pk, due_at=due)
    undo = f"/pass/charted/{row.pk}/undo/sheet/"
    mine, theirs = (
        " ".join(drawn(morning, who, morning.elin.pk).values()) for who in (here.on_unit, here.second_nurse)
    )
    assert undo in mine
    assert undo not in theirs
    later = timezone.now() + timedelta(minutes=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert undo not in " ".join(drawn(morning, here.on_unit, morning.elin.pk).values())
