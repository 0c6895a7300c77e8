"""My day: what waits for this person, from every room they may enter, in the order of its hour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from asam.queries.reviews import count_due
from beds.queries import cards, jobs, waiting_list
from beds.rules.states import BedState
from chart.queries.handoff import waiting
from chart.queries.incidents import incident_list
from chart.queries.note_queue import waiting as written
from chart.rules.waiting import Line, Viewer, Whose
from chart.tasks_board import Found, Look, page
from emar.queries import pass_lines
from emar.queries.tasks import tasks
from groups.queries import Queue, queue
from groups.queries.mine import my_sessions
from programs.desk import Desk
from staff.rules.capabilities import Capability

FIRST = 5  # lines of the task list that are on the page
SOON = timedelta(hours=4)  # passes this near are on the page


@dataclass(frozen=True)
class Item:
    """One line of the day. ``state``: done, now or next; ``when`` is a wall-clock hour or ''; ``pill`` is (tone, words)."""

    when: str
    title: str
    line: str
    url: str
    state: str
    pill: tuple[str, str] | None = None
    act: str = ""


@dataclass(frozen=True)
class MyDay:
    """What has an hour, and what just waits."""

    timed: tuple[Item, ...]
    waiting: tuple[Item, ...]
    tasks: Found | None  # the list of this person's role, None for who has none

    @property
    def first(self) -> Sequence[Line]:
        """The lines that come first."""
        return self.tasks.lines[:FIRST] if self.tasks is not None else ()


def many(count: int, one: str, more: str = "") -> str:
    """'1 bed', '3 beds', '2 people'."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def my_day(desk: Desk) -> MyDay:
    """The lines for everything the desk's roles may do; a constant number of queries for each room."""
    waits = queue(desk.person, desk.site, desk.now) if desk.may(Capability.RUN_GROUPS) else None
    timed = (*_passes(desk), *_sessions(desk, waits))
    return MyDay(
        timed,
        (
            *_unit(desk),
            *_tasks(desk),
            *_levels(desk),
            *_notes(waits),
            *_chart_notes(desk),
            *_beds(desk),
            *_cleaning(desk),
        ),
        _list(desk),
    )


def _list(desk: Desk) -> Found | None:
    if not desk.may(Capability.SEE_TASKS):
        return None
    viewer = Viewer(
        desk.person.pk, desk.site.pk, frozenset(post.role for post in desk.posts if post.site_id == desk.site.pk)
    )
    return page(Look(desk.site.pk, Whose.ROLE, "", coming=False), viewer, desk.site, desk.now)


def _passes(desk: Desk) -> Iterator[Item]:
    if not desk.may(Capability.GIVE_DOSES):
        return
    near = [
        line for line in pass_lines(desk.site, at=desk.now) if line.current or desk.now < line.at <= desk.now + SOON
    ]
    for line in sorted(near, key=lambda line: (not line.current, line.at)):
        left = line.total - line.done
        state = "now" if line.current and left else "done" if not left else "next"
        yield Item(
            f"{line.at.astimezone(desk.tz):%H:%M}",
            f"Pass, {line.unit}",
            f"{line.done} of {line.total} charted · {many(line.clients, 'client')}",
            reverse("emar:pass", args=[line.unit_id, line.minute]),
            state,
            ("late", f"{line.late} late") if line.late else None,
            "Continue" if state == "now" and line.done else "Open" if state == "now" else "",
        )


def _tasks(desk: Desk) -> Iterator[Item]:
    if not desk.may(Capability.GIVE_DOSES) and not desk.may(Capability.WRITE_ORDERS):
        return
    found = tasks(desk.site, desk.now)
    parts = (
        (len(found.refused), "refused again"), (len(found.cosigns), "to co-sign"), (len(found.owed), "effects to record"),
        (len(found.missed), "missed"),
    )  # fmt: skip
    if found.count:
        line = " · ".join(f"{count} {words}" for count, words in parts if count)
        pill = ("late", f"{found.late} overdue") if found.late else None
        yield Item("", many(found.count, "medication task"), line, reverse("emar:tasks"), "next", pill)


