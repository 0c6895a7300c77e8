"""Write a draft: add, change, move, close and remove its problems, goals, objectives and interventions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from audit.actions import action
from audit.rules.findings import Refused, stop
from audit.rules.seal import plain
from chart.actions.plan_common import Scene, draft_of, record, touch
from chart.models import Goal, Intervention, Objective, Plan, Problem
from chart.models.plans import Line
from chart.rules.plans import LONGEST_LINE
from chart.scales import scale
from programs.placed import told
from staff.access import posts
from staff.models import Person
from staff.rules.capabilities import Role

KINDS: Mapping[str, type[Line]] = {
    "problem": Problem, "goal": Goal, "objective": Objective, "intervention": Intervention,
}  # fmt: skip
PARENTS = {"goal": "problem", "objective": "goal", "intervention": "objective"}
SHORT = {"unit": 80, "baseline": 120, "target": 120, "frequency": 120}
MOST_LINES = 60  # of one kind in one parent: nobody works on more
NOTHING: Mapping[str, str] = {}


@action("chart.add_plan_line")
def add_line(
    *,
    by: Person,
    at: datetime,
    plan_id: int,
    kind: str,
    parent_id: int | None = None,
    values: Mapping[str, str] = NOTHING,
    key: UUID | None = None,
) -> Line:
    """Add a line at the end of its neighbours: a problem of the plan, or a goal, objective or intervention of its parent.

    ``values`` as in ``change_line``. Raises Refused: ``plan.kind``, ``plan.no_parent`` where the parent is gone or closed,
    ``plan.many``, what ``change_line`` refuses.
    """
    found, plan = draft_of(plan_id, by, at)
    model = _model(kind)
    above = _parent(plan, kind, parent_id)
    rows = model._default_manager.filter(plan=plan, **above)
    if rows.count() >= MOST_LINES:
        raise Refused(stop("plan.many", f"There are {MOST_LINES} lines here already. Remove or close one first."))

    last = rows.aggregate(most=Max("rank"))["most"] or 0
    line = model(plan=plan, rank=last + 1, **above)
    _set(line, values, found, at)
    line.save()
    touch(plan, by, at)
    record("chart.add_plan_line", found, by, at, line, f"Plan version {plan.number}: {kind} added")
    return line


@action("chart.change_plan_line")
def change_line(
    *,
    by: Person,
    at: datetime,
    kind: str,
    line_id: int,
    version: int,
    values: Mapping[str, str],
    key: UUID | None = None,
) -> Line:
    """Change what a line says. ``values`` are texts as typed, by name: text, dimension; measure, scale, unit, baseline, target,
    by_date (ISO); frequency, owner ('p12' a person, 'r:nurse' a role). ``version`` is the one the writer started from.

    Raises Refused: ``plan.line_changed`` where somebody changed it meanwhile (with their words), ``plan.line_gone``,
    ``plan.line_closed``, ``plan.long``, ``plan.choice``. The same words again change nothing.
    """
    found, plan, line = _line(kind, line_id, by, at, version)
    before = said(line)
    _set(line, values, found, at)
    if said(line) == before:
        return line

    line.version += 1
    line.save()
    touch(plan, by, at)
    record("chart.change_plan_line", found, by, at, line, f"Plan version {plan.number}: {kind} changed")
    return line


@action("chart.close_plan_line")
def close_line(
    *, by: Person, at: datetime, kind: str, line_id: int, version: int, why: str, key: UUID | None = None
) -> Line:
    """Close a line with a reason: it stays in this version as closed, and is not carried into the next. An empty reason for a
    closed line opens it again. Raises Refused ``plan.close_why``, and what ``change_line`` refuses."""
    found, plan, line = _line(kind, line_id, by, at, version, closed=True)
    reason = plain(why).strip()
    if not reason and line.closed_at is None:
        raise Refused(stop("plan.close_why", "Say why it is closed: reached, not needed, not now."))
    if len(reason) > 300:
        raise Refused(stop("plan.long", "Write the reason in at most 300 characters."))

    line.closed_at, line.closed_why = (at, reason) if reason else (None, "")
    line.version += 1
    line.save()
    touch(plan, by, at)
    what = "closed" if reason else "opened again"
    record("chart.close_plan_line", found, by, at, line, f"Plan version {plan.number}: {kind} {what}", why=reason)
    return line


@action("chart.remove_plan_line")
def remove_line(*, by: Person, at: datetime, kind: str, line_id: int, version: int, key: UUID | None = None) -> Plan:
    """Take a line that no earlier version has out of the draft, with everything under it. What was signed once is closed instead
    (``plan.carried``). Raises Refused as ``change_line`` does."""
    found, plan, line = _line(kind, line_id, by, at, version, closed=True)
    model = _model(kind)
    if plan.supersedes_id and model._default_manager.filter(plan=plan.supersedes_id, thread=line.thread).exists():
        words = "This line stands in the version before. Close it with a reason: what was signed does not vanish."
        raise Refused(stop("plan.carried", words))
    record(
        "chart.remove_plan_line", found, by, at, line, f"Plan version {plan.number}: {kind} removed", words=line.text
    )

    above = _above(line, kind)
    line.delete()
    _renumber(model, plan, above)
    touch(plan, by, at)
    return plan


@action("chart.move_plan_line")
def move_line(
    *, by: Person, at: datetime, kind: str, line_id: int, version: int, up: bool, key: UUID | None = None
) -> Plan:
    """Move a line one place up or down among its neighbours; at the end it stays. Raises Refused as ``change_line`` does."""
    found, plan, line = _line(kind, line_id, by, at, version, closed=True)
    rows = list(_model(kind)._default_manager.filter(plan=plan, **_above(line, kind)))
    here = next(place for place, row in enumerate(rows) if row.pk == line.pk)
    there = here - 1 if up else here + 1

    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        _rank(_model(kind), rows)
        touch(plan, by, at)
        record("chart.move_plan_line", found, by, at, line, f"Plan version {plan.number}: {kind} moved")
    return plan


def _line(
    kind: str, line_id: int, by: Person, at: datetime, version: int, *, closed: bool = False
) -> tuple[Scene, Plan, Line]:
    """A line of a draft under the client's lock, as the writer saw it."""
    model = _model(kind)
    known = model._default_manager.filter(pk=line_id).first()
    if known is None:
        raise Refused(stop("plan.line_gone", "Somebody removed this line meanwhile. Reload the page to see the plan."))
    found, plan = draft_of(known.plan_id, by, at)
    line = model._default_manager.filter(pk=line_id).first()
    if line is None:
        raise Refused(stop("plan.line_gone", "Somebody removed this line meanwhile. Reload the page to see the plan."))
    if line.version != version:
        when = told(plan.saved_at, found.site.tz)
        words = f"{plan.saved_by.signature} changed this plan at {when}; this line says now: '{line.text[:200]}'. "
        raise Refused(stop("plan.line_changed", f"{words}Nothing of yours was kept here: reload the page and go on."))
    if line.closed_at is not None and not closed:
        raise Refused(stop("plan.line_closed", f"This line is closed: {line.closed_why} Open it again to change it."))
    return found, plan, line


