"""Transitions as others ask of them: what is prepared at a site, what a payer says to a new level, what a timeline shows."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse

from asam.models import Authorisation, Transition, TransitionDraft
from asam.queries.authorised import authorised, of_row
from asam.rules.authorised import Gap, Left, counts_now, gap, number, same_family
from programs.contributions import Entry
from programs.models import Episode, Site


def prepared(site: Site) -> QuerySet[TransitionDraft]:
    """Transitions that were prepared for a time at a site and not carried out yet, the soonest first. One query."""
    return (
        TransitionDraft.objects.filter(closed_at=None, scheduled_for__isnull=False, program__site=site)
        .filter(decision__assessment__episode__ended_at=None)
        .select_related("program", "by", "decision__assessment__episode__client")
        .order_by("scheduled_for", "pk")
    )


def fits_payer(episode: Episode, level: str, entered: str, tz: ZoneInfo, at: datetime) -> tuple[str, str]:
    """What does not fit between the payer and the level that is entered ('': all fits), and what is authorised, in words.

    One query; five more where the level is of the family they are at, so that what was used counts.
    """
    rows = list(Authorisation.objects.filter(episode=episode, at__lte=at).select_related("corrects"))
    gone = {row.corrects_id for row in rows}
    counting = [of_row(row) for row in rows if row.pk not in gone and not row.withdrawn]
    today = at.astimezone(tz).date()
    now = counts_now(counting, entered, today)
    rest = None if now is None else Left(now.approved - now.approved, now.approved, (now.last_on - today).days + 1)
    if now is not None and same_family(level, entered):
        line = authorised([episode.pk], at)[episode.pk].now
        rest = line.rest if line and line.rest else rest
    found: Gap | None = gap(counting, now, rest, entered, episode.payer)
    words = (
        ""
        if now is None
        else f"{now.payer}: {number(now.approved)} {now.unit} of {now.level} until {now.last_on:%-d %b}"
    )
    return ("" if found is None or found.tone == "caution" else found.words), words


def entries(client_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Entry]:
    """What each transition of a client in ``since <= t < until`` moved, as known at ``at``. One query."""
    rows = Transition.objects.filter(
        entered__episode__client_id=client_id, at__gte=since, at__lt=until, at__lte=at
    ).select_related("program", "by", "left", "entered")
    for row in rows:
        moved = row.moved
        parts = [moved.get("words", "")] if moved.get("words") else []
        if not parts and moved.get("bed"):
            parts.append(f"Bed {moved['bed']} {'kept' if moved.get('bed_kept') else 'freed'}")
        parts += [f"Why: {row.why}"] if row.why else []
        title = "Step taken back: " if row.reverses_id else "Stepped: "
        yield Entry(
            row.at, "level", f"{title}{row.left.level} to {row.entered.level}", " · ".join(parts),
            row.by.signature if row.by else str(moved.get("by", "")), "undo-2" if row.reverses_id else "signpost", "accent",
            row.entered.level, reverse("admissions:packet", args=[row.pk]),
        )  # fmt: skip