def _levels(desk: Desk) -> Iterator[Item]:
    """Reviews of levels that are due, for who decides them."""
    if not desk.may(Capability.DECIDE):
        return
    late, happened = count_due(desk.site, desk.now)
    if late:
        line = f"{happened} because of something that happened" if happened else "by the calendar"
        yield Item("", many(late, "level review"), line, f"{reverse('asam:reviews')}?show=due", "next", ("late", "due"))


def _unit(desk: Desk) -> Iterator[Item]:
    """Shifts that nobody handed off or took over, and reports that wait for a review."""
    for line in waiting(desk.site, desk.now) if desk.may(Capability.HAND_OFF) else ():
        words = "nobody took it over" if line.given else "not given yet"
        url = reverse("unit:handoff", args=[line.ward.pk, line.minute])
        yield Item("", f"Handoff, {line.ward.name}", words, url, "next", ("stop", "waits"))
    if desk.may(Capability.REVIEW_INCIDENTS):
        count = incident_list(desk.site, desk.now, state="open").count()
        if count:
            yield Item("", many(count, "incident"), "to review", reverse("unit:incidents"), "next")


def _sessions(desk: Desk, waits: Queue | None) -> Iterator[Item]:
    if not desk.may(Capability.SEE_GROUPS):
        return
    for mine in my_sessions(desk.site, desk.person, waits, desk.now):
        line = mine.line
        count = f"{line.marked} of {line.expected} marked" if line.marked else f"{line.expected} expected"
        said = [f"until {line.ends}", line.room, count, f"moved: {line.moved}" if line.moved else ""]
        yield Item(
            line.starts, line.name, " · ".join(part for part in said if part), reverse("groups:session", args=[line.pk]),
            "now" if mine.act and line.state == "next" else line.state, (mine.tone, mine.words) if mine.words else None, mine.act,
        )  # fmt: skip


def _notes(found: Queue | None) -> Iterator[Item]:
    if found is not None and found.count:
        piles = ((found.to_write, "to write"), (found.to_sign, "to sign"), (found.to_cosign, "to co-sign"))
        line = " · ".join(f"{len(lines)} {words}" for lines, words in piles if lines)
        pill = ("late", f"{found.overdue} overdue") if found.overdue else None
        yield Item("", "My notes", line, reverse("groups:notes"), "next", pill)


def _chart_notes(desk: Desk) -> Iterator[Item]:
    if not desk.may(Capability.WRITE_NOTES):
        return
    found = written(desk.person, desk.site, desk.now)
    if found.count:
        piles = ((len(found.drafts), "to finish and sign"), (len(found.to_cosign), "to co-sign"))
        line = " · ".join(f"{count} {words}" for count, words in piles if count)
        pill = ("late", f"{found.overdue} overdue") if found.overdue else None
        yield Item("", "Chart notes", line, reverse("chart:my_notes"), "next", pill)


def _beds(desk: Desk) -> Iterator[Item]:
    if not desk.may(Capability.ASSIGN_BEDS):
        return
    waiting = waiting_list(desk.site, desk.now)
    beds = cards(desk.site, desk.now)
    free = sum(card.state is BedState.AVAILABLE for card in beds)
    leaving = sum(card.leaves_today for card in beds)
    line = f"{many(free, 'bed')} free now" + (f" · {leaving} leaving today" if leaving else "")
    first = sum(line.priority < 4 for line in waiting)
    yield Item(
        "", f"{many(len(waiting), 'person', 'people')} on the placement list", line,
        reverse("beds:board"), "next",
        ("stop", f"{first} with priority") if first else None,
    )  # fmt: skip


def _cleaning(desk: Desk) -> Iterator[Item]:
    if not desk.may(Capability.CLEAN_BEDS):
        return
    found = jobs(desk.site, desk.now, desk.person.pk)
    if found:
        mine = sum(job.mine for job in found)
        line = (
            f"{mine} of them yours"
            if mine
            else "the longest waits since " + f"{found[0].asked_at.astimezone(desk.tz):%H:%M}"
        )
        yield Item("", f"{many(len(found), 'bed')} to clean", line, reverse("beds:cleaning"), "next")
