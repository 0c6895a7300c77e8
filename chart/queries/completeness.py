"""What is missing, overdue or unsigned: one chart's checks, and a site's charts by program. As of now or of a past instant.

Read in a constant number of queries, however many clients. What was corrected since is read as it is now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from chart.models import Diagnosis, Note, NoteCosign, NoteDraft, Plan, Task
from chart.queries.allergies import allergies_of
from chart.queries.deadline_lines import address, stands
from chart.queries.deadlines import Chart, asks_for_new_level, charts
from chart.queries.notes import standing
from chart.queries.rounds.load import watched
from chart.queries.tasks import LEVEL_REVIEW
from chart.rules.completeness import Check, State, Sums, sums, worst_first
from chart.rules.rounds.walked import Outcome
from chart.rules.standing import Deadline, Stand
from programs.contributions import unsigned
from programs.models import Client, Episode, Program, Site
from programs.people import mine

DISCHARGED = timedelta(days=30)  # so long after its discharge a chart is on the site's list
ROUNDS = timedelta(hours=24)
STATES = {
    Stand.MET: State.DONE, Stand.MET_LATE: State.DONE_LATE, Stand.OVERDUE: State.OVERDUE, Stand.NEVER: State.MISSING,
}  # fmt: skip


@dataclass(frozen=True)
class ChartReview:
    """One episode's checks, what is wrong first."""

    client: Client
    episode: Episode
    program: Program
    level: str
    ended_at: datetime | None
    checks: Sequence[Check]
    sums: Sums

    @property
    def wrong(self) -> list[Check]:
        """What is not in order."""
        return [check for check in self.checks if check.state in {State.MISSING, State.OVERDUE, State.UNSIGNED}]


@dataclass(frozen=True)
class ProgramReview:
    """What the charts of a program come to; ``complete`` are those with nothing wrong."""

    program: Program
    charts: int
    complete: int
    sums: Sums


@dataclass(frozen=True)
class SiteReview:
    """The charts of a site at an instant, the worst first, and its programs in order with their sums."""

    site: Site
    at: datetime
    programs: Sequence[ProgramReview]
    charts: Sequence[ChartReview]
    total: ProgramReview | None


def site_review(site: Site, at: datetime, *, program_id: int | None = None) -> SiteReview:
    """Every episode that goes on at ``at`` or ended within 30 days before it; ``program_id`` keeps the charts of one program, the sums
    stay those of all. About forty queries, however many charts."""
    known = [each for each in charts(site, at) if each.ended_at is None or each.ended_at > at - DISCHARGED]
    found = _reviews(known, site, at)
    by_program: dict[int, list[ChartReview]] = defaultdict(list)
    for each in found:
        by_program[each.program.pk].append(each)
    programs = [
        _program(program, by_program[program.pk])
        for program in Program.objects.filter(site=site)
        if by_program[program.pk]
    ]
    shown = [each for each in found if program_id is None or each.program.pk == program_id]
    shown.sort(key=lambda each: (each.sums.percent, -each.sums.wrong, each.client.last_name, each.client.first_name))
    total = _program(found[0].program, found) if found else None
    return SiteReview(site, at, programs, shown, total)


def chart_review(client: Client, site: Site, at: datetime) -> ChartReview | None:
    """The newest episode of a client at the site; None where there is none at that instant."""
    newest = (
        Episode.objects.filter(mine(client.pk), placements__program__site=site, started_at__lte=at)
        .order_by("-started_at")
        .values_list("pk", flat=True)
        .first()
    )
    found = _reviews(charts(site, at, episodes=[newest]), site, at) if newest is not None else []
    return found[0] if found else None


def _program(program: Program, rows: Sequence[ChartReview]) -> ProgramReview:
    every = [check for row in rows for check in row.checks]
    return ProgramReview(program, len(rows), sum(not row.sums.wrong for row in rows), sums(every))


def _reviews(known: Sequence[Chart], site: Site, at: datetime) -> list[ChartReview]:
    facts = _Facts(known, site, at)
    found = []
    for chart in known:
        checks = worst_first([*_by_deadline(chart, at), *facts.checks(chart)])
        placement = chart.placement
        found.append(
            ChartReview(
                chart.client, chart.episode, placement.program, placement.level, chart.ended_at, checks, sums(checks)
            )
        )
    return found


def _by_deadline(chart: Chart, at: datetime) -> Iterator[Check]:
    for deadline in chart.deadlines:
        rule = deadline.rule
        words = stands(deadline, chart, at)
        if deadline.met is not None:
            words = f"{words}, {deadline.met.by}, {deadline.met.at.astimezone(chart.calendar.tz):%-d %b %Y, %H:%M}"
        url = "" if deadline.met is not None else address(deadline.what, chart)
        state = STATES.get(deadline.stand, State.NOT_YET)
        asked = rule.words if rule else deadline.source
        yield Check(deadline.what.label, state, words, asked, _source(deadline), url)


