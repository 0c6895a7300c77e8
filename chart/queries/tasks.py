"""The one task list of a site: raised tasks, deadlines, drafts and co-signatures, scales, and what the other rooms add.

Read in a constant number of queries, however many clients; nothing of it but the raised tasks is stored.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.text import capfirst

from chart.models import Plan, Task, TaskHolder
from chart.queries.deadline_lines import line_of, said_when, why_of
from chart.queries.deadlines import Chart, charts
from chart.queries.due import scales_due
from chart.queries.note_queue import waiting as notes_waiting
from chart.rules.deadline_rules import Start
from chart.rules.deadlines import Unit
from chart.rules.standing import OPEN
from chart.rules.waiting import Line, Viewer, Whose, Why, chosen
from programs.contributions import waiting as from_above
from programs.models import Client, Site
from staff.models import Person
from staff.rules.capabilities import Capability

LEVEL_REVIEW = "plan_level_review"  # the kind of task that chart.actions.plan_common names
SOON = timedelta(hours=24)  # a raised task this near is not 'coming' any more


def everything(site: Site, viewer: Viewer, at: datetime) -> list[Line]:
    """Every line of a site at ``at`` as this person sees it, unsorted; drafts and parts of notes are the viewer's own alone."""
    known = charts(site, at)
    person = Person.objects.get(pk=viewer.person_id)
    return [
        *_raised(site, at),
        *_deadlines(known, at),
        *_own(person, site, at),
        *_plan_drafts(known, at),
        *_scales(known, site, at),
        *_from_above(site, viewer, at),
    ]


def task_list(
    site: Site, viewer: Viewer, at: datetime, *, whose: Whose, kind: str = "", coming: bool = False, text: str = ""
) -> list[Line]:
    """The lines of a filter, urgent and late first."""
    return chosen(everything(site, viewer, at), whose, viewer, kind=kind, coming=coming, text=text)


def _raised(site: Site, at: datetime) -> Iterator[Line]:
    holders = Prefetch("holders", TaskHolder.objects.current(at).select_related("person"), to_attr="held")
    rows = Task.objects.filter(site=site, done_at=None, raised_at__lte=at)
    for task in rows.select_related("client", "raised_by").prefetch_related(holders):
        held: list[TaskHolder] = task.held
        late = task.due_at <= at
        by = f"raised by {task.raised_by.signature}" if task.raised_by else "raised by a rule"
        yield Line(
            "task", task.client_id, task.client.called, task.title, f"{task.line} · {by}" if task.line else capfirst(by), task.due_at,
            said_when(task.due_at, Unit.HOURS, site, late=late), "stop" if task.urgent else "late" if late else "", late=late,
            urgent=task.urgent, coming=not task.urgent and task.due_at > at + SOON, capability=Capability(task.capability),
            url=reverse("chart:task", args=[task.pk]), act="Open", task_id=task.pk,
            holder_id=held[0].person_id if held else None, holder=held[0].person.signature if held else "",
        )  # fmt: skip


def _deadlines(known: list[Chart], at: datetime) -> Iterator[Line]:
    """Those that are open. The review after a change of level has a task of its own while that is open. One query."""
    asked = Task.objects.filter(
        kind=LEVEL_REVIEW, done_at=None, raised_at__lte=at, episode__in=[each.episode.pk for each in known]
    )
    moved = set(asked.values_list("episode", flat=True))
    for chart in known:
        for deadline in chart.deadlines:
            raised = (
                deadline.rule is not None and deadline.rule.starts is Start.LEVEL_CHANGE and chart.episode.pk in moved
            )
            if deadline.stand in OPEN and not raised:
                yield line_of(chart, deadline, at)


