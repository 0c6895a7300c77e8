"""The report of a range: every dose in one box, the last one too, and lists that say why."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from emar.models import Order, OrderHold, Reassessment, ReassessmentResult
from emar.queries.report import Report, Sheet, report
from emar.rules.asked import ask_month, ask_range
from programs.models import Leave, Placement
from tests.documents.reading import words
from tests.emar.conftest import Morning, make_morning
from tests.emar.test_mar import DAY, EIGHT, mark
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order, policy

NOON = EIGHT + timedelta(hours=4)
MONDAY = date(2026, 1, 5)


def asked(morning: Morning, at: datetime = NOON, first: date = MONDAY, last: date = MONDAY) -> Report:
    return report(morning.here.site, first, last, at)


def sheet(found: Report, slug: str) -> Sheet:
    made = found.sheet(slug)
    assert made is not None
    return made


def test_a_dose_is_missed_once_its_window_closed(morning: Morning) -> None:
    assert asked(morning, EIGHT + timedelta(minutes=120)).total.open == 1
    found = asked(morning, EIGHT + timedelta(minutes=121))
    assert (found.total.missed, found.total.due) == (1, 1)
    assert sheet(found, "missed").rows == ((EIGHT, "Elin Novak", "R0001", "Alder", "Thiamine 100 mg"),)


def test_the_last_dose_of_an_order_is_missed_too(morning: Morning) -> None:
    Order.objects.filter(pk=morning.thiamine.pk).update(ended_at=EIGHT + timedelta(minutes=1))
    assert asked(morning).total.missed == 1


def test_what_lies_ahead_is_not_due(morning: Morning) -> None:
    assert asked(morning, EIGHT - timedelta(hours=3)).total.due == 0


@pytest.mark.parametrize(
    ("minutes", "outcome", "box"),
    [
        (0, "given", "in_time"), (120, "given", "in_time"), (121, "given", "late"), (-121, "given", "early"),
        (121, "refused", "refused"), (0, "held", "held"), (0, "not_available", "not_available"), (0, "absent", "away"),
        (0, "partial", "in_time"), (130, "vomited", "late"),
    ],
)  # fmt: skip
def test_every_dose_falls_into_one_box(morning: Morning, minutes: int, outcome: str, box: str) -> None:
    mark(morning.thiamine, EIGHT, morning.here.on_unit, outcome, at=EIGHT + timedelta(minutes=minutes))
    total = asked(morning).total
    assert getattr(total, box) == total.due == 1


def test_an_undone_entry_leaves_the_dose_missed(morning: Morning) -> None:
    first = mark(morning.thiamine, EIGHT, morning.here.on_unit)
    mark(morning.thiamine, EIGHT, morning.here.on_unit, "undone", corrects=first, note="Slip", recorded_at=NOON)
    assert asked(morning).total.missed == 1


def test_a_hold_is_not_due_and_a_leave_is_away(morning: Morning) -> None:
    hold = OrderHold.objects.create(
        order=morning.thiamine, why="Low", by=morning.here.on_unit, started_at=EIGHT - DAY / 2
    )
    assert asked(morning).total.due == 0
    OrderHold.objects.filter(pk=hold.pk).update(ended_at=EIGHT - DAY / 4)
    Leave.objects.create(episode=morning.episode, kind="pass", started_at=EIGHT - DAY / 8, expected_at=EIGHT + DAY)
    assert (asked(morning).total.away, asked(morning).total.missed) == (1, 0)


def test_a_site_that_closes_sooner_misses_sooner(morning: Morning) -> None:
    policy(morning.here.site, at=EIGHT - DAY, daily_minutes=30)
    mark(morning.thiamine, EIGHT, morning.here.on_unit, at=EIGHT + timedelta(minutes=31))
    assert asked(morning).total.late == 1


def test_the_tables_by_unit_medication_and_hour_add_up_to_all(morning: Morning) -> None:
    here = morning.here
    other = admit(here, client(here, "Omar", "Reed"), here.iop)
    order(other, medication("Sertraline", "50 mg"), at_times("08:00", "20:00"), by=here.prescriber)
    mark(morning.thiamine, EIGHT, here.on_unit)
    found = asked(morning, EIGHT + DAY)
    units = {row[0]: row[1] for row in sheet(found, "units").rows}
    assert units == {"Alder": 1, "No bed here": 2}
    assert [row[:2] for row in sheet(found, "hours").rows] == [("08:00", 2), ("20:00", 1)]
    for slug in ("units", "medications", "hours"):
        table = sheet(found, slug)
        columns = zip(*(row[1:] for row in table.rows), strict=True)
        assert table.total is not None
        assert tuple(sum(int(str(cell)) for cell in column) for column in columns) == table.total[1:]
        assert all(row[1] == sum(int(str(cell)) for cell in row[2:]) for row in table.rows)


def test_a_dose_belongs_to_the_site_and_unit_of_its_hour(morning: Morning) -> None:
    Placement.objects.filter(episode=morning.episode).update(ended_at=EIGHT - DAY)
    found = asked(morning, first=MONDAY - 2 * DAY)
    assert [row[0] for row in sheet(found, "missed").rows] == [EIGHT - 2 * DAY]


def test_what_was_gone_past_is_listed_with_its_code_and_reason(morning: Morning) -> None:
    said = [
        {"code": "dose.allergy", "message": "Allergy on the chart", "reason": "Rash as a child"},
        {"code": "dose.late_entry", "message": "40 min ago", "reason": "Emergency"},
    ]
    mark(morning.thiamine, EIGHT, morning.here.on_unit, overrides=said)
    mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT, overrides=said[:1])
    codes = [(row[4], row[5], row[7]) for row in sheet(asked(morning), "overrides").rows]
    assert codes == [
        ("Thiamine 100 mg", "dose.allergy", "Rash as a child"), ("Thiamine 100 mg", "dose.late_entry", "Emergency"),
        ("Ibuprofen 400 mg", "dose.allergy", "Rash as a child"),
    ]  # fmt: skip


def test_doses_as_needed_are_counted_by_what_they_did(morning: Morning) -> None:
    here = morning.here
    for hours, effect, seen_after in ((0, "worked", 50), (1, "partly", 70), (2, "", 0), (3, "", 0)):
        given_at = EIGHT + timedelta(hours=hours)
        row = mark(morning.ibuprofen, None, here.on_unit, at=given_at)
        owed = Reassessment.objects.create(administration=row, due_at=given_at + timedelta(hours=1))
        if effect:
            seen = given_at + timedelta(minutes=seen_after)
            ReassessmentResult.objects.create(
                reassessment=owed, effect=effect, seen_at=seen, recorded_at=seen, by=here.on_unit
            )
    found = asked(morning, EIGHT + timedelta(minutes=200)).as_needed
    assert dict(zip(found.heads, found.rows[0], strict=True)) == {
        "Medication": "Ibuprofen 400 mg", "Doses": 4, "Seen in time": 1, "Seen late": 1, "Open": 1, "Overdue": 1, "Worked": 1,
        "Helped a little": 1, "No effect": 0, "Worse": 0, "Asleep": 0, "Not seen": 0,
    }  # fmt: skip
    assert found.total is not None
    assert found.total[1] == 4


def test_the_queries_do_not_grow(morning: Morning) -> None:
    def counted(first: date) -> int:
        with CaptureQueriesContext(connection) as found:
            asked(morning, first=first)
        return len(found)

    mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT)
    few = counted(MONDAY)
    here = morning.here
    for number in range(3):
        episode = admit(here, client(here, f"Ann{number}", "Lee"), here.iop)
        made = order(episode, medication(f"Drug {number}", "5 mg"), at_times("08:00", "20:00"), by=here.prescriber)
        for days in range(4):
            mark(made, EIGHT - days * DAY, here.second_nurse)
    assert counted(MONDAY - 8 * DAY) == few
    assert few <= 11


@pytest.mark.parametrize(
    ("start", "end", "field", "sentence"),
    [
        ("soon", "", "from", "'soon' is not a date. Write year, month and day, like 2026-01-05."),
        ("", "2026-01-06", "to", "6 Jan 2026 has not come yet. Choose 5 Jan 2026 or earlier."),
        ("2026-01-04", "2026-01-03", "to", "The range begins on 4 Jan 2026 and would end before it. Choose an end from 4 Jan 2026 on."),
        ("2025-01-01", "", "from", "That is 370 days; a report covers at most 92. Begin on 6 Oct 2025 or later."),
        ("1999-12-31", "", "from", "Nothing is recorded before 1 Jan 2000. Choose a later date."),
    ],
)  # fmt: skip
def test_a_bad_range_gets_a_sentence(start: str, end: str, field: str, sentence: str) -> None:
    assert ask_range(start, end, MONDAY).wrong == {field: sentence}


def test_nothing_typed_means_the_last_seven_days() -> None:
    found = ask_range("", "", MONDAY)
    assert (found.first, found.last, found.wrong) == (date(2025, 12, 30), MONDAY, {})


@pytest.mark.parametrize("typed", ["2026-13", "May", "2026-1", "1999-12", "2027-02", "2026-01-05"])
def test_a_bad_month_gets_a_sentence(typed: str) -> None:
    assert ask_month(typed, MONDAY)[1].endswith((".", "2026-01."))
    assert ask_month("2025-11", MONDAY) == (date(2025, 11, 1), "")


@pytest.fixture
def browser(db: None) -> tuple[Browser, Morning]:
    """A nurse at her desk now, with a dose of yesterday morning missed and one given this minute."""
    made = make_morning(timezone.now())
    mark(made.ibuprofen, None, made.here.on_unit, at=made.here.now - timedelta(minutes=1), prn_reason="Headache")
    session = Browser()
    session.force_login(made.here.on_unit)
    return session, made


def test_the_page_the_tables_and_the_paper_answer(browser: tuple[Browser, Morning]) -> None:
    session, _ = browser
    assert b"Thiamine 100 mg" in session.get("/pass/reports/").content
    answer = session.get("/pass/reports/missed.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "Elin Novak" in answer.content.decode("utf-8-sig")
    paper = session.get("/pass/reports/pdf/")
    assert "As needed: did it help?" in words(paper.content)
    assert session.get("/pass/reports/unknown.csv").status_code == 404
    assert session.get("/pass/reports/?from=soon").status_code == 400
    assert session.get("/pass/reports/missed.csv?from=soon").status_code == 400


def test_the_record_is_on_the_page_and_on_paper_and_the_trail_says_who_opened_it(
    browser: tuple[Browser, Morning],
) -> None:
    session, made = browser
    mark(made.thiamine, datetime(2020, 1, 1, 13, tzinfo=UTC), made.here.on_unit, amount=Decimal(100))
    where = f"/pass/mar/{made.elin.pk}/"
    assert b"Thiamine 100 mg" in session.get(where).content
    then = (made.here.now - timedelta(minutes=1)).astimezone(
        made.here.site.tz
    )  # in the first minute of a month: the last
    paper = session.get(f"{where}pdf/", {"month": f"{then:%Y-%m}"})
    assert paper["Content-Type"] == "application/pdf"
    text = words(paper.content)
    assert "Elin Novak: medication record" in text
    assert "Robin Cole" in text
    assert "Headache" in text
    verbs = list(Event.objects.filter(client_id=made.elin.pk).values_list("verb", flat=True))
    assert verbs.count("emar.mar_opened") == 2


def test_a_record_elsewhere_is_not_there(browser: tuple[Browser, Morning]) -> None:
    session, made = browser
    session.force_login(made.here.elsewhere)
    assert session.get(f"/pass/mar/{made.elin.pk}/").status_code == 404
    assert session.get(f"/pass/mar/{made.elin.pk}/pdf/").status_code == 404


@pytest.mark.parametrize("asked_for", ["month=May", "at=soon", "at=2099-01-01T10:00"])
def test_a_bad_month_or_minute_is_refused_with_a_sentence(browser: tuple[Browser, Morning], asked_for: str) -> None:
    session, made = browser
    answer = session.get(f"/pass/mar/{made.elin.pk}/?{asked_for}")
    assert answer.status_code == 400
    assert b"field__error" in answer.content
