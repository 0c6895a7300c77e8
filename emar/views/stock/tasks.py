"""What controlled stock adds to the medication tasks: counts at the change of shift, and differences with what is to be sent."""

from django.urls import reverse

from emar.queries.mar.words import say_when
from emar.queries.stock import CountDue, VarianceRow
from emar.queries.tasks import Tasks
from emar.rules.stock import say_units
from emar.views.task_lines import Line, Part
from programs.desk import Desk
from staff.rules.capabilities import Capability


def stock_parts(found: Tasks, desk: Desk) -> tuple[Part, ...]:
    """Both kinds."""
    return (
        Part(
            "counts", "To count",
            "Every place is counted at the change of shift, by who goes and who comes. The line goes when both have counted.",
            tuple(_count(row, desk) for row in found.counts), "Every place was counted for this shift.",
        ),
        Part(
            "differences", "Counts that did not agree",
            "A locked line waits for a supervisor; a loss for its written notice and its form. The line goes when all of it is done.",
            tuple(_variance(row, desk) for row in found.variances), "Every count agreed, or was resolved.",
        ),
    )  # fmt: skip


def _count(row: CountDue, desk: Desk) -> Line:
    before = (
        "never counted before"
        if row.counted is None
        else f"last counted {say_when(row.counted.at, desk.tz)} by {' and '.join(row.counted.by)}"
    )
    due = say_when(row.due_at, desk.tz)
    if row.running is not None:
        where, act = reverse("emar:stock_count", args=[row.running.pk]), "Go on"
        before = f"begun {say_when(row.running.started_at, desk.tz)} by {row.running.by.signature}, {before}"
    elif desk.may(Capability.STOCK):
        where, act = reverse("emar:stock_begin", args=[row.location.pk]), "Count"
    else:
        where, act = f"{reverse('emar:stock')}#place-{row.location.pk}", "See"
    pill = ("late", f"was due {due}") if row.late else ("accent", f"due {due}")
    return Line(row.location.name, f"{before[0].upper()}{before[1:]}", where, act, pill)


def _variance(row: VarianceRow, desk: Desk) -> Line:
    said = f"{row.location}: counted {say_units(row.counted, row.unit)}, ledger {say_units(row.expected, row.unit)}"
    owed = [f"{each.what.label} due {say_when(each.due_at, desk.tz)}" for each in row.reports if each.sent_at is None]
    act = "Resolve" if row.ended_at is None and desk.may(Capability.STOCK_SUPERVISE) else "See"
    pill = (
        ("late", "report late")
        if row.late
        else ("stop", "locked")
        if row.ended_at is None
        else ("caution", "to be sent")
    )
    line = f"{said}, {say_when(row.opened_at, desk.tz)}{' · ' if owed else ''}{' · '.join(owed)}"
    return Line(row.line, line, reverse("emar:stock_variance", args=[row.pk]), act, pill)
