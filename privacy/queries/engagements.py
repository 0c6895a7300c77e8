"""Audits and research of some sites as they stand on a day, and the ground of a release that rests on one (42 CFR 2.52, 2.53)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from audit.rules.findings import Finding, stop
from privacy.models import Disclosure, Engagement, EngagementStep
from privacy.rules.classes import InfoClass
from privacy.rules.engagements import SOON, EngagementKind, EngagementStepKind, Span
from privacy.rules.grounds import Audit, Ground, Research
from programs.rules.dates import said


@dataclass(frozen=True)
class Engaged:
    """An engagement with what happened to it, on a day of its site's calendar."""

    row: Engagement
    steps: tuple[EngagementStep, ...]
    span: Span
    today: date

    @property
    def runs(self) -> bool:
        """True where a release may rest on it."""
        return self.span.runs(self.today)

    @property
    def waits(self) -> bool:
        """True while something is to come of it."""
        return self.span.waits(self.today)

    @property
    def over(self) -> bool:
        """True where no release rests on it any more."""
        return self.span.over(self.today)

    @property
    def left(self) -> int | None:
        """Days until its last day; None where it does not run."""
        return self.span.left(self.today)

    @property
    def to_destroy(self) -> int | None:
        """Days until the copies are to be destroyed; None where none are."""
        return self.span.to_destroy(self.today)

    @property
    def late(self) -> int:
        """Days since the copies were to be destroyed; 0 where they are not late."""
        return max(0, -(self.to_destroy or 0))

    @property
    def near(self) -> bool:
        """True where copies are to be destroyed within a fortnight."""
        return self.to_destroy is not None and self.to_destroy <= SOON

    @property
    def scope(self) -> str:
        """The parts it names, in words."""
        return ", ".join(each.label for each in InfoClass if each in self.row.classes)


def engagements(site_ids: Collection[int], at: datetime) -> list[Engaged]:
    """Those of these sites: what waits first, the nearest day of destruction before the others, then the newest. Two queries."""
    found = _engaged(Engagement.objects.filter(site__in=site_ids), at)
    far = 10**6
    return sorted(found, key=lambda each: (not each.waits, far if each.to_destroy is None else each.to_destroy))


def engagement(site_ids: Collection[int], at: datetime, pk: int) -> Engaged | None:
    """One of them."""
    return next(iter(_engaged(Engagement.objects.filter(site__in=site_ids, pk=pk), at)), None)


def running(site_id: int, at: datetime) -> list[Engagement]:
    """Those of a site on which a release may rest now. Two queries, one where there is none."""
    return [each.row for each in _engaged(Engagement.objects.filter(site=site_id), at) if each.runs]


def seen(engagement_id: int) -> QuerySet[Disclosure]:
    """What was shown or left on it, the newest first."""
    rows = Disclosure.objects.filter(ground__engagement=str(engagement_id), basis__in=["AUDIT_2_53", "RESEARCH_2_52"])
    return rows.select_related("client", "by").order_by("-at", "-pk")


def ground_of_engagement(row: Engagement) -> Audit | Research:
    """What the gate is told of one: its days are whole days on the site's calendar."""
    tz = row.site.tz
    since = datetime.combine(row.first_day, time(), tzinfo=tz)
    until = datetime.combine(row.last_day + timedelta(days=1), time(), tzinfo=tz)
    classes, whom = frozenset(map(InfoClass, row.classes)), frozenset({row.recipient_id})
    if row.kind == EngagementKind.RESEARCH:
        return Research(
            row.authority, row.director, row.linkage, row.irb, classes, since, until, whom, engagement=row.pk
        )  # fmt: skip
    destroyed_by = said(row.destroy_by) if row.destroy_by is not None else ""
    return Audit(
        row.agency, row.agreement, classes, since, until, row.copies, row.listed_sponsor, destroyed_by, whom, engagement=row.pk
    )  # fmt: skip


def ended_meanwhile(ground: Ground | None) -> list[Finding]:
    """Why no release rests on an engagement that somebody ended since it was looked at. Locks it, so that its end is before or after."""
    if not isinstance(ground, Audit | Research) or not ground.engagement:
        return []
    list(Engagement.objects.select_for_update(of=("self",)).filter(pk=ground.engagement))
    steps = EngagementStep.objects.filter(engagement=ground.engagement, kind=EngagementStepKind.ENDED)
    words = "The audit or research was ended. Nothing is released on it any more."
    return [stop("engagement.ended", words)] if steps.exists() else []


def _engaged(rows: QuerySet[Engagement], at: datetime) -> list[Engaged]:
    found = rows.select_related("recipient", "by", "site").prefetch_related("steps__by")
    return [engaged(row, at) for row in found.order_by("-first_day", "-pk")]


def engaged(row: Engagement, at: datetime) -> Engaged:
    """One row with its steps."""
    steps = tuple(sorted(row.steps.all(), key=lambda each: (each.at, each.pk)))
    kinds = {each.kind for each in steps}
    span = Span(
        row.first_day, row.last_day, row.destroy_by, EngagementStepKind.ENDED in kinds, EngagementStepKind.DESTROYED in kinds
    )  # fmt: skip
    return Engaged(row, steps, span, at.astimezone(row.site.tz).date())