def _own(person: Person, site: Site, at: datetime) -> Iterator[Line]:
    """The viewer's drafts, and notes that wait for a name they may give."""
    found = notes_waiting(person, site, at)
    for draft in found.drafts:
        saved = f"last saved {draft.saved_at.astimezone(site.tz):%a %-d %b, %H:%M}"
        yield _theirs(
            "sign", draft.client, f"Draft to sign: {draft.name}", f"{draft.line} · {saved}" if draft.line else capfirst(saved),
            when="draft", late=draft.saved_at <= at - SOON, capability=Capability.WRITE_NOTES, holder=person, act="Go on",
            url=f"{reverse('chart:write', args=[draft.client.pk, draft.template])}?episode={draft.episode_id}",
        )  # fmt: skip
    for note in found.to_cosign:
        yield _theirs(
            "cosign", note.client, f"Note to co-sign: {note.title}", f"By {note.by}", due_at=note.due_at,
            when=said_when(note.due_at, Unit.HOURS, site, late=note.late), late=note.late, capability=Capability.WRITE_NOTES,
            holder=person, act="Co-sign", url=reverse("chart:note", args=[note.client.pk, note.note_id]),
        )  # fmt: skip


def _plan_drafts(known: list[Chart], at: datetime) -> Iterator[Line]:
    """Versions of plans that were begun and neither signed nor dropped: their author's. One query."""
    by_episode: Mapping[int, Chart] = {chart.episode.pk: chart for chart in known}
    rows = Plan.objects.filter(episode__in=list(by_episode), signed_at=None, dropped_at=None, begun_at__lte=at)
    for plan in rows.select_related("begun_by"):
        chart = by_episode[plan.episode_id]
        saved = f"Last saved {plan.saved_at.astimezone(chart.calendar.tz):%a %-d %b, %H:%M}"
        yield _theirs(
            "sign", chart.client, f"Treatment plan to sign: version {plan.number}", saved, when="draft",
            late=plan.saved_at <= at - 3 * SOON, capability=Capability.WRITE_PLANS, holder=plan.begun_by, act="Go on",
            url=reverse("chart:plan", args=[chart.client.pk]),
        )  # fmt: skip


def _theirs(
    kind: str, client: Client, title: str, line: str, *, when: str, late: bool, capability: Capability, holder: Person, act: str,
    url: str, due_at: datetime | None = None,
) -> Line:  # fmt: skip
    """A line that is one person's alone."""
    return Line(
        kind, client.pk, client.called, title, line, due_at, when, "late" if late else "", late=late, urgent=False, coming=False,
        capability=capability, url=url, act=act, holder_id=holder.pk, holder=holder.signature,
    )  # fmt: skip


def _scales(known: list[Chart], site: Site, at: datetime) -> Iterator[Line]:
    """Scales whose cadence asks for them by now; nobody is asked while they are away. Two queries."""
    going = {chart.episode.pk: chart for chart in known if chart.ended_at is None and not chart.away}
    for episode_id, found in scales_due(list(going), at).items():
        client = going[episode_id].client
        for each in found:
            if each.at > at:
                continue
            late, why = each.at <= at - SOON, capfirst(each.why)
            yield Line(
                "scale", client.pk, client.called, f"{each.scale.name} due", why, each.at,
                said_when(each.at, Unit.CALENDAR_DAYS, site, late=late), "late" if late else "accent", late=late, urgent=False,
                coming=False, capability=Capability.SCALES, url=reverse("chart:score", args=[client.pk, each.scale.code]),
                act="Score", why=Why(why, "The cadence of the scale"),
            )  # fmt: skip


def _from_above(site: Site, viewer: Viewer, at: datetime) -> Iterator[Line]:
    for each in from_above(site.pk, viewer.person_id, at):
        when = "" if each.due_at is None else said_when(each.due_at, Unit.HOURS, site, late=each.late)
        yield Line(
            each.kind, each.client_id, each.client, each.title, each.line, each.due_at, when or ("late" if each.late else ""),
            "late" if each.late else "", late=each.late, urgent=each.urgent, coming=False, capability=Capability(each.capability),
            url=each.url, act=each.act, holder_id=each.mine, why=why_of(each.why),
        )  # fmt: skip
