"""What was done in episodes that a deadline asks for: plans, notes and vital signs here, the rest from the rooms above.

Of what is done often (notes, vital signs) only the first and the newest of each author are read: a clock that runs once asks for
the first, one that repeats for the newest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from django.db.models import Max, Min, QuerySet

from chart.models import Note, Plan, PlanAgreement, PlanReview, Vitals
from chart.queries.notes import standing
from chart.rules.deadline_rules import What
from chart.rules.standing import Happened
from programs.contributions import Done
from programs.contributions import done as from_above
from staff.models import Person
from staff.rules.credentials import split_credentials

DISCHARGE = {"discharge-plan": What.DISCHARGE_PLAN, "discharge-summary": What.DISCHARGE_SUMMARY}
"""Note templates whose note is the document a deadline asks for."""

Found = Mapping[int, Mapping[What, list[Happened]]]


def satisfied(episodes: Collection[int], at: datetime) -> Found:
    """Episode id to what was done in it by an instant, by what it satisfies. About ten queries, however many episodes."""
    found: dict[int, dict[What, list[Happened]]] = defaultdict(lambda: defaultdict(list))
    for each in (*plans(episodes, at), *notes(episodes, at), *vitals(episodes, at), *from_above(episodes, at)):
        credentials = frozenset(split_credentials(each.credentials))
        found[each.episode_id][What(each.what)].append(Happened(each.at, each.by, credentials))
    return found


def plans(episodes: Collection[int], at: datetime) -> Iterator[Done]:
    """The first version is the initial plan, a later one a review of it; the client's answer makes it the treatment plan. Three queries."""
    for plan in Plan.objects.filter(episode__in=episodes, signed_at__lte=at).select_related("signed_by"):
        if plan.signed_at is not None and plan.signed_by is not None:
            what = What.INITIAL_PLAN if plan.number == 1 else What.PLAN_REVIEW
            yield Done(plan.episode_id, what, plan.signed_at, plan.signed_by.signature, plan.signed_by.credentials)
    answers = PlanAgreement.objects.filter(plan__episode__in=episodes, at__lte=at).select_related("by", "plan")
    for answer in answers:
        yield Done(answer.plan.episode_id, What.MASTER_PLAN, answer.at, answer.by.signature, answer.by.credentials)
    for review in PlanReview.objects.filter(plan__episode__in=episodes, at__lte=at).select_related("by", "plan"):
        yield Done(review.plan.episode_id, What.PLAN_REVIEW, review.at, review.by.signature, review.by.credentials)


def review_dates(episodes: Collection[int], at: datetime) -> Mapping[int, tuple[datetime, date]]:
    """Episode id to when its plan was last signed or reviewed, and the next review that was set then. Two queries."""
    signed = Plan.objects.filter(episode__in=episodes, signed_at__lte=at).values_list(
        "episode", "signed_at", "review_on"
    )
    reviewed = PlanReview.objects.filter(plan__episode__in=episodes, at__lte=at).values_list(
        "plan__episode", "at", "next_on"
    )
    found: dict[int, tuple[datetime, date]] = {}
    for episode_id, when, next_on in (*signed, *reviewed):
        if when is not None and next_on is not None and (episode_id not in found or when > found[episode_id][0]):
            found[episode_id] = when, next_on
    return found


def notes(episodes: Collection[int], at: datetime) -> Iterator[Done]:
    """Notes that stand, by when they were signed: progress notes, nursing notes, and the papers of a discharge. Two queries."""
    rows = standing(Note.objects.filter(episode__in=episodes, written_at__lte=at)).order_by()
    groups = list(rows.values_list("episode", "kind", "template", "by").annotate(Min("written_at"), Max("written_at")))
    people = Person.objects.in_bulk({by for _, _, _, by, _, _ in groups})
    for episode_id, kind, template, by, first, newest in groups:
        what = DISCHARGE.get(template)
        if what is None and kind == Note.Kind.NURSING:
            what = What.NURSING_ASSESSMENT
        if what is None and kind == Note.Kind.PROGRESS:
            what = What.PROGRESS_NOTE
        if what is not None:
            for when in {first, newest}:
                yield Done(episode_id, what, when, people[by].signature, people[by].credentials)


def vitals(episodes: Collection[int], at: datetime) -> Iterator[Done]:
    """The newest vital signs of each author. Two queries."""
    rows: QuerySet[Vitals] = Vitals.objects.filter(episode__in=episodes, at__lte=at, corrected_by=None).order_by()
    groups = list(rows.values_list("episode", "by").annotate(Max("at")))
    people = Person.objects.in_bulk({by for _, by, _ in groups})
    for episode_id, by, newest in groups:
        yield Done(episode_id, What.VITALS, newest, people[by].signature, people[by].credentials)
