"""What the pass shows, and that it asks the database as often for three clients as for one."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beds.models import Bed, Room
from chart.models import Allergy
from emar import actions
from emar.models import Order
from emar.queries import dose_row, open_orders, pass_lines, pass_page, prn_row, timeline
from emar.queries.pages import by_unit
from emar.rules.administration import Outcome
from emar.rules.schedule import to_json
from programs.models import Leave
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.emar.test_administer import NOT_TAKEN
from tests.factories import admit, client
from tests.factories.meds import as_needed, at_times, contains, medication, order, policy
from tests.timeline import EVER

HOUR = timedelta(hours=1)
HEADACHE: dict[str, Any] = {"prn_reason": "Headache", "scale": "pain", "score": Decimal(7)}


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


def test_a_pass_of_sixty_clients_with_480_doses_takes_at_most_fifteen_questions(morning: Morning) -> None:
    here = morning.here
    rooms = Room.objects.bulk_create(
        Room(unit=here.unit, name=f"9{number}", position=90 + number) for number in range(60)
    )
    beds = Bed.objects.bulk_create(Bed(room=room, label="A") for room in rooms)
    drugs = [medication(f"Drug {letter}", "5 mg") for letter in "ABCDEFGH"]
    for number, bed in enumerate(beds):
        episode = admit(here, client(here, f"First{number}", f"Last{number}"), here.residential, bed)
        Order.objects.bulk_create(
            Order(
                episode=episode, client_id=episode.client_id, medication=drug, dose=5, unit="mg", route="by mouth",
                schedule=to_json(at_times("08:00")), started_at=episode.started_at, by=here.prescriber,
            )
            for drug in drugs
        )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        page = pass_page(here.site, here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    assert (len(page.clients), page.total) == (61, 481)
    assert len(asked) <= 15


def test_what_a_client_carries_is_not_on_the_pass(morning: Morning) -> None:
    order(
        morning.episode,
        medication("Albuterol", "90 mcg"),
        at_times("08:00"),
        by=morning.here.prescriber,
        mode="self_carry",
    )
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    assert [dose.drug.medication for dose in page.clients[0].doses] == ["Thiamine"]


def test_an_undone_entry_is_no_mark_and_has_a_key_of_its_own(morning: Morning) -> None:
    site, minute = morning.here.site, int(EIGHT.timestamp()) // 60
    before = dose_row(site, morning.thiamine.pk, minute, at=NOW)
    row = morning.chart()
    actions.undo(by=morning.here.on_unit, at=NOW, administration_id=row.pk, note="Wrong tap")
    undone = dose_row(site, morning.thiamine.pk, minute, at=NOW)
    assert before and undone
    assert (undone.mark, undone.state.value, undone.key != before.key) == (None, "due", True)
    assert not [entry for entry in timeline(morning.elin.pk, *EVER, NOW) if "Thiamine" in entry.title]


def test_windows_are_the_sites_own(morning: Morning) -> None:
    policy(morning.here.site, at=NOW - HOUR, daily_minutes=10)
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW + HOUR / 2)
    assert page is not None
    assert page.clients[0].doses[0].state.value == "missed"


def test_a_drug_is_written_as_it_is_told_apart_and_counted(morning: Morning) -> None:
    drug = medication(
        "Hydroxyzine", "25 mg", display_name="hydrOXYzine", look_alike=True, dea_schedule="IV",
        contents=contains("hydroxyzine 25 mg"), counted_in="tablet",
    )  # fmt: skip
    ranged = medication("Ibuprofen", "200 mg")
    order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber, dose="50", time_critical=True)
    order(morning.episode, ranged, at_times("08:00"), by=morning.here.prescriber, dose="200", dose_max=Decimal(400))
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=NOW)
    assert page is not None
    first, second, thiamine = sorted((dose.drug for dose in page.clients[0].doses), key=lambda drug: drug.title.lower())
    assert (first.title, first.sig, first.give) == (
        "hydrOXYzine 50 mg", "2 \N{MULTIPLICATION SIGN} 25 mg tablet by mouth · daily at 08:00", "Give 2",
    )  # fmt: skip
    assert (first.look_alike, first.controlled, first.time_critical) == (True, "C-IV", True)
    assert (second.title, second.give, second.asks) == ("Ibuprofen 200 to 400 mg", "Give …", True)
    assert (thiamine.give, thiamine.asks) == ("Give", False)


def test_the_next_as_needed_dose_waits_for_what_another_order_gave(morning: Morning) -> None:
    other = medication(
        "Advil", "200 mg", ingredient="ibuprofen", contents=contains("ibuprofen 200 mg"), counted_in="tablet"
    )
    scheduled = order(morning.episode, other, at_times("08:00"), by=morning.here.prescriber, dose="400")
    morning.chart(order_id=scheduled.pk, amount=Decimal(400))
    row = prn_row(morning.here.site, morning.ibuprofen.pk, at=NOW + HOUR)
    assert row is not None
    assert (row.open, row.next_at, row.taken) == (False, NOW + 6 * HOUR, 1)


def test_an_effect_is_on_the_client_when_it_is_due_and_gone_when_it_is_recorded(morning: Morning) -> None:
    site, unit = morning.here.site, morning.here.unit.pk
    row = morning.chart(order_id=morning.ibuprofen.pk, due_at=None, amount=morning.ibuprofen.dose, **HEADACHE)

    def effects(minutes: int) -> list[tuple[str, bool]]:
        page = pass_page(site, unit, EIGHT, at=NOW + timedelta(minutes=minutes))
        assert page is not None
        return [(effect.title, effect.overdue) for effect in page.clients[0].effects]

    assert effects(1) == []
    assert effects(50) == [("Ibuprofen 400 mg", False)]
    assert effects(61) == [("Ibuprofen 400 mg", True)]
    actions.reassess(by=morning.here.second_nurse, at=NOW + HOUR, administration_id=row.pk, effect="worked")
    assert effects(61) == []


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
    morning.chart(order_id=morning.ibuprofen.pk, due_at=None, amount=morning.ibuprofen.dose, **HEADACHE)
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
        entries = timeline(morning.elin.pk, *EVER, NOW + timedelta(days=4))
    assert len(asked) == 1
    assert [entry.title for entry in entries] == ["Thiamine 100 mg refused"] + ["1 dose given"] * days
    assert entries[0].line == "Nausea or cannot swallow"


def test_what_lies_behind_and_is_charted_in_full_stands_apart_from_what_is_left_to_do(morning: Morning) -> None:
    order(morning.episode, medication("Gabapentin", "300 mg"), at_times("01:00", "20:00"), by=morning.here.prescriber)
    (unit,) = by_unit(pass_lines(morning.here.site, at=NOW))
    assert not unit.earlier and any(line.current for line in unit.lines)
    gabapentin = Order.objects.latest("pk")
    morning.chart(order_id=gabapentin.pk, due_at=EIGHT - 7 * HOUR, at=EIGHT - 7 * HOUR, amount=Decimal(300))
    (unit,) = by_unit(pass_lines(morning.here.site, at=NOW))
    assert [line.at for line in unit.earlier] == [EIGHT - 7 * HOUR]
    assert all(line.open for line in unit.lines)


def test_how_long_ago_a_missed_dose_was_due_is_said_in_hours(morning: Morning) -> None:
    page = pass_page(morning.here.site, morning.here.unit.pk, EIGHT, at=EIGHT + 7 * HOUR + timedelta(minutes=25))
    assert page is not None
    (dose,) = page.clients[0].doses
    assert (dose.look, dose.ago) == ("missed", "7 h 25 min")
