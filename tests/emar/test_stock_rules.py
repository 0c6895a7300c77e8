"""The rules of counted stock, by the tables of docs/rules/controlled-substances.md."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Finding
from emar.rules.stock import (
    Cause,
    Drawn,
    Line,
    Told,
    Use,
    draw_findings,
    form_due,
    is_reportable,
    notice_due,
    reports,
    resolution_findings,
    say_units,
)
from programs.rules.clocks import State
from tests.doc_table import table

PAGE = "docs/rules/controlled-substances.md"
NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 1, 5)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=150)
LINE = Line(
    pk=1, name="Lorazepam 1 mg, lot A12", lot="A12", unit="tablet", balance=Decimal(20), expires_on=date(2026, 3, 31),
    worth=Decimal(1),
)  # fmt: skip
USE = Use(medication="Lorazepam", client=7, today=TODAY, controlled=True, taken=True, amount=Decimal(2), unit="mg")
WATCHED: dict[str, Any] = {"why": "Half a dose", "witnessed": True}
CASES: dict[str, dict[str, Any]] = {
    "nobody watched the waste": {"drawn": {"witnessed": False}},
    "no reason for the waste": {"drawn": {"why": " "}},
    "another lot on the package": {"drawn": {"lot": "B7"}},
    "the lot has expired": {"line": {"expires_on": TODAY - timedelta(days=1)}},
    "the line is locked": {"line": {"locked": "at 07:02 on 5 Jan"}},
    "a line of another site": {"line": {"here": False}},
    "another client's own": {"line": {"owner": 8, "approved": True}},
    "the client's own, not approved": {"line": {"owner": 7}},
    "refused, put back": {"use": {"taken": False, "amount": None}},
    "refused, and no word of where it went": {"use": {"taken": False, "amount": None}},
    "no line named, the site counts none of it": {"use": {"kept": False}},
    "no line named, and the site's policy asks for one": {"use": {"kept": False, "required": True}},
}


def said(findings: list[Finding]) -> tuple[str, str]:
    return (findings[0].code, findings[0].message) if findings else ("none", "")


@pytest.mark.parametrize("row", table(PAGE, "Drawing a dose"), ids=lambda row: row["Case"])
def test_drawing_a_dose(row: dict[str, str]) -> None:
    change = CASES.get(row["Case"], {})
    use, line = replace(USE, **change.get("use", {})), replace(LINE, **change.get("line", {}))
    draws = []
    if row["Drawn"]:
        parts = {name.lower(): Decimal(row[name]) for name in ("Drawn", "Wasted", "Returned")}
        took: dict[str, Any] = parts | WATCHED | change.get("drawn", {})
        draws = [(Drawn(**took), line)]
    assert said(draw_findings(use, draws)) == (row["Code"], row["Sentence"])


@pytest.mark.parametrize(
    "row", table(PAGE, "Resolving a difference"), ids=lambda row: f"{row['Cause']} {row['Counted again']}"
)
def test_resolving_a_difference(row: dict[str, str]) -> None:
    cause, found, balance = Cause(row["Cause"]), Decimal(row["Counted again"]), Decimal(20)
    findings = list(
        resolution_findings(
            cause=cause,
            words="Looked everywhere twice",
            recounted=found,
            balance=balance,
            unit="tablet",
            by=1,
            counters=(2, 3),
        )
    )
    assert said(findings)[0] == row["Code"]
    if not findings:
        assert (balance if cause.ledger_right else found) == Decimal(row["Ledger then"])


def wall(text: str, form: str = "%a %d %b %Y %H:%M") -> datetime:
    return datetime.strptime(text, form).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize("row", table(PAGE, "When a loss is reported"), ids=lambda row: row["Found"])
def test_when_a_loss_is_reported(row: dict[str, str]) -> None:
    found = wall(row["Found"])

    def shown(due: datetime) -> str:
        return f"{due.astimezone(NEW_YORK):%a %-d %b %H:%M}"

    assert (shown(notice_due(found, NEW_YORK)), shown(form_due(found, NEW_YORK))) == (row["Notice by"], row["Form by"])


def test_a_clock_is_near_late_or_met() -> None:
    found = wall("Mon 05 Jan 2026 07:02").astimezone(UTC)

    def states(hours: float, notice: float | None = None) -> tuple[State, State]:
        sent = None if notice is None else found + timedelta(hours=notice)
        now = found + timedelta(hours=hours)
        one, two = reports(found, notice_at=sent, form_at=None, now=now, tz=NEW_YORK)
        assert (one.what, two.what) == (Told.NOTICE, Told.FORM)
        return one.state, two.state

    assert states(1) == (State.RUNNING, State.RUNNING)
    assert states(20) == (State.NEAR, State.RUNNING)
    assert states(25) == (State.LATE, State.RUNNING)
    assert states(46 * 24) == (State.LATE, State.LATE)
    assert states(30, notice=23) == (State.MET, State.RUNNING)
    assert states(30, notice=25) == (State.LATE, State.RUNNING)


def test_what_is_reported_is_something_missing_without_an_innocent_cause() -> None:
    assert is_reportable(Decimal(1), None)
    assert is_reportable(Decimal(1), Cause.STOLEN)
    assert not is_reportable(Decimal(0), None)
    assert not is_reportable(Decimal(1), Cause.MISCOUNT)


amounts = st.decimals(-1, 25, places=1)


@quick
@given(drawn=amounts, wasted=amounts, returned=amounts, taken=st.booleans(), witnessed=st.booleans())
def test_what_is_let_through_adds_up(
    drawn: Decimal, wasted: Decimal, returned: Decimal, taken: bool, witnessed: bool
) -> None:
    took = Drawn(drawn, wasted, returned, why="Half a dose", witnessed=witnessed)
    use = replace(USE, taken=taken, amount=Decimal(2) if taken else None)
    if draw_findings(use, [(took, LINE)]):
        return
    assert drawn == took.given + wasted + returned
    assert min(drawn - Decimal("0.1"), took.given, wasted, returned) >= 0
    assert LINE.balance - drawn + returned >= 0
    assert took.given == (2 if taken else 0)
    assert witnessed or not wasted


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [("1", "tablet", "1 tablet"), ("2", "tablet", "2 tablets"), ("0.50", "tablet", "0.5 tablets"), ("10", "mL", "10 mL"),
     ("2", "film", "2 films"), ("3", "syringe", "3 syringes")],
)  # fmt: skip
def test_units_are_said_without_a_trailing_zero(amount: str, unit: str, words: str) -> None:
    assert say_units(Decimal(amount), unit) == words
