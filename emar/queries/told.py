"""What the medication room has to tell the next shift, and its figures of a day."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from emar.models import TAKEN, Administration, Reassessment, ReassessmentResult, Variance
from emar.queries.known import Due, Stand
from emar.queries.mar.words import title_of
from emar.queries.report.load import load
from emar.queries.report.tally import tally
from emar.queries.tasks import LONGEST_WINDOW
from emar.rules.windows import missed_from
from programs.contributions import DayFigure, Raised
from programs.models import Site

SAID = {"refused": ("Refused", "late"), "held": ("Held", "held"), "not_available": ("Not available", "caution")}
NO_EFFECT = (ReassessmentResult.Effect.NONE, ReassessmentResult.Effect.WORSE, ReassessmentResult.Effect.NOT_SEEN)


def exceptions(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """Doses refused, held, missed and not there, corrections, doses as needed without effect or not looked at again, and counts that
    do not agree, as they became known in ``since <= t < until``. About twenty queries."""
    site = Site.objects.get(pk=site_id)
    facts = load(site, since - LONGEST_WINDOW - timedelta(minutes=1), until, at)
    for dose in facts.scheduled:
        yield from _dose(dose, since, until, site)
    corrected = Administration.objects.filter(
        corrects__isnull=False,
        recorded_at__gte=since,
        recorded_at__lt=until,
        order__episode__placements__program__site=site,
    ).select_related("order__medication", "by")
    for row in corrected.distinct():
        yield Raised(
            row.order.client_id, row.recorded_at, "dose.corrected", f"Corrected: {title_of(row.order)}",
            f"{row.get_outcome_display()}. {row.note} {row.by.signature}", "caution",
        )  # fmt: skip
    yield from _as_needed(site, since, until, at)
    yield from _counts(site, since, until)


def _dose(dose: Due, since: datetime, until: datetime, site: Site) -> Iterator[Raised]:
    title, order = title_of(dose.order), dose.order
    due = f"due {dose.due_at.astimezone(site.tz):%H:%M}"
    if dose.mark is None:
        closed = missed_from(dose.due_at, dose.window)
        if dose.stand is Stand.MISSED and since <= closed < until:
            yield Raised(order.client_id, closed, "dose.missed", f"Missed: {title}", due, "stop")
        return
    if dose.mark.outcome in SAID and since <= dose.mark.recorded_at < until:
        word, tone = SAID[dose.mark.outcome]
        why = ", ".join(part for part in (due, dose.mark.reason.replace("_", " "), dose.mark.note) if part)
        yield Raised(order.client_id, dose.mark.recorded_at, f"dose.{dose.mark.outcome}", f"{word}: {title}", why, tone)


def _as_needed(site: Site, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """Two queries."""
    here = {"order__episode__placements__program__site": site}
    results = ReassessmentResult.objects.filter(
        effect__in=[each.value for each in NO_EFFECT], recorded_at__gte=since, recorded_at__lt=until,
        reassessment__administration__order__episode__placements__program__site=site,
    )  # fmt: skip
    for row in results.select_related("reassessment__administration__order__medication").distinct():
        order = row.reassessment.administration.order
        yield Raised(
            order.client_id, row.recorded_at, "dose.no_effect", f"{row.get_effect_display()}: {title_of(order)}",
            row.words, "late",
        )  # fmt: skip
    given = Administration.objects.filter(outcome__in=TAKEN, corrected_by=None, **here).values("pk")
    owed = Reassessment.objects.filter(
        administration__in=given, results=None, due_at__gte=since, due_at__lt=min(until, at)
    )
    for each in owed.select_related("administration__order__medication"):
        order = each.administration.order
        title = f"Effect not recorded: {title_of(order)}"
        yield Raised(order.client_id, each.due_at, "dose.effect_owed", title, "", "late")


def _counts(site: Site, since: datetime, until: datetime) -> Iterator[Raised]:
    """One query."""
    rows = Variance.objects.filter(line__location__site=site, opened_at__gte=since, opened_at__lt=until)
    for row in rows.select_related("line__location"):
        said = "resolved" if row.ended_at else "still open"
        line = f"{row.line.location.name}: counted {row.counted.normalize():f}, expected {row.expected.normalize():f}, {said}"
        yield Raised(
            None, row.opened_at, "stock.difference", "A count does not agree", line, "stop", row.ended_at is None
        )


def day_figures(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterable[DayFigure]:
    """Doses due in ``since <= t < until`` and what became of them, and doses as needed. Eleven queries."""
    facts = load(Site.objects.get(pk=site_id), since, until, at)
    found = tally(facts.scheduled)
    numbers = (
        ("Doses due", found.due), ("In time", found.in_time), ("Early or late", found.early + found.late),
        ("Missed", found.missed), ("Refused", found.refused), ("Held", found.held), ("Not available", found.not_available),
        ("Client away", found.away), ("Not charted yet", found.open), ("As needed, given", len(facts.as_needed)),
    )  # fmt: skip
    return [DayFigure("Doses", label, value) for label, value in numbers]