def _source(deadline: Deadline) -> str:
    rule = deadline.rule
    return "" if rule is None else "; ".join(part for part in (rule.source, rule.citation) if part)


class _Facts:
    """What is looked for beside the deadlines, read once for all charts."""

    def __init__(self, known: Sequence[Chart], site: Site, at: datetime) -> None:
        self.at = at
        clients, episodes = [each.client.pk for each in known], [each.episode.pk for each in known]
        self.allergies = allergies_of(clients, at)
        diagnosed = Diagnosis.objects.filter(client__in=clients, at__lte=at).exclude(kind=Diagnosis.Kind.MISTAKE)
        self.diagnosed = set(diagnosed.values_list("client", flat=True))
        not_over = Q(dropped_at=None) | Q(dropped_at__gt=at)
        drafts = NoteDraft.objects.filter(
            not_over, Q(note=None) | Q(note__written_at__gt=at), episode__in=episodes, begun_at__lte=at
        )
        self.drafts = Counter(drafts.values_list("episode", flat=True))
        plans = Plan.objects.filter(
            not_over, Q(signed_at=None) | Q(signed_at__gt=at), episode__in=episodes, begun_at__lte=at
        )
        self.plan_drafts = Counter(plans.values_list("episode", flat=True))
        notes = standing(Note.objects.filter(episode__in=episodes, written_at__lte=at)).values("pk")
        waits = NoteCosign.objects.filter(Q(at=None) | Q(at__gt=at), note__in=notes).values_list(
            "note__episode", "due_at"
        )
        self.cosigns: dict[int, list[datetime]] = defaultdict(list)
        for episode_id, due_at in waits:
            self.cosigns[episode_id].append(due_at)
        self.unsigned = unsigned(clients, at)
        tasks = Task.objects.filter(
            Q(done_at=None) | Q(done_at__gt=at), episode__in=episodes, raised_at__lte=at, due_at__lte=at
        )
        late = list(tasks.values_list("episode", "kind"))
        self.tasks = Counter(episode for episode, _ in late)
        self.moved = Counter(episode for episode, kind in late if kind == LEVEL_REVIEW)
        self.missed = _missed_rounds(site, at, clients)

    def checks(self, chart: Chart) -> Iterator[Check]:
        """The checks of one chart."""
        client, episode, at = chart.client.pk, chart.episode.pk, self.at
        facts = reverse("chart:facts", args=[client])
        allergies = self.allergies.get(client)
        asked = allergies is not None and allergies.asked
        yield Check(
            "Allergies asked",
            State.DONE if asked else State.MISSING,
            "" if asked else "nobody asked",
            url="" if asked else facts,
        )
        diagnosed = client in self.diagnosed
        yield Check(
            "Diagnosis",
            State.DONE if diagnosed else State.MISSING,
            "" if diagnosed else "none written",
            url="" if diagnosed else facts,
        )
        notes = reverse("chart:notes", args=[client])
        if self.drafts[episode]:
            yield Check("Drafts of notes", State.UNSIGNED, _many(self.drafts[episode], "draft"), url=notes)
        if self.plan_drafts[episode]:
            yield Check(
                "Draft of a plan", State.UNSIGNED, "begun and not signed", url=reverse("chart:plan", args=[client])
            )
        waits = self.cosigns.get(episode, [])
        if waits:
            late = sum(due_at <= at for due_at in waits)
            words = f"{len(waits)} waiting for a name{f', {late} of them late' if late else ''}"
            yield Check("Notes to co-sign", State.OVERDUE if late else State.UNSIGNED, words, url=notes)
        groups = self.unsigned.get(client)
        if groups is not None and groups.parts:
            yield Check("Session notes", State.UNSIGNED, f"{_many(groups.parts, 'part')} not signed")
        if groups is not None and groups.cosigns:
            yield Check(
                "Session notes to co-sign", State.UNSIGNED, f"{_many(groups.cosigns, 'part')} waiting for a name"
            )
        tasks = self.tasks[episode]
        if asks_for_new_level(chart):  # the deadline says it: the task about the same review is not counted beside it
            tasks -= self.moved[episode]
        if tasks:
            yield Check("Tasks", State.OVERDUE, f"{_many(tasks, 'task')} past due")
        if self.missed.get(client):
            yield Check("Observation rounds", State.MISSING, f"{_many(self.missed[client], 'look')} missed in 24 hours")


def _missed_rounds(site: Site, at: datetime, clients: Sequence[int]) -> Mapping[int, int]:
    """Looks of the 24 hours before ``at`` that nobody took. At most nine queries."""
    found: Counter[int] = Counter()
    for one in watched(site, at - ROUNDS, at, at, clients=clients):
        found[one.client.pk] += sum(slot.outcome is Outcome.MISSED and slot.due_at >= at - ROUNDS for slot in one.slots)
    return found


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
