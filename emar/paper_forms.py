"""What is typed about a stretch on paper: its hours, and each client's lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.http import QueryDict

from audit.rules.findings import Refused, stop
from emar.actions.downtime import PaperDose
from emar.models import Outage
from emar.queries import ClientCard, DoseRow
from emar.rules.administration import REASONS, TAKEN, Outcome
from programs.forms import WallClock

WHAT = (Outcome.GIVEN, Outcome.REFUSED, Outcome.HELD, Outcome.NOT_AVAILABLE, Outcome.ABSENT)
"""What a line of paper can say. A part, a place on the body or a score is entered on the sheet of the dose."""

CHOICES = [(outcome.value, outcome.label) for outcome in WHAT]
WHY = [
    (outcome.label, [(f"{outcome}:{code}", words) for code, words in REASONS[outcome]])
    for outcome in WHAT
    if outcome in REASONS
]


class OutageForm(forms.Form):
    """From when until when, and what was down. Still on paper: the end is left empty."""

    started_at = WallClock(passed=True, label="On paper since")
    ended_at = WallClock(passed=True, label="Until", required=False, help_text="Leave empty while it lasts.")
    why = forms.CharField(
        label="What was down", max_length=200, widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "Say what was down: the network, the power, the server."},
    )  # fmt: skip


class EndForm(forms.Form):
    """Since when the system is back."""

    ended_at = WallClock(passed=True, label="Back since")


@dataclass(frozen=True)
class Line:
    """A line of the form: the dose, and what was typed about it so far."""

    row: DoseRow
    what: str
    clock: str
    why: str


def typed_lines(card: ClientCard, sent: QueryDict | None, tz: tzinfo) -> list[Line]:
    """The lines of a client as the form shows them; with ``sent``, as they were typed."""
    return [
        Line(
            row,
            "" if sent is None else sent.get(f"what-{row.pk}", ""),
            f"{row.due_at.astimezone(tz):%H:%M}" if sent is None else sent.get(f"at-{row.pk}", ""),
            "" if sent is None else sent.get(f"why-{row.pk}", ""),
        )
        for row in card.open_doses
    ]


def paper_lines(card: ClientCard, sent: QueryDict, outage: Outage, tz: tzinfo) -> list[PaperDose]:
    """The lines that were filled in for one client. Raises Refused for an hour that is none, and for no line at all.

    A line's key is made of the dose and the answer, so that the same form sent twice enters nothing twice.
    """
    lines = list(_lines(card, sent, outage, tz))
    if not lines:
        raise Refused(
            stop("downtime.nothing", "No line is filled in. Choose what the paper says for at least one dose.")
        )
    return lines


def _lines(card: ClientCard, sent: QueryDict, outage: Outage, tz: tzinfo) -> Iterator[PaperDose]:
    for row in card.open_doses:
        what = sent.get(f"what-{row.pk}", "")
        if what not in dict(CHOICES):
            continue
        outcome, clock = Outcome(what), sent.get(f"at-{row.pk}", "")
        reason, note = sent.get(f"why-{row.pk}", ""), sent.get(f"note-{row.pk}", "")
        taken = outcome in TAKEN
        answer = "|".join(
            (str(outage.pk), row.pk, what, clock, reason, note, sent.get("given_by", ""), str("identified" in sent))
        )
        yield PaperDose(
            order_id=row.drug.order_id, due_at=row.due_at, outcome=outcome, at=_at(clock, row, outage, tz),
            given_by_id=int(sent.get("given_by", "0") or 0) if sent.get("given_by", "0").isdecimal() else 0,
            reason=reason.partition(":")[2] if reason.startswith(f"{what}:") else "", note=note,
            amount=row.drug.amount if taken else None, unit=row.drug.unit if taken else None,
            key=uuid5(NAMESPACE_URL, f"stepwell:paper:{answer}"),
        )  # fmt: skip


def _at(clock: str, row: DoseRow, outage: Outage, tz: tzinfo) -> datetime:
    """What the wall showed, on the day nearest to when the dose was due; with nothing typed, when it was due."""
    if not clock:
        return row.due_at
    try:
        hour, minute = (int(part) for part in clock.split(":", 1))
        shown = row.due_at.astimezone(tz).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError as error:
        raise Refused(stop("downtime.clock", f"'{clock[:10]}' is not an hour. Write it as 08:10.")) from error
    days = [shown + timedelta(days=off) for off in (-1, 0, 1)]
    inside = [day for day in days if outage.started_at <= day and (outage.ended_at is None or day <= outage.ended_at)]
    return min(inside or days, key=lambda day: abs(day - row.due_at))
