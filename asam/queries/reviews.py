"""The review queue of a site: who is due, why, what the ratings say, what is authorised, what comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date

from asam.models import Draft, LevelReview, ReviewDraft, TransitionDraft
from asam.queries.authorised import Authorised, authorised
from asam.queries.due import Standing, current_placements, why_due
from asam.queries.readings import levels_of
from asam.queries.said import said
from asam.rules.levels import LEVELS, compare
from asam.rules.triggers import Reasons
from chart.models import Plan
from groups.queries.packs import PackBook, pack_book
from groups.queries.week import Counted, Week, counted, stands, week_from, week_of
from programs.contributions import places
from programs.models import Leave, Placement, Program, Site
from programs.rules.band import days_between

FLAGS_AT = 2  # the risk of ratings that ask for more than the level gives
LEFT = {"stop", "late"}
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReviewRow:
    """One client in a program: level, days, ratings, why a review is due and when, and what comes next.

    ``order`` is how the ratings stand to the level: same, lower, higher, different, '' where it cannot be said. ``risk`` is 0 to 3.
    ``flags`` are shortfalls that are no errors; ``next`` is the step that is under way or planned, ``plan`` the state of the plan.
    """

    episode_id: int
    called: str
    pronouns: str
    level: str
    program_id: int
    program: str
    bed: str
    away: str
    day: int
    level_day: int
    rated_at: datetime | None
    rated_by: str
    proposed: str
    order: str
    decided: str
    last: LevelReview | None
    review: Reasons
    risk: int
    paid: Authorised
    flags: tuple[str, ...]
    next: str
    plan: str
    plan_late: bool

    @property
    def late(self) -> bool:
        """Due today, or past."""
        return self.review.late

    @property
    def loud(self) -> bool:
        """What is authorised and the level do not go together, or soon will not."""
        return self.paid.gap is not None and self.paid.gap.tone in LEFT

    @property
    def unconfirmed(self) -> bool:
        """The last review waits for a second name."""
        return self.last is not None and bool(self.last.asks) and not hasattr(self.last, "confirmation")


def reviews(site: Site, at: datetime) -> list[ReviewRow]:
    """Every treatment placement of a site at an instant: by risk, then the day it is due. At most fifteen queries, however many."""
    placed = list(_placed(site, at))
    beds, levels, book = places(site.pk, at), levels_of(placed, at), pack_book(site.pk)
    why = why_due(placed, levels, at, site.tz)
    paid = authorised([placement.episode_id for placement in placed], at)
    week = week_from(week_of(at, site.tz).monday - WEEK, site.tz)
    came = counted([each.episode.client_id for each in placed], week)
    rows = []
    for each in placed:
        place, found = beds.get(each.episode_id), why[each.episode_id]
        level = levels[each.pk] or each.level
        order = order_of(found, level)
        plan, plan_late = _plan(each, at.astimezone(site.tz).date())
        rows.append(
            ReviewRow(
                episode_id=each.episode_id,
                called=each.episode.client.called,
                pronouns=each.episode.client.pronouns,
                level=each.level,
                program_id=each.program_id,
                program=each.program.name,
                bed=f"{place.unit} {place.room}-{place.bed}" if place else "",
                away=_away(each),
                day=days_between(each.episode.started_at, at, site.tz) + 1,
                level_day=days_between(each.started_at, at, site.tz) + 1,
                rated_at=found.rated.at if found.rated else None,
                rated_by=found.rated.by if found.rated else "",
                proposed=said(found.rated.recommendation) if found.rated else "",
                order=order,
                decided=found.rated.decided if found.rated else "",
                last=found.last,
                review=found.reasons,
                risk=max(found.reasons.risk, FLAGS_AT if order == "higher" else 0),
                paid=paid[each.episode_id],
                flags=tuple(_flags(each, found, came.get(each.episode.client_id), week, book)),
                next=_next(each, found, level, site, at),
                plan=plan,
                plan_late=plan_late,
            )
        )
    return sorted(rows, key=lambda row: (-row.risk, row.review.on or date.max, row.called))


def order_of(found: Standing, level: str) -> str:
    """How the newest ratings stand to a level; '' where there are none or the level is of another edition."""
    if found.rated is None or level not in LEVELS:
        return ""
    return compare(str(found.rated.recommendation["level"]), level)


def count_due(site: Site, at: datetime) -> tuple[int, int]:
    """How many clients of a site are due today or late, and how many of them because of something that happened. At most seven queries."""
    placed = list(current_placements(at).filter(program__site=site))
    found = [each.reasons for each in why_due(placed, levels_of(placed, at), at, site.tz).values()]
    late = [each for each in found if each.late]
    return len(late), sum(each.risk > 0 for each in late)


def due_of(placement: Placement, at: datetime) -> Reasons | None:
    """Why one client is due, and when; None where the placement has ended. At most seven queries."""
    placed = list(current_placements(at).filter(pk=placement.pk))
    return why_due(placed, levels_of(placed, at), at)[placement.episode_id].reasons if placed else None


def next_reviews(episodes: Collection[int], at: datetime) -> dict[int, date]:
    """When each of these episodes is due (the site's date), as known at an instant; one that is set by hand is not in it.
    At most seven queries."""
    return review_dates(list(current_placements(at).filter(episode_id__in=episodes)), at)


def review_dates(placed: Sequence[Placement], at: datetime) -> dict[int, date]:
    """The same for placements that are at hand, from ``current_placements``."""
    found = why_due(placed, levels_of(placed, at), at)
    return {pk: each.reasons.on for pk, each in found.items() if each.reasons.on is not None}


def _placed(site: Site, at: datetime) -> QuerySet[Placement]:
    """The placements of a site with all that a row says of the episode. One query."""
    of = {"episode": OuterRef("episode")}
    signed = Plan.objects.filter(**of, signed_at__lte=at).order_by("-number")
    away = Leave.objects.current(at).filter(**of)
    steps = TransitionDraft.objects.filter(decision__assessment__episode=OuterRef("episode"), closed_at=None)
    return (
        current_placements(at)
        .filter(program__site=site)
        .annotate(
            plan=Subquery(signed.values(json=JSONObject(number="number", review_on="review_on"))[:1]),
            drafted=Exists(Plan.objects.filter(**of, signed_at=None, dropped_at=None)),
            rating=Exists(Draft.objects.filter(**of, closed_at=None)),
            reviewing=Exists(ReviewDraft.objects.filter(**of, closed_at=None)),
            away=Subquery(away.values("kind")[:1]),
            housed=Exists(Placement.objects.current(at).filter(**of, kind=Program.Kind.RESIDENCE)),
            scheduled=Subquery(steps.filter(scheduled_for__isnull=False).values("scheduled_for")[:1]),
        )
        .order_by("started_at", "pk")
    )


def _away(each: Placement) -> str:
    kind = getattr(each, "away", None)
    return Leave.Kind(kind).label if kind else ""


def _plan(each: Placement, today: date) -> tuple[str, bool]:
    """The state of the plan in words, and whether that is late."""
    plan, tail = getattr(each, "plan", None), ", a draft is open" if getattr(each, "drafted", False) else ""
    if not plan:
        return f"none signed{tail}", True
    on = parse_date(plan["review_on"]) if plan["review_on"] else None
    if on is None:
        return f"version {plan['number']}{tail}", False
    late = on < today
    return f"version {plan['number']}, review {'was ' if late else ''}{on:%-d %b}{tail}", late


def _flags(each: Placement, found: Standing, came: Counted | None, week: Week, book: PackBook) -> list[str]:
    """What falls short and is no error: hours of last week, a recovery residence, a name that is missing."""
    said_ = []
    done = stands(came, each.program, each.level, book, week.last_day, each.episode.payer)
    if done.minimum is not None and not done.met and each.started_at <= week.since and not getattr(each, "away", None):
        said_.append(f"{done} of service last week")
    asked = found.rated is not None and found.rated.recommendation.get("recovery_residence")
    outpatient = each.level in LEVELS and LEVELS[each.level].setting < 3
    if asked and outpatient and not getattr(each, "housed", False):
        said_.append("a recovery residence was recommended, they are in none")
    return said_


def _next(each: Placement, found: Standing, level: str, site: Site, at: datetime) -> str:
    """What is under way or planned, the nearest first; '' where nothing is."""
    scheduled = getattr(each, "scheduled", None)
    if scheduled is not None:
        when = f"{scheduled.astimezone(site.tz):%a %-d %b %H:%M}"
        return f"step prepared for {when}" if scheduled > at else f"step was due {when}: carry it out"
    if found.decided and found.decided != level and (found.decided_at or each.started_at) >= each.started_at:
        return f"{found.decided} decided, not moved yet"
    if getattr(each, "reviewing", False):
        return "a review is being written"
    if getattr(each, "rating", False):
        return "ratings are under way"
    last = found.last
    if last is not None and last.outcome != LevelReview.Outcome.CONTINUE and last.reviewed_at >= each.started_at:
        where = f" to {last.to_level}" if last.to_level else ""
        return f"{last.get_outcome_display().lower()}{where} chosen {last.reviewed_at.astimezone(site.tz):%-d %b}"
    if found.rated is not None and found.rated.at > found.clock.dealt:
        return f"rated {found.rated.at.astimezone(site.tz):%-d %b}: say what follows"
    expected = getattr(each, "expected_at", None)
    return f"discharge expected {expected.astimezone(site.tz):%a %-d %b}" if expected else ""
