"""The clients of a site, worst first: who is due for review."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Subquery

from asam.models import Assessment
from asam.queries.authorised import Authorised, authorised
from asam.queries.readings import levels_of
from asam.queries.said import said
from asam.rules.reviews import Due, Review, review
from programs.contributions import places
from programs.models import Placement, Program, Site
from programs.rules.band import days_between


@dataclass(frozen=True)
class ReviewRow:
    """One client in a program: level, day of the episode, last ratings, and when the next review is due."""

    episode_id: int
    called: str
    pronouns: str
    level: str
    program: str
    bed: str
    day: int
    rated_at: datetime | None
    rated_by: str
    proposed: str
    decided: str
    review: Review
    paid: Authorised

    @property
    def late(self) -> bool:
        """Due today, or past."""
        return self.review.due in {Due.OVERDUE, Due.TODAY}


def reviews(site: Site, at: datetime) -> list[ReviewRow]:
    """Every treatment placement of a site at an instant, the most overdue first. At most nine queries, however many there are."""
    newest = Assessment.objects.filter(episode=OuterRef("episode"), at__lte=at).order_by("-at", "-pk")
    placed = (
        Placement.objects.current(at)
        .filter(program__site=site, kind=Program.Kind.TREATMENT)
        .select_related("episode__client", "program")
        .annotate(
            rated_at=Subquery(newest.values("at")[:1]),
            rated_by=Subquery(newest.values("by__name")[:1]),
            proposal=Subquery(newest.values("recommendation")[:1]),
            decided=Subquery(newest.values("decision__selected")[:1]),
            decided_at=Subquery(newest.values("decision__at")[:1]),
        )
        .order_by("started_at", "pk")
    )
    beds, rows = places(site.pk, at), []
    found = list(placed)
    levels = levels_of(found, at)
    paid = authorised([placement.episode_id for placement in found], at)
    for placement in found:
        place = beds.get(placement.episode_id)
        since = max(each for each in (placement.started_at, placement.rated_at, placement.decided_at) if each)
        rows.append(
            ReviewRow(
                episode_id=placement.episode_id,
                called=placement.episode.client.called,
                pronouns=placement.episode.client.pronouns,
                level=placement.level,
                program=placement.program.name,
                bed=f"{place.unit} {place.room}-{place.bed}" if place else "",
                day=days_between(placement.episode.started_at, at, site.tz) + 1,
                rated_at=placement.rated_at,
                rated_by=placement.rated_by or "",
                proposed=said(placement.proposal) if placement.proposal else "",
                decided=placement.decided or "",
                review=review(levels[placement.pk] or placement.level, since, at, site.tz),
                paid=paid[placement.episode_id],
            )
        )
    return sorted(rows, key=lambda row: 10_000 if row.review.days is None else row.review.days)


def next_reviews(episodes: Collection[int], at: datetime) -> dict[int, date]:
    """When each of these episodes is due (the site's date), as known at an instant; one that is set by hand is not in it.
    One query."""
    newest = Assessment.objects.filter(episode=OuterRef("episode"), at__lte=at).order_by("-at", "-pk")
    placed = (
        Placement.objects.current(at)
        .filter(episode_id__in=episodes, kind=Program.Kind.TREATMENT)
        .annotate(
            zone=F("program__site__time_zone"),
            rated_at=Subquery(newest.values("at")[:1]),
            decided_at=Subquery(newest.filter(decision__at__lte=at).values("decision__at")[:1]),
        )
    )
    due = {}
    for placement in placed:
        since = max(each for each in (placement.started_at, placement.rated_at, placement.decided_at) if each)
        days = review(placement.level, since, at, ZoneInfo(placement.zone)).days
        if days is not None:
            due[placement.episode_id] = at.astimezone(ZoneInfo(placement.zone)).date() + timedelta(days=days)
    return due
