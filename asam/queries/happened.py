"""What of the charts of many clients asks for a review: doses, screens, leaves, sessions, incidents, scores. Two queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat

from asam.rules.review_policy import Event
from asam.rules.triggers import Happened
from chart.models import DrugScreen, IncidentClient, ScreenResult
from chart.queries.scores import standing, value
from chart.rules.change import changes
from chart.rules.incidents import Kind
from chart.rules.scales import Measure, Scale
from chart.scales import scales
from emar.models import Administration
from emar.rules.administration import Outcome
from groups.models import Attendance
from groups.rules.minutes import AttendanceStatus
from programs.models import Leave

Rows = QuerySet[Any, Any]
BEFORE = timedelta(days=120)  # so far back a score is looked for that a newer one is held against
LATE = timedelta(days=30)  # no dose is charted as given longer after the end of its order
NOT_TAKEN = (Outcome.REFUSED.value, Outcome.ABSENT.value)
HARM = (Kind.SELF_HARM.value, Kind.OVERDOSE.value, Kind.ELOPEMENT.value)
WORDS: Mapping[tuple[str, str], tuple[Event, str]] = {
    ("dose", Outcome.REFUSED.value): (Event.DOSES, "refused"),
    ("dose", Outcome.ABSENT.value): (Event.DOSES, "missed"),
    ("screen", ScreenResult.Result.POSITIVE.value): (Event.USE, "confirmed positive"),
    ("screen", ScreenResult.Result.PRESUMPTIVE.value): (Event.USE, "presumptive positive"),
    ("leave", Leave.Kind.HOSPITAL.value): (Event.HOSPITAL, "Went to hospital"),
    ("still", Leave.Kind.HOSPITAL.value): (Event.HOSPITAL, "In hospital"),
    ("still", Leave.Kind.ABSENT.value): (Event.HARM, "Left without leave"),
    ("leave", Leave.Kind.ABSENT.value): (Event.HARM, "Left without leave"),
    ("session", AttendanceStatus.ABSENT.value): (Event.SESSIONS, "missed"),
    **{
        ("incident", kind.value): (Event.HARM, f"Incident: {kind.label.lower()}") for kind in Kind if kind.value in HARM
    },
}


def happened(episodes: Mapping[int, int], since: datetime, at: datetime) -> dict[int, list[Happened]]:
    """By client: what happened from ``since`` to ``at`` as it is known then. ``episodes`` names each client's episode. Two queries."""
    found: defaultdict[int, list[Happened]] = defaultdict(list)
    if not episodes:
        return found
    parts = [part(episodes, since, at) for part in (_doses, _screens, _leaves, _still, _sessions, _incidents)]
    for client_id, source, when, what, kind in parts[0].union(*parts[1:], all=True):
        event, words = WORDS[source, kind]
        lasting = source == "still" and event is Event.HOSPITAL
        found[client_id].append(Happened(event, when, f"{what} {words}" if what else words, lasting))
    for client_id, each in _scores(list(episodes), since, at):
        found[client_id].append(each)
    return found


def _as(rows: Rows, client: str, source: str, when: str, what: Combinable, kind: str) -> Rows:
    """The columns that all of them share: client, source and kind (a word of ``WORDS``), instant, and what, in words."""
    named = {"of_": F(client), "source_": Value(source, CharField()), "when_": F(when), "what_": what, "kind_": F(kind)}
    found: Rows = rows.annotate(**named).order_by().values_list(*named)
    return found


def _doses(episodes: Mapping[int, int], since: datetime, at: datetime) -> Rows:
    stands = Q(corrected_by=None) | Q(corrected_by__recorded_at__gt=at)
    # few of a client's orders: PostgreSQL goes by them then, and not through all doses of the time (docs/benchmarks.md)
    lately = Q(order__ended_at=None) | Q(order__ended_at__gte=since - LATE)
    rows = Administration.objects.filter(
        stands, lately, order__client__in=episodes, due_at__isnull=False, outcome__in=NOT_TAKEN, given_at__gte=since,
        given_at__lte=at, recorded_at__lte=at,
    )  # fmt: skip
    return _as(rows, "order__client_id", "dose", "given_at", F("order__medication__name"), "outcome")


