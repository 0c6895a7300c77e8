"""Break the glass: open the chart of somebody who is not one's own, for an hour, and have it looked at afterwards."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.access import at_sites
from chart.actions.tasks import close_for, raise_task
from chart.models import BreakGlass, BreakGlassPaper, BreakGlassReview
from chart.rules.break_glass import LONGEST_WORDS, PAPER_FOR, SHORTEST_WORDS, Judged, Why
from chart.rules.deadlines import Calendar
from programs.contributions import holidays
from programs.models import Placement, Program, Site, SiteAccess
from programs.rules.access_policy import DEFAULT
from programs.rules.routine import instant
from programs.step_up import signed
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

TASK = "glass"
REVIEWED_BY = time(17)  # on the next working day, on the site's clock
OPENS, PRINTS = "chart.glass", "chart.glass_paper"
"""What the PIN is for, with the client's or the glass's key: see ``purpose``."""


def purpose(what: str, pk: int) -> str:
    """What a PIN is given for: to open this chart, to print through this glass."""
    return f"{what}:{pk}"


def _open_already(kwargs: Mapping[str, Any]) -> Finding:
    return stop("glass.open", "You have opened this chart already. Reload the page.")


@action("glass.break", explain={"chart_glass_once_at_a_time": _open_already})
def break_glass(
    *, by: Person, at: datetime, client_id: int, site_id: int, why: Why, words: str, proof_id: int, key: UUID | None = None
) -> BreakGlass:  # fmt: skip
    """Open one chart to ``by`` for the site's number of minutes, signed with their PIN; the review is due on the next working day.

    Raises Refused (``glass.words``, ``glass.open``, ``glass.site``, a PIN's), NotAllowed.
    """
    require(by, Capability.OPEN_CHART, site_id, at)
    site = Site.objects.get(pk=site_id)
    client = at_sites(frozenset({site_id})).filter(pk=client_id).first()
    if client is None:
        raise Refused(stop("glass.site", "This client belongs to another of your sites. Change to that site first."))
    if wrong := _wrong_words(words):
        raise Refused(wrong)
    signed(proof_id, by=by, purpose=purpose(OPENS, client_id), site=site, at=at, capability=Capability.OPEN_CHART)

    made = BreakGlass.objects.create(
        person=by, client=client, site=site, why=why.value, words=words.strip(), started_at=at,
        ends_at=at + timedelta(minutes=_minutes(site, at)), review_due_at=review_due(site, at), proof_id=proof_id,
    )  # fmt: skip
    trail.record(
        "glass.break", by=by, at=at, subject=made, site_id=site_id, client_id=client.pk,
        summary=f"Broke the glass of {client.record_number}: {why.label}", detail={"words": made.words},
    )  # fmt: skip
    ask_for_review(made)

    return made


@action("glass.print")
def open_printing(
    *, by: Person, at: datetime, glass_id: int, words: str, proof_id: int, key: UUID | None = None
) -> BreakGlassPaper:
    """The second step: what was opened may be printed for ten minutes. Raises Refused, BreakGlass.DoesNotExist."""
    glass = _standing(glass_id, by, at)
    if wrong := _wrong_words(words):
        raise Refused(wrong)
    capability = Capability.OPEN_CHART
    signed(proof_id, by=by, purpose=purpose(PRINTS, glass_id), site=glass.site, at=at, capability=capability)

    made = BreakGlassPaper.objects.create(
        glass=glass, words=words.strip(), started_at=at, ends_at=min(at + PAPER_FOR, glass.ends_at), proof_id=proof_id
    )
    trail.record(
        "glass.print", by=by, at=at, subject=glass, site_id=glass.site_id, client_id=glass.client_id,
        summary=f"Printing allowed through the broken glass of {glass.client.record_number}", detail={"words": made.words},
    )  # fmt: skip

    return made


@action("glass.end")
def end_glass(*, by: Person, at: datetime, glass_id: int, key: UUID | None = None) -> BreakGlass:
    """The chart is closed to ``by`` from now on. Raises Refused, BreakGlass.DoesNotExist."""
    glass = _standing(glass_id, by, at)

    glass.ended_at = at
    glass.save(update_fields=["ended_at"])
    trail.record(
        "glass.end", by=by, at=at, subject=glass, site_id=glass.site_id, client_id=glass.client_id,
        summary=f"Closed the chart of {glass.client.record_number} again",
    )  # fmt: skip

    return glass


def _reviewed_already(kwargs: Mapping[str, Any]) -> Finding:
    return stop("glass.reviewed", "Somebody reviewed this already. Reload the page.")


@action("glass.review", explain={"chart_breakglassreview_glass_id_key": _reviewed_already})
def review_glass(
    *, by: Person, at: datetime, glass_id: int, judged: Judged, words: str, key: UUID | None = None
) -> BreakGlassReview:  # fmt: skip
    """Say what the review found; not one's own. Raises Refused (``glass.own``, ``glass.reviewed``, ``glass.words``), NotAllowed."""
    glass = BreakGlass.objects.select_for_update(of=("self",)).select_related("client", "person").get(pk=glass_id)
    require(by, Capability.REVIEW_GLASS, glass.site_id, at)
    if glass.person_id == by.pk:
        raise Refused(stop("glass.own", "You opened this chart yourself. Somebody else reviews it."))
    if judged is not Judged.RIGHT and (wrong := _wrong_words(words)):
        raise Refused(wrong)

    made = BreakGlassReview.objects.create(
        glass=glass, by=by, at=at, judged=judged.value, words=words.strip()[:LONGEST_WORDS]
    )
    close_for(glass, TASK, by, at, judged.label)
    trail.record(
        "glass.review", by=by, at=at, subject=glass, site_id=glass.site_id, client_id=glass.client_id,
        summary=f"Reviewed the broken glass of {glass.person.signature}: {judged.label}", detail={"words": made.words},
    )  # fmt: skip

    return made


def review_due(site: Site, at: datetime) -> datetime:
    """The end of the next working day at the site, UTC."""
    calendar = Calendar(site.tz, frozenset(holidays(site.pk)))
    on = calendar.date_of(at) + timedelta(days=1)
    while not calendar.works(on):
        on += timedelta(days=1)
    return instant(on, REVIEWED_BY, site.tz)


def ask_for_review(glass: BreakGlass) -> None:
    """For use inside another act: a task for who reviews, where the client has a course of care to hang it on.

    The page of reviews lists every one.
    """
    placement = (
        Placement.objects.filter(
            episode__client=glass.client_id, program__site=glass.site_id, kind=Program.Kind.TREATMENT
        )
        .select_related("program__site", "episode__client")
        .order_by("-started_at")
        .first()
    )
    if placement is not None:
        raise_task(
            episode_id=placement.episode_id, kind=TASK, title="Review a chart opened in an emergency", placement=placement,
            due_at=glass.review_due_at, at=glass.started_at, capability=Capability.REVIEW_GLASS, subject=glass,
            line=f"{glass.person.signature}: {Why(glass.why).label}",
        )  # fmt: skip


def _standing(glass_id: int, by: Person, at: datetime) -> BreakGlass:
    """One's own glass, still broken, locked. Another person's does not exist."""
    rows = BreakGlass.objects.select_for_update(of=("self",)).select_related("client", "site")
    glass: BreakGlass = rows.get(pk=glass_id, person=by)
    if glass.ended_at is not None or glass.ends_at <= at:
        raise Refused(stop("glass.over", "This chart is closed to you again already. Reload the page."))
    return glass


def _minutes(site: Site, at: datetime) -> int:
    row = SiteAccess.objects.current(at).filter(site=site).first()
    return row.glass_minutes if row else DEFAULT.glass_minutes


def _wrong_words(words: str) -> Finding | None:
    if SHORTEST_WORDS <= len(words.strip()) <= LONGEST_WORDS and "\x00" not in words:
        return None
    sentence = (
        f"Say why in your own words, in {SHORTEST_WORDS} to {LONGEST_WORDS} characters: whoever reviews it reads them."
    )
    return stop("glass.words", sentence, field="words")
