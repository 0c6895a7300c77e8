"""A deadline as a line of the task list: what, whose, until when, why, and where it is done."""

from datetime import datetime, timedelta

from django.urls import reverse

from chart.queries.deadlines import Chart
from chart.rules.deadline_rules import What
from chart.rules.deadlines import Unit, said
from chart.rules.standing import Deadline, Stand
from chart.rules.waiting import Line, Why
from programs.models import Site
from programs.rules.clocks import lasts
from staff.rules.capabilities import Capability

TONES = {Stand.OVERDUE: "late", Stand.GRACE: "late", Stand.SOON: "accent", Stand.PAUSED: "off", Stand.WAITING: "off"}
CANNOT_WAIT = frozenset({Stand.SOON, Stand.GRACE, Stand.OVERDUE})
ACTS = {
    What.INITIAL_PLAN: "Plan", What.MASTER_PLAN: "Plan", What.PLAN_REVIEW: "Review", What.NURSING_ASSESSMENT: "Write",
    What.BIOPSYCHOSOCIAL: "Rate", What.PROGRESS_NOTE: "Write", What.LEVEL_REVIEW: "Rate", What.VITALS: "Take",
    What.DISCHARGE_PLAN: "Write", What.DISCHARGE_SUMMARY: "Write",
}  # fmt: skip


def line_of(chart: Chart, deadline: Deadline, at: datetime) -> Line:
    """The line of an open deadline."""
    rule, unit = deadline.rule, deadline.rule.unit if deadline.rule else Unit.CALENDAR_DAYS
    late = deadline.stand is Stand.OVERDUE
    escalated = deadline.escalated(at)
    where = f"{chart.placement.program.name}, {chart.placement.level}"
    if chart.ended_at is not None:
        where = f"{where} · discharged {chart.ended_at.astimezone(chart.calendar.tz):%a %-d %b}"
    told = f" · also told to a {rule.escalate_to.label.lower()}" if escalated and rule and rule.escalate_to else ""
    return Line(
        "deadline", chart.client.pk, chart.client.called, deadline.what.label, f"{where}{told}", deadline.due_at,
        stands(deadline, chart, at), TONES.get(deadline.stand, ""), late=late, urgent=False,
        coming=deadline.stand not in CANNOT_WAIT, capability=rule.capability if rule else _usual(deadline.what),
        url=address(deadline.what, chart), act=ACTS[deadline.what], also=rule.escalate_to if rule and escalated else None,
        why=_why(deadline, unit),
    )  # fmt: skip


def stands(deadline: Deadline, chart: Chart, at: datetime) -> str:
    """How it stands in a few words: 'due Tue 25 Nov', '2 days late', 'paused, on leave', '3 of 5 days of service'."""
    rule = deadline.rule
    if deadline.stand is Stand.WAITING and rule is not None:
        return f"{deadline.served or 0} of {rule.unit.words(rule.amount)}"
    if deadline.stand is Stand.PAUSED:
        return "paused, on leave"
    if deadline.stand is Stand.NEVER:
        return "never done"
    unit = rule.unit if rule else Unit.CALENDAR_DAYS
    if deadline.stand in {Stand.OVERDUE, Stand.MET_LATE}:
        words = f"{lasts(max(deadline.late_by(at), timedelta(minutes=1)))} late"
        return words if deadline.stand is Stand.OVERDUE else f"done {words}"
    assert deadline.due_at is not None
    due = said(deadline.due_at, unit, chart.calendar)
    return {Stand.MET: "done in time", Stand.GRACE: f"was due {due}"}.get(deadline.stand, f"due {due}")


def address(what: What, chart: Chart) -> str:
    """Where it is done."""
    client, episode = [chart.client.pk], [chart.episode.pk]
    if what in {What.INITIAL_PLAN, What.MASTER_PLAN, What.PLAN_REVIEW}:
        return reverse("chart:plan", args=client)
    if what in {What.BIOPSYCHOSOCIAL, What.LEVEL_REVIEW}:
        return reverse("asam:level", args=episode)
    if what is What.VITALS:
        return reverse("chart:take_vitals", args=client)
    templates = {
        What.NURSING_ASSESSMENT: "nursing", What.DISCHARGE_PLAN: "discharge-plan", What.DISCHARGE_SUMMARY: "discharge-summary",
    }  # fmt: skip
    if what in templates:
        return f"{reverse('chart:write', args=[*client, templates[what]])}?episode={chart.episode.pk}"
    return reverse("chart:write_note", args=client)


def said_when(due: datetime, unit: Unit, site: Site, *, late: bool) -> str:
    """'due Tue 25 Nov, 10:42', 'was due ...'."""
    there = due.astimezone(site.tz)
    words = f"{there:%a %-d %b, %H:%M}" if unit is Unit.HOURS else f"{there:%a %-d %b}"
    return f"{'was due' if late else 'due'} {words}"


def why_of(words: str) -> Why | None:
    """What another room says of its rule."""
    return Why(words) if words else None


def _why(deadline: Deadline, unit: Unit) -> Why:
    rule = deadline.rule
    if rule is None:
        return Why("A date that was set", deadline.source)
    beaten = tuple(f"{each.words} ({each.pack}: {each.source})" for each in deadline.beaten)
    return Why(rule.words, rule.source, rule.citation, rule.confidence.label, beaten)


def _usual(what: What) -> Capability:
    """Whose it is where no rule says so: a date that was set."""
    return Capability.RATE if what is What.LEVEL_REVIEW else Capability.WRITE_PLANS
