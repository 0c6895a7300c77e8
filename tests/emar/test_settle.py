"""What a tablet says beside what stands on the record: a person says what really happened, once, and nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from audit.rules.findings import Refused
from chart.models import Note
from emar import actions
from emar.actions.offline import settle
from emar.models import Administration, Settlement, TabletDose, Unsettled
from emar.queries.tasks import tasks
from emar.queries.unsettled import unsettled_rows
from emar.rules.administration import Outcome
from live.queries import current_seq
from programs.topics import pass_topic
from staff.access import NotAllowed
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.emar.tablets import said_of, send, tablet
from tests.emar.talk import signed_in

LATER = NOW + timedelta(hours=3)
LAST = LATER + timedelta(minutes=10)


def charted_twice(morning: Morning) -> Unsettled:
    """The colleague charted it at 08:10, the tablet of the nurse on the unit says 08:14."""
    morning.chart(by=morning.here.second_nurse)
    return sent(morning, at=NOW + timedelta(minutes=4))


def sent(morning: Morning, *, at: Any = NOW, now_off: timedelta | None = None, **changes: Any) -> Unsettled:
    nurse = morning.here.on_unit
    said = said_of(morning, nurse, at, **{"due_at": EIGHT.isoformat()} | changes)
    [taken] = send(tablet(morning.here), nurse, LATER, said, now_off=now_off)
    assert taken.unsettled_id is not None, taken
    return Unsettled.objects.get(pk=taken.unsettled_id or 0)


def say(morning: Morning, row: Unsettled, verdict: str, **changes: Any) -> Settlement:
    asked: dict[str, Any] = {"by": morning.here.second_nurse, "at": LAST, "why": "I asked RN Cole"}
    return settle(**asked | {"unsettled_id": row.pk, "verdict": verdict} | changes)


def test_the_same_dose_charted_twice_leaves_the_record_as_it_is(morning: Morning) -> None:
    row = charted_twice(morning)
    done = say(morning, row, "same", why="")
    assert (done.administration, done.by) == (None, morning.here.second_nurse)
    assert Administration.objects.count() == 1
    assert not unsettled_rows(morning.here.site.pk, LAST)
    assert Event.objects.filter(verb="emar.settle").count() == 1


def test_both_given_is_an_extra_dose_that_counts_and_an_incident_in_the_chart(morning: Morning) -> None:
    row = charted_twice(morning)
    extra = say(morning, row, "both").administration
    assert extra is not None
    assert (extra.due_at, extra.by, extra.given_at) == (None, morning.here.on_unit, NOW + timedelta(minutes=4))
    assert extra.amount == Decimal(100)
    assert "Extra dose without the network at 08:14; settled by RN Ames" in extra.note
    assert Administration.objects.count() == 2
    note = Note.objects.get()
    assert "Incident: Thiamine 100 mg was given twice" in note.text
    assert "RN Cole gave one at 08:14" in note.text
    assert "RN Ames charted the other at 08:10" in note.text
    record = signed_in(morning.here.second_nurse).get(f"/pass/mar/{morning.elin.pk}/?month=2026-01").content.decode()
    assert "Extra dose, given" in record


def test_an_extra_dose_is_corrected_like_any_other(morning: Morning) -> None:
    extra = say(morning, charted_twice(morning), "both").administration
    assert extra is not None
    fixed = actions.correct(
        by=morning.here.second_nurse, at=LAST + timedelta(minutes=5), administration_id=extra.pk, outcome=Outcome.REFUSED,
        amount=None, unit=None, reason="not_needed", note="It was not taken after all", given_at=extra.given_at,
    )  # fmt: skip
    assert (fixed.corrects, fixed.outcome, fixed.due_at) == (extra, Outcome.REFUSED, None)


def test_it_did_not_happen_leaves_the_record_as_it_is_and_says_how_that_is_known(morning: Morning) -> None:
    row = charted_twice(morning)
    with pytest.raises(Refused, match="Say how you know"):
        say(morning, row, "not", why="  ")
    assert say(morning, row, "not").why == "I asked RN Cole"
    assert Administration.objects.count() == 1


def test_a_dose_given_after_a_stop_nobody_there_knew_of_is_put_on_the_record(morning: Morning) -> None:
    actions.stop_order(by=morning.here.prescriber, at=NOW, order_id=morning.thiamine.pk, why="No longer needed")
    row = sent(morning, at=NOW + timedelta(minutes=4))
    written = say(morning, row, "record", why="Nobody on the unit knew of the stop").administration
    assert written is not None
    assert (written.by, written.due_at, written.outcome) == (morning.here.on_unit, EIGHT, Outcome.GIVEN)
    assert written.reasons["dose.order_stopped"] == "Nobody on the unit knew of the stop"
    with pytest.raises(Refused, match="RN Ames settled this already"):
        say(morning, row, "record")


def test_where_the_clock_jumped_a_person_says_when_it_was(morning: Morning) -> None:
    row = sent(morning, now_off=timedelta(hours=5))
    given = NOW + timedelta(minutes=20)
    written = say(morning, row, "record", given_at=given).administration
    assert written is not None
    assert written.given_at == given
    with pytest.raises(Refused, match="has not come yet"):
        say(morning, sent_again(morning), "record", given_at=LAST + timedelta(hours=1))


def sent_again(morning: Morning) -> Unsettled:
    nurse = morning.here.on_unit
    said = said_of(morning, nurse, NOW, morning.ibuprofen, place=2, prn_reason="Pain", scale="pain", score="5")
    [taken] = send(tablet(morning.here, "Cart 2"), nurse, LATER, said, now_off=timedelta(hours=5))
    return Unsettled.objects.get(pk=taken.unsettled_id or 0)


def test_two_people_settle_at_once_and_the_second_is_told(morning: Morning) -> None:
    row = charted_twice(morning)
    say(morning, row, "same")
    with pytest.raises(Refused, match="RN Ames settled this already: the same dose, charted twice"):
        say(morning, row, "both", by=morning.here.director)
    assert Administration.objects.count() == 1


def test_what_makes_no_sense_is_refused_with_what_would(morning: Morning) -> None:
    row = charted_twice(morning)
    for verdict, words in {"perhaps": "Choose what really happened", "record": "Something else is charted"}.items():
        with pytest.raises(Refused, match=words):
            say(morning, row, verdict)
    refused = sent_refused(morning)
    with pytest.raises(Refused, match="Nothing else is charted"):
        say(morning, refused, "same")
    with pytest.raises(Refused, match="Chart the dose by hand"):
        say(morning, refused, "record")


def sent_refused(morning: Morning) -> Unsettled:
    """Ten times the dose: nobody puts that on the record by a tap."""
    nurse = morning.here.on_unit
    said = said_of(
        morning, nurse, NOW, morning.ibuprofen, place=2, amount="4000", prn_reason="Pain", scale="pain", score="5"
    )
    [taken] = send(tablet(morning.here, "Cart 2"), nurse, LATER, said)
    return Unsettled.objects.get(pk=taken.unsettled_id or 0)


def test_only_who_may_correct_doses_settles(morning: Morning) -> None:
    row = charted_twice(morning)
    with pytest.raises(NotAllowed):
        say(morning, row, "same", by=morning.here.intake)


def test_it_is_a_task_and_shows_side_by_side_until_it_is_settled(morning: Morning) -> None:
    row = charted_twice(morning)
    assert tasks(morning.here.site, LAST).unsettled == 1
    [shown] = unsettled_rows(morning.here.site.pk, LAST)
    assert (shown.tablet_says.by, shown.tablet_says.at) == ("RN Cole", NOW + timedelta(minutes=4))
    assert shown.record_says is not None
    assert (shown.record_says.by, shown.record_says.at) == ("RN Ames", NOW)
    assert [code for code, _ in shown.verdicts] == ["same", "both", "not"]
    before = current_seq(pass_topic(morning.here.unit.pk))
    say(morning, row, "same")
    assert tasks(morning.here.site, LAST).unsettled == 0
    assert current_seq(pass_topic(morning.here.unit.pk)) > before


def test_a_correction_made_meanwhile_is_what_the_record_says(morning: Morning) -> None:
    row = charted_twice(morning)
    actions.correct(
        by=morning.here.second_nurse, at=LATER, administration_id=Administration.objects.get().pk, outcome=Outcome.REFUSED,
        amount=None, unit=None, reason="not_needed", note="Spat it out", given_at=NOW,
    )  # fmt: skip
    [shown] = unsettled_rows(morning.here.site.pk, LAST)
    assert shown.record_says is not None
    assert shown.record_says.outcome == "Refused"
    with pytest.raises(Refused, match="only where both say"):
        say(morning, row, "both")


@pytest.mark.parametrize("table", ["emar_tabletdose", "emar_unsettled", "emar_settlement"])
def test_the_database_changes_nothing_of_it(morning: Morning, table: str) -> None:
    say(morning, charted_twice(morning), "same")
    for words in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)


def test_the_database_refuses_a_verdict_without_its_row_and_an_entry_without_a_reason(morning: Morning) -> None:
    row = charted_twice(morning)
    wrong: list[Callable[[], object]] = [
        lambda: Settlement.objects.create(unsettled=row, verdict="both", why="Why", by=morning.here.on_unit, at=LAST),
        lambda: Settlement.objects.create(unsettled=row, verdict="not", why="", by=morning.here.on_unit, at=LAST),
        lambda: Unsettled.objects.create(dose=TabletDose.objects.get(), site=row.site, findings=[], at=LAST),
    ]
    for each in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            each()


def test_the_page_settles_and_says_what_is_wrong(morning: Morning) -> None:
    row = charted_twice(morning)
    nurse = signed_in(morning.here.second_nurse)
    where = f"/pass/settle/{row.pk}/"
    page = nurse.get("/pass/settle/").content.decode()
    assert "Cart 1 says" in page and "Both were given" in page
    assert "Say how you know" in nurse.post(where, {"verdict": "both"}).content.decode()
    assert nurse.post(where, {"verdict": "same"}).status_code == 302
    assert "Nothing waits to be settled" in nurse.get("/pass/settle/").content.decode()
    assert signed_in(morning.here.elsewhere).post(where, {"verdict": "same"}).status_code == 404
