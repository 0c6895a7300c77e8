"""What waits at the site: refusals, signatures, effects, missed doses. Each line leads to where it is done."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from emar.keys import minute_of
from emar.queries.mar.words import say_when
from emar.queries.tasks import Tasks, Whose, tasks
from emar.queries.unsettled import unsettled_rows
from emar.views.stock.tasks import stock_parts
from emar.views.task_lines import Line, Part
from programs.desk import Desk, DeskRequest, at_desk
from staff.rules.capabilities import Capability


@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest) -> HttpResponse:
    """Every open task of the site: whole site, whoever gave the dose, so that nothing is lost at a shift change."""
    desk = request.desk
    found = tasks(desk.site, desk.now)
    return render(request, "emar/tasks.html", {"tasks": found, "parts": parts_of(found, desk)})


def parts_of(found: Tasks, desk: Desk) -> tuple[Part, ...]:
    """The eight kinds: what this person can do stands first, what is empty last."""
    prescriber = (_refused(found, desk), _cosigns(found, desk))
    nurse = (
        _unsettled(found, desk),
        _scores(found, desk),
        _owed(found, desk),
        _missed(found, desk),
        *stock_parts(found, desk),
    )
    parts = (*prescriber, *nurse) if desk.may(Capability.WRITE_ORDERS) else (*nurse, *prescriber)
    return tuple(sorted(parts, key=lambda part: not part.lines))


def _refused(found: Tasks, desk: Desk) -> Part:
    policy = found.policy
    lines = tuple(
        Line(
            f"{row.whose.client}: {row.title}",
            f"{row.found.words}, last due {say_when(row.found.last_at, desk.tz)}{_where(row.whose)}",
            reverse("emar:orders", args=[row.whose.client_id]), "Orders", ("late", f"{row.found.count} refused"),
            (f"{reverse('chart:chart', args=[row.whose.client_id])}#write", "Write a note"),
        )
        for row in found.refused
    )  # fmt: skip
    about = (
        f"{policy.refusals_in_a_row} refusals in a row, or {policy.refusals_in_days} in {policy.refusal_days.days} days, reach "
        "the prescriber. The line goes when a prescriber writes a note in the chart after it, when the order is changed, held "
        "or stopped, or when the client takes it again."
    )
    return Part("refused", "Refused again", about, lines, "No order was refused that often.")


def _cosigns(found: Tasks, desk: Desk) -> Part:
    lines = tuple(
        Line(
            f"{row.client}: {row.order}",
            f"{row.act} {say_when(row.at, desk.tz)}, {row.heard.lower()}, {row.prescriber}, taken down by {row.by}",
            f"{reverse('emar:orders', args=[row.client_id])}#order-{row.order_id}",
            "Co-sign" if desk.may(Capability.WRITE_ORDERS) else "Open",
            _due(row.due_at, desk, overdue=row.overdue) if row.prescriber_id != desk.person.pk else
            ("late" if row.overdue else "accent", f"yours, due {say_when(row.due_at, desk.tz)}"),
        )
        for row in found.cosigns
    )  # fmt: skip
    about = "Orders taken down on a prescriber's word. The line goes when a prescriber co-signs."
    return Part("cosigns", "To co-sign", about, lines, "Every verbal order is co-signed.")


def _owed(found: Tasks, desk: Desk) -> Part:
    lines = tuple(
        Line(
            f"{row.whose.client}: did {row.title} help?",
            f"Given {say_when(row.given_at, desk.tz)} by {row.by}{f' for {row.why.lower()}' if row.why else ''}{_where(row.whose)}",
            _pass(row.whose, found.at), "Look", _due(row.due_at, desk, overdue=row.overdue),
        )
        for row in found.owed
    )  # fmt: skip
    about = "Every dose as needed is looked at again, by whoever is on duty. The line goes when the effect is recorded."
    return Part("effects", "Did it help?", about, lines, "Every dose as needed was looked at again.")


def _scores(found: Tasks, desk: Desk) -> Part:
    lines = tuple(
        Line(
            f"{row.whose.client}: {row.scale} due",
            f"For {row.title}{f' · {row.last}' if row.last else ''}{_where(row.whose)}",
            reverse("chart:score", args=[row.whose.client_id, row.code]), "Score", _due(row.due_at, desk, overdue=True),
        )
        for row in found.scores
    )  # fmt: skip
    about = "Orders that go by a score ask for the next one. The line goes when somebody scores, or the order is held or stopped."
    return Part("scores", "To score", about, lines, "No score is overdue.")


def _unsettled(found: Tasks, desk: Desk) -> Part:
    rows = unsettled_rows(desk.site.pk, found.at) if found.unsettled else []
    may = desk.may(Capability.CORRECT_DOSES)
    lines = tuple(
        Line(
            f"{f'{row.client.called}: ' if row.client else ''}{row.title}",
            f"{row.tablet} was without the network: {row.tablet_says.by} charted it as {row.tablet_says.outcome.lower()} "
            f"{say_when(row.tablet_says.at, desk.tz)}",
            f"{reverse('emar:unsettled')}#unsettled-{row.pk}" if may else reverse("emar:tasks"),
            "Settle" if may else "See", ("late", "to settle"),
        )
        for row in rows
    )  # fmt: skip
    about = (
        "What a tablet charted without the network and the record could not take: somebody else charted it, or a rule refused. "
        "The line goes when a person says what really happened."
    )
    return Part("unsettled", "To settle", about, lines, "Nothing that was charted without the network waits.")


def _missed(found: Tasks, desk: Desk) -> Part:
    lines = tuple(
        Line(
            f"{row.whose.client}: {row.title}",
            f"Due {say_when(row.due_at, desk.tz)}, closed {say_when(row.closed_at, desk.tz)}{_where(row.whose)}",
            _pass(row.whose, row.due_at), "Chart", ("late", "missed"),
        )
        for row in found.missed
    )  # fmt: skip
    about = "Windows that closed in the last 24 hours with nothing charted. The line goes when the dose is charted, with its reason."
    return Part("missed", "Missed, not explained", about, lines, "Nothing was missed in the last 24 hours.")


def _due(due_at: datetime, desk: Desk, *, overdue: bool) -> tuple[str, str]:
    return ("late", f"was due {say_when(due_at, desk.tz)}") if overdue else ("off", f"due {say_when(due_at, desk.tz)}")


def _where(whose: Whose) -> str:
    return f" · {whose.place.unit} {whose.place.short}" if whose.place else ""


def _pass(whose: Whose, at: datetime) -> str:
    """The client on the pass around that time; the medication record of who sleeps on no unit."""
    if whose.place is None:
        return reverse("emar:mar", args=[whose.client_id])
    client = urlencode({"client": whose.client_id})
    return f"{reverse('emar:pass', args=[whose.place.unit_id, minute_of(at)])}?{client}"