def _set(line: Line, values: Mapping[str, str], found: Scene, at: datetime) -> None:
    for name, sent in values.items():
        typed = plain(sent).strip()
        if name == "text":
            if len(typed) > LONGEST_LINE:
                raise Refused(stop("plan.long", f"A line has at most {LONGEST_LINE:,} characters: say it shorter."))
            line.text = typed
        elif name in SHORT and hasattr(line, name):
            if len(typed) > SHORT[name]:
                raise Refused(stop("plan.long", f"Write the {name} in at most {SHORT[name]} characters."))
            setattr(line, name, typed)
        elif isinstance(line, Problem) and name == "dimension" and typed in ("", "1", "2", "3", "4", "5", "6"):
            line.dimension = typed
        elif isinstance(line, Objective) and name == "measure" and typed in ("", *Objective.Measure.values):
            line.measure = typed
        elif isinstance(line, Objective) and name == "scale" and (not typed or scale(typed) is not None):
            line.scale = typed
        elif isinstance(line, Objective) and name == "by_date":
            line.by_date = _date(typed)
        elif isinstance(line, Intervention) and name == "owner":
            line.owner_id, line.owner_role = _owner(typed, found, at)
        else:
            raise Refused(
                stop("plan.choice", f"'{typed[:30]}' is none of the choices for {name}. Choose one of the list.")
            )
    if isinstance(line, Objective) and line.measure != Objective.Measure.SCALE:
        line.scale = ""


def said(line: Line) -> list[object]:
    """Everything a line says, in the order of its columns."""
    return [getattr(line, field.attname) for field in line._meta.concrete_fields]


def _date(typed: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        words = f"'{typed[:20]}' is not a date. Write year, month and day, like 2026-03-31."
        raise Refused(stop("plan.choice", words)) from error


def _owner(typed: str, found: Scene, at: datetime) -> tuple[int | None, str]:
    """A person who holds a role at the site, or a role."""
    if not typed:
        return None, ""
    if typed.startswith("r:") and typed[2:] in {role.value for role in Role}:
        return None, typed[2:]
    if typed.startswith("p") and typed[1:].isascii() and typed[1:].isdecimal() and len(typed) < 12:
        person = Person.objects.filter(pk=int(typed[1:]), is_active=True).first()
        if person is not None and any(post.site_id == found.site.pk for post in posts(person, at)):
            return person.pk, ""
    raise Refused(
        stop("plan.choice", "Whoever does it holds a role at this site. Choose a person or a role of the list.")
    )


def _model(kind: str) -> type[Line]:
    model = KINDS.get(kind)
    if model is None:
        raise Refused(stop("plan.kind", "A plan has problems, goals, objectives and interventions. Reload the page."))
    return model


def _parent(plan: Plan, kind: str, parent_id: int | None) -> dict[str, Any]:
    """The parent's column and key, for a query or a new row; {} for a problem."""
    if kind not in PARENTS:
        return {}
    above = KINDS[PARENTS[kind]]._default_manager.filter(plan=plan, pk=parent_id or 0, closed_at=None).first()
    if above is None:
        words = f"The {PARENTS[kind]} it belongs to was closed or removed meanwhile. Reload the page to see the plan."
        raise Refused(stop("plan.no_parent", words))
    return {f"{PARENTS[kind]}_id": above.pk}


def _above(line: Line, kind: str) -> dict[str, Any]:
    return {f"{PARENTS[kind]}_id": getattr(line, f"{PARENTS[kind]}_id")} if kind in PARENTS else {}


def _renumber(model: type[Line], plan: Plan, above: Mapping[str, Any]) -> None:
    _rank(model, list(model._default_manager.filter(plan=plan, **above)))


def _rank(model: type[Line], rows: list[Line]) -> None:
    """Number neighbours from 1 on, in this order."""
    for place, row in enumerate(rows, 1):
        row.rank = place
    model._default_manager.bulk_update(rows, ["rank"])
