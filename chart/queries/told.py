"""What the chart and the program have to tell the next shift, and their figures of a day."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from chart.models import ObservationCheck, ObservationOrder, Task
from chart.queries.incidents import reported
from chart.queries.rounds.load import watched
from chart.queries.rounds.report import report_between
from chart.rules.incidents import Kind, Severity
from chart.rules.rounds.states import LOOKED_FOR, State
from chart.rules.rounds.walked import Outcome
from programs.contributions import DayFigure, Raised
from programs.models import Leave, Placement, Precaution, Program, Site
from programs.rules.precautions import Precaution as Minded
from staff.models import Duty


def exceptions(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """What a chart has to tell: incidents, looks late and missed, who was not found, new orders of looks, urgent tasks. About twenty
    queries."""
    site = Site.objects.get(pk=site_id)
    for row in reported(site_id, since, until, at):
        severity = Severity(row.severity)
        title = f"Incident: {Kind(row.kind).label.lower()}, {severity.label.lower()}"
        people = list(row.clients.all())
        for each in people:
            yield Raised(each.client_id, row.entered_at, "incident", title, each.about, severity.tone, True)
        if not people:
            yield Raised(None, row.entered_at, "incident", title, row.what[:200], severity.tone, True)
    yield from _looks(site, since, until, at)
    orders = ObservationOrder.objects.filter(site=site, started_at__gte=since, started_at__lt=until)
    for order in orders.select_related("by"):
        said = f"{order.why}. {order.by.signature}"
        yield Raised(
            order.client_id, order.started_at, "rounds.ordered", f"Looks every {order.minutes} minutes", said, "held"
        )
    for task in Task.objects.filter(site=site, urgent=True, raised_at__gte=since, raised_at__lt=until):
        open_ = task.done_at is None or task.done_at > at
        ended = "still open" if open_ else f"done: {task.outcome}"
        yield Raised(
            task.client_id, task.raised_at, "task.urgent", task.title, ended, "stop" if open_ else "off", open_
        )


def _looks(site: Site, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """A line a client for looks that were late or missed, and one for each look that did not see them."""
    for one in watched(site, since, until, at):
        poor = [
            slot
            for slot in one.slots
            if slot.outcome in (Outcome.LATE, Outcome.MISSED) and since <= slot.due_at < until
        ]
        missed = [slot for slot in poor if slot.outcome is Outcome.MISSED]
        late = [slot for slot in poor if slot.outcome is Outcome.LATE]
        if poor:
            words = ([f"{len(missed)} missed"] if missed else []) + ([f"{len(late)} late"] if late else [])
            when = ", ".join(f"{slot.due_at.astimezone(site.tz):%H:%M}" for slot in (missed or late)[:4])
            yield Raised(
                one.client.pk, poor[-1].due_at, "rounds.missed" if missed else "rounds.late", f"Looks: {', '.join(words)}",
                f"due {when}", "stop" if missed else "late",
            )  # fmt: skip
    for check in ObservationCheck.objects.filter(
        site=site, entered_at__gte=since, entered_at__lt=until, state__in=[each.value for each in LOOKED_FOR]
    ).select_related("by"):
        yield Raised(
            check.client_id, check.entered_at, f"rounds.{check.state}", State(check.state).label, check.by.signature, "stop",
            check.state == State.NOT_FOUND,
        )  # fmt: skip


def program_exceptions(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """What the program has to tell: admitted, stepped, discharged, leaves, late back, precautions. Three queries."""
    placed = Placement.objects.filter(program__site=site_id, kind=Program.Kind.TREATMENT, started_at__lte=at)
    moved = Q(started_at__gte=since, started_at__lt=until) | Q(ended_at__gte=since, ended_at__lt=until)
    for row in placed.filter(moved).select_related("program", "episode"):
        episode, name = row.episode, row.program.name
        if since <= row.started_at < until:
            said = "Admitted to" if row.started_at == episode.started_at else "Stepped to"
            yield Raised(episode.client_id, row.started_at, "program.placed", f"{said} {name}", "", "accent")
        if (
            row.ended_at is not None
            and row.ended_at == episode.ended_at
            and since <= row.ended_at < until
            and row.ended_at <= at
        ):
            how = episode.get_ended_as_display() if episode.ended_as else ""
            yield Raised(episode.client_id, row.ended_at, "program.discharged", f"Discharged from {name}", how, "off")
    here = placed.filter(Q(ended_at=None) | Q(ended_at__gt=since))
    leaves = Leave.objects.filter(Q(ended_at=None) | Q(ended_at__gte=since), started_at__lte=at, started_at__lt=until)
    for leave in leaves.filter(episode__in=here.values("episode")).select_related("episode"):
        yield from _leave(leave, since, until, at)
    set_ = Q(started_at__gte=since, started_at__lt=until) | Q(ended_at__gte=since, ended_at__lt=until)
    for held in Precaution.objects.filter(set_, client__in=here.values("episode__client"), started_at__lte=at):
        kind = Minded(held.kind)
        if since <= held.started_at < until:
            yield Raised(
                held.client_id, held.started_at, "precaution.set", f"Set: {kind.label}", "", kind.tone or "caution"
            )
        elif held.ended_at is not None and held.ended_at <= at:
            yield Raised(held.client_id, held.ended_at, "precaution.ended", f"Ended: {kind.label}", "", "off")


def _leave(leave: Leave, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    client_id, label = leave.episode.client_id, Leave.Kind(leave.kind).label
    if since <= leave.started_at < until:
        yield Raised(client_id, leave.started_at, "leave.began", label, "", "other")
    back = leave.ended_at if leave.ended_at is not None and leave.ended_at <= at else None
    if since <= leave.expected_at < min(until, at) and (back is None or back > leave.expected_at):
        said = "Not back yet" if back is None else "Came back late"
        yield Raised(client_id, leave.expected_at, "leave.late", f"{said}: {label.lower()}", "", "stop", back is None)
    if back is not None and since <= back < until:
        yield Raised(client_id, back, "leave.back", f"Back, no longer {label.lower()}", "", "")


def day_figures(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterable[DayFigure]:
    """Rounds, incidents and who was on duty in ``since <= t < until``. About fifteen queries."""
    site = Site.objects.get(pk=site_id)
    sums = report_between(site, since, min(until, at), at, since.date(), since.date()).total
    incidents = reported(site_id, since, until, at)
    grave = sum(Severity(row.severity) in (Severity.MODERATE, Severity.SEVERE) for row in incidents)
    duty = Duty.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), site=site_id, started_at__lt=min(until, at))
    return [
        DayFigure("Rounds", "Looks due", sums.due), DayFigure("Rounds", "In time", sums.on_time),
        DayFigure("Rounds", "Entered later", sums.entered_later), DayFigure("Rounds", "Late", sums.late),
        DayFigure("Rounds", "Missed", sums.missed), DayFigure("Incidents", "Reported", len(incidents)),
        DayFigure("Incidents", "Moderate harm or worse", grave),
        DayFigure("Staff", "People on duty", duty.values("person").distinct().count()),
    ]  # fmt: skip