def _screens(episodes: Mapping[int, int], since: datetime, at: datetime) -> Rows:
    stands = Q(corrected_by=None) | Q(corrected_by__at__gt=at)
    screen = Q(screen__corrected_by=None) | Q(screen__corrected_by__written_at__gt=at)
    rows = ScreenResult.objects.filter(
        stands, screen, screen__client__in=episodes, screen__mistake=False, explained="", at__lte=at,
        screen__outcome=DrugScreen.Outcome.COLLECTED, screen__collected_at__gte=since,
        result__in=(ScreenResult.Result.POSITIVE, ScreenResult.Result.PRESUMPTIVE),
    )  # fmt: skip
    return _as(
        rows, "screen__client_id", "screen", "screen__collected_at", Concat(Value("Screen: "), F("substance"), output_field=CharField()),
        "result",
    )  # fmt: skip


def _leaves(episodes: Mapping[int, int], since: datetime, at: datetime) -> Rows:
    ended = _away(episodes, since, at).filter(ended_at__lte=at)
    return _as(ended, "episode__client_id", "leave", "started_at", Value("", CharField()), "kind")


def _still(episodes: Mapping[int, int], since: datetime, at: datetime) -> Rows:
    lasts = _away(episodes, since, at).filter(Q(ended_at=None) | Q(ended_at__gt=at))
    return _as(lasts, "episode__client_id", "still", "started_at", Value("", CharField()), "kind")


def _away(episodes: Mapping[int, int], since: datetime, at: datetime) -> QuerySet[Leave]:
    kinds = (Leave.Kind.HOSPITAL, Leave.Kind.ABSENT)
    return Leave.objects.filter(
        episode__in=list(episodes.values()), kind__in=kinds, started_at__gte=since, started_at__lte=at
    )


def _sessions(episodes: Mapping[int, int], since: datetime, at: datetime) -> Rows:
    newer = Attendance.objects.filter(
        session=OuterRef("session"), client=OuterRef("client"), version__gt=OuterRef("version"), at__lte=at
    )
    rows = Attendance.objects.filter(
        ~Exists(newer), client__in=episodes, status=AttendanceStatus.ABSENT, at__lte=at, session__cancelled_at=None,
        session__started_at__gte=since, session__started_at__lte=at,
    )  # fmt: skip
    return _as(
        rows,
        "client_id",
        "session",
        "session__started_at",
        Coalesce("session__series__name", Value("Individual session"), output_field=CharField()),
        "status",
    )


def _incidents(episodes: Mapping[int, int], since: datetime, at: datetime) -> Rows:
    stands = Q(incident__corrected_by=None) | Q(incident__corrected_by__entered_at__gt=at)
    rows = IncidentClient.objects.filter(
        stands, client__in=episodes, incident__kind__in=HARM, incident__happened_at__gte=since,
        incident__happened_at__lte=at, incident__entered_at__lte=at,
    )  # fmt: skip
    return _as(rows, "client_id", "incident", "incident__happened_at", Value("", CharField()), "incident__kind")


def _scores(clients: list[int], since: datetime, at: datetime) -> Iterator[tuple[int, Happened]]:
    """Scores that got worse by what counts, or came into the most serious band. Withdrawal scales are left to their protocols."""
    known = {code: each for code, each in scales().items() if each.kind != "withdrawal"}
    rows = (
        standing(at)
        .filter(client__in=clients, scale__in=list(known), at__gte=since - BEFORE, at__lte=at)
        .only("client_id", "scale", "at", "total", "parts")
        .order_by("at", "pk")
    )
    series: defaultdict[tuple[int, str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        for measure in known[row.scale].measures:
            there = value(row, measure)
            if there is not None:
                series[row.client_id, row.scale, measure.code].append((row.at, there))
    for (client_id, code, part), points in series.items():
        scale = known[code]
        measure = next(each for each in scale.measures if each.code == part)
        for when, words in worsened(scale, measure, points):
            if when >= since:
                yield client_id, Happened(Event.WORSE, when, words)


def worsened(scale: Scale, measure: Measure, points: list[tuple[datetime, int]]) -> Iterator[tuple[datetime, str]]:
    """Which points of a series, earliest first, are worse by what counts, or the first of a stretch in the most serious band."""
    marked = changes([total for _, total in points], measure.change, higher=measure.higher)
    name = f"{scale.name} {measure.name}" if measure.code else scale.name
    before: str | None = None
    for (when, total), change in zip(points, marked, strict=True):
        band = measure.band(total)
        if change is not None and not change.better:
            yield when, f"{name} {total}, worse by {abs(change.by)}"
        elif band.tone == "stop" and before not in {None, "stop"}:  # a first score is no change
            yield when, f"{name} {total}: {band.label.lower()}"
        before = band.tone
