"""What the pass shows, and that it asks the database as often for three clients as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chart.models import Allergy
from emar import actions
from emar.queries import dose_row, open_orders, pass_lines, pass_page, prn_row, timeline
from emar.rules.administration import Outcome
from programs.models import Leave
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.emar.test_administer import NOT_TAKEN
from tests.factories import admit, client
from tests.factories.meds import as_needed, at_times, medication, order

HOUR = timedelta(hours=1)


def more_clients(morning: Morning, beds: int) -> None:
    here = morning.here
    for number in range(1, beds + 1):
        episode = admit(here, client(here, f"Client{number}", "Ames"), here.residential, here.beds[number])
        for name in ("Gabapentin", "Clonidine"):
            order(episode, medication(name, "300 mg"), at_times("08:00", "20:00"), by=here.prescriber)
        order(episode, medication("Hydroxyzine", "25 mg"), as_needed(), by=here.prescriber)
        Allergy.objects.create(client_id=episode.client_id, substance="sulfa", noted_at=NOW)


def test_the_pass_asks_the_same_number_of_questions_for_one_and_three_clients(morning: Morning) -> None:
    site, unit = morning.here.site, morning.here.unit.pk

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as page:
            pass_page(site, unit, EIGHT, at=NOW)
        with CaptureQueriesContext(connection) as lines:
            pass_lines(site, at=NOW)
        return len(page), len(lines)

    morning.chart()
    one = asked()
    more_clients(morning, 3)
    assert asked() == one
    assert max(one) <= 15


def test_the_page_shows_clients_in_walking_order_with_what_is_due(morning: Morning) -> None:
    more_clients(morning, 2)
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    assert [card.place.short for card in page.clients] == ["Rm 1-A", "Rm 1-B", "Rm 2-A"]
    assert (page.unit, page.at, page.total, page.done, page.late) == ("Alder", EIGHT, 5, 0, 0)
    elin = page.clients[0]
    assert [dose.drug.title for dose in elin.doses] == ["Thiamine 100 mg"]
    assert elin.prns[0].open
    assert page.clients[1].allergies == ("sulfa (reaction unknown)",)


def test_a_charted_dose_says_who_and_when_and_the_rest_ages(morning: Morning) -> None:
    more_clients(morning, 1)
    morning.chart()
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW + HOUR / 2)
    assert page is not None
    mark = page.clients[0].doses[0].mark
    assert mark is not None
    assert (mark.outcome, mark.by, mark.at) == (Outcome.GIVEN, "RN Cole", NOW)
    assert [dose.state.value for dose in page.clients[1].doses] == ["late", "late"]
    assert (page.total, page.done, page.late) == (3, 1, 2)
    assert [card.said for card in page.clients] == ["1 of 1", "2 due, 2 late"]


def test_the_latest_correction_is_shown(morning: Morning) -> None:
    old = morning.chart()
    actions.correct(
        by=morning.here.on_unit,
        at=NOW,
        administration_id=old.pk,
        outcome=Outcome.REFUSED,
        reason="nausea",
        note="Spat out",
    )
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    dose = page.clients[0].doses[0]
    assert dose.mark is not None
    assert (dose.look, dose.mark.corrected, dose.mark.note) == ("refused", True, "Spat out")


def test_an_order_on_hold_is_not_due(morning: Morning) -> None:
    actions.hold_order(by=morning.here.prescriber, at=NOW, order_id=morning.thiamine.pk, why="Sedated")
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    assert page.total == 0
    assert page.clients[0].doses[0].drug.on_hold == "On hold since 08:10: Sedated"


def test_who_is_on_leave_is_shown_as_away(morning: Morning) -> None:
    Leave.objects.create(episode=morning.episode, kind="pass", started_at=NOW, expected_at=NOW + 9 * HOUR)
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    assert (page.clients[0].look, page.clients[0].said) == ("away", "on pass")


def test_as_needed_rows_say_when_the_next_is_allowed(morning: Morning) -> None:
    morning.chart(order_id=morning.ibuprofen.pk, due_at=None, amount=morning.ibuprofen.dose, note="Headache")
    row = prn_row(morning.here.site, morning.ibuprofen.pk, at=NOW + HOUR)
    assert row is not None
    assert (row.open, row.next_at, row.taken) == (False, NOW + 6 * HOUR, 1)


def test_a_rows_key_changes_once_something_is_charted(morning: Morning) -> None:
    site, minute = morning.here.site, int(EIGHT.timestamp()) // 60
    before = dose_row(site, morning.thiamine.pk, minute, at=NOW)
    again = dose_row(site, morning.thiamine.pk, minute, at=NOW + HOUR)
    morning.chart()
    after = dose_row(site, morning.thiamine.pk, minute, at=NOW)
    assert before and again and after
    assert before.key == again.key != after.key


def test_the_list_of_passes_marks_the_one_around_now(morning: Morning) -> None:
    more_clients(morning, 1)
    lines = pass_lines(morning.here.site, at=NOW - HOUR)
    assert [(line.unit, line.at, line.current) for line in lines] == [
        ("Alder", EIGHT - 12 * HOUR, False),
        ("Alder", EIGHT, True),
        ("Alder", EIGHT + 12 * HOUR, False),
    ]


def test_open_orders_are_counted(morning: Morning) -> None:
    assert open_orders(morning.episode.pk, NOW) == 2
    actions.stop_order(by=morning.here.prescriber, at=NOW, order_id=morning.thiamine.pk, why="Done")
    assert open_orders(morning.episode.pk, NOW) == 1


@pytest.mark.parametrize("days", [1, 3])
def test_the_timeline_tells_what_was_off_and_sums_up_the_rest(morning: Morning, days: int) -> None:
    for day in range(days):
        shift = timedelta(days=day)
        morning.chart(due_at=EIGHT + shift, at=NOW + shift)
    morning.chart(
        due_at=EIGHT + timedelta(days=3),
        at=NOW + timedelta(days=3),
        outcome=Outcome.REFUSED,
        reason="nausea",
        **NOT_TAKEN,
    )
    with CaptureQueriesContext(connection) as asked:
        entries = timeline(morning.elin.pk, NOW + timedelta(days=4))
    assert len(asked) == 2
    assert [entry.title for entry in entries] == ["Thiamine 100 mg refused"] + ["1 dose given"] * days
    assert entries[0].line == "Nausea or cannot swallow"
