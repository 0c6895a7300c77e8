"""What of the chart stands beside a dimension while it is rated: each function is one kind, in one or two queries.

A proposal of where to look, never a rating: nothing here changes a code. Source of what goes where: facts/levels-of-care.md 7.2.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from chart.models import DrugScreen, Note, ScreenResult, Vitals
from chart.queries.scores import said, standing, worst
from chart.scales import scale
from emar.models import Administration
from groups.models import Attendance
from groups.rules.minutes import NOT_THERE
from programs.contributions import Support
from programs.models import Leave
from programs.people import mine

BY_SCALE = {
    "ciwa_ar": 1, "cows": 1, "phq_9": 3, "gad_7": 3, "pcl_5": 3, "c_ssrs": 3, "bam": 4, "audit": 4, "audit_c": 4,
    "dast_10": 4, "barc_10": 5,
}  # fmt: skip
ADDICTION = frozenset(
    {"buprenorphine", "methadone", "naltrexone", "acamprosate", "disulfiram", "naloxone", "chlordiazepoxide", "lorazepam",
     "diazepam", "clonidine", "lofexidine", "phenobarbital", "oxazepam", "nicotine", "varenicline"}
)  # fmt: skip
MOST = 12  # of one kind
WORDS = 120  # characters of a note


def scores(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """Scales that were answered."""
    rows = standing(at).filter(mine(client_id), at__gte=since, at__lte=at).order_by("-at")[: 2 * MOST]
    for row in rows:
        found = scale(row.scale)
        dimension = BY_SCALE.get(row.scale.replace("-", "_"), 0)
        yield Support(row.at, dimension, "score", row.pk, said(found, row), worst(found, row))


def vitals(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """The newest vital signs."""
    rows = Vitals.objects.filter(mine(client_id), at__gte=since, at__lte=at, written_at__lte=at)
    stands = Q(corrected_by=None) | Q(corrected_by__written_at__gt=at)
    for row in rows.filter(stands).order_by("-at")[:4]:
        parts = [
            f"blood pressure {row.systolic}/{row.diastolic}" if row.systolic and row.diastolic else "",
            f"pulse {row.pulse}" if row.pulse else "",
            f"temperature {_plain(row.temperature)}" if row.temperature else "",
            f"SpO2 {row.spo2} %" if row.spo2 else "",
            f"glucose {_plain(row.glucose)}" if row.glucose else "",
        ]
        if words := ", ".join(filter(None, parts)):
            yield Support(row.at, 2, "vitals", row.pk, words[0].upper() + words[1:])


def taken(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """How each order was taken: how many doses of how many, and what became of the others."""
    rows = (
        Administration.objects.filter(
            mine(client_id, "order__client"), given_at__gte=since, given_at__lte=at, recorded_at__lte=at
        )
        .filter(Q(corrected_by=None) | Q(corrected_by__recorded_at__gt=at))
        .select_related("order__medication")
        .order_by("given_at")
    )
    by: defaultdict[int, list[Administration]] = defaultdict(list)
    for row in rows:
        by[row.order_id].append(row)
    for order_id, each in by.items():
        order, outcomes = each[0].order, Counter(row.get_outcome_display().lower() for row in each)
        count = outcomes.get("given", 0)
        others = [f"{number} {words}" for words, number in sorted(outcomes.items()) if words != "given"]
        said_ = f"{order.medication}: {count} of {len(each)} doses given" + "".join(f", {other}" for other in others)
        ingredient = set(order.medication.ingredient_names)
        dimension = 1 if ingredient & ADDICTION else 3 if order.medication.psychotropic else 2
        yield Support(each[-1].given_at, dimension, "dose", order_id, said_, "late" if others else "")


def screens(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """Drug screens, with what stands of their results."""
    rows = list(
        DrugScreen.objects.filter(mine(client_id), collected_at__gte=since, collected_at__lte=at, written_at__lte=at)
        .filter(Q(corrected_by=None) | Q(corrected_by__written_at__gt=at), mistake=False)
        .order_by("-collected_at")[:MOST]
    )
    results: defaultdict[int, list[ScreenResult]] = defaultdict(list)
    stands = Q(corrected_by=None) | Q(corrected_by__at__gt=at)
    for result in ScreenResult.objects.filter(stands, screen__in=rows, at__lte=at).order_by("pk"):
        results[result.screen_id].append(result)
    for row in rows:
        names = dict(row.substances)
        found = [each for each in results[row.pk] if each.result in {"presumptive", "positive"}]
        words = ", ".join(
            f"{names.get(each.substance, each.substance)} {each.get_result_display().lower()}" for each in found
        )
        if row.outcome != DrugScreen.Outcome.COLLECTED:
            words = row.get_outcome_display().lower()
        elif not results[row.pk]:
            words = "no result yet"
        yield Support(
            row.collected_at, 4, "screen", row.pk, f"{row.get_specimen_display()} screen: {words or 'negative'}",
            "late" if found or row.outcome == DrugScreen.Outcome.REFUSED else "",
        )  # fmt: skip


def notes_about(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """What was written: the first words of each note. Any dimension."""
    rows = Note.objects.filter(
        mine(client_id, "episode__client"), about_at__gte=since, about_at__lte=at, written_at__lte=at
    )
    stands = Q(corrected_by=None) | Q(corrected_by__written_at__gt=at)
    for row in rows.filter(stands).select_related("by").order_by("-about_at")[:MOST]:
        text = " ".join(row.text.split())
        short = text if len(text) <= WORDS else f"{text[:WORDS].rsplit(' ', 1)[0]} ..."
        yield Support(row.about_at, 0, "note", row.pk, f"{row.get_kind_display()} by {row.by.signature}: {short}")


def attendance(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """How they came to groups: sessions, and those they missed; one line an episode of marks."""
    newest = (
        Attendance.objects.filter(
            mine(client_id), session__started_at__gte=since, session__started_at__lte=at, at__lte=at
        )
        .order_by("session_id", "-version")
        .distinct("session_id")
        .select_related("session__series")
    )
    marks = sorted(newest, key=lambda mark: mark.session.started_at)
    if not marks:
        return
    missed = [mark for mark in marks if mark.status in {status.value for status in NOT_THERE}]
    there = len(marks) - len(missed)
    words = f"Came to {there} of {len(marks)} group sessions"
    yield Support(marks[-1].session.started_at, 4, "attendance", marks[-1].pk, words, "late" if missed else "")
    for mark in missed[-3:]:
        said_ = f"{mark.get_status_display()}: {mark.session.name}"
        yield Support(mark.session.started_at, 4, "absence", mark.pk, said_, "late")


def leaves(client_id: int, since: datetime, at: datetime) -> Iterator[Support]:
    """Time away: what the place they return to was like comes up there."""
    rows = Leave.objects.filter(mine(client_id, "episode__client"), started_at__gte=since, started_at__lte=at)
    for row in rows.order_by("-started_at")[:MOST]:
        late = row.ended_at is not None and row.ended_at > row.expected_at + timedelta(minutes=30)
        back = "back late" if late else "back" if row.ended_at and row.ended_at <= at else "still away"
        yield Support(row.started_at, 5, "leave", row.pk, f"{row.get_kind_display()}, {back}", "late" if late else "")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
