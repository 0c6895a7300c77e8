"""What the acts on a treatment plan share: the episode under the client's lock, and what is said of a version that is over."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from audit import trail
from audit.rules.findings import Finding, Refused, stop
from chart.models import Plan
from chart.queries.plan_tree import Tree
from chart.queries.plans import counting
from programs.models import Client, Episode, Placement, Site
from programs.placed import last, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LEVEL_REVIEW = "plan_level_review"


@dataclass(frozen=True)
class Scene:
    """An episode in care, its client locked: the newest placement, whose site's clock counts."""

    episode: Episode
    placement: Placement

    @property
    def site(self) -> Site:
        """Where the client is."""
        return self.placement.program.site


def scene(episode_id: int, by: Person, at: datetime) -> Scene:
    """Lock the client and see that plans may be written: the episode lasts, and the person may. Raises Refused, NotAllowed,
    Client.DoesNotExist for an unknown episode."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(episodes=episode_id)
    episode = Episode.objects.select_related("client").get(pk=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(
            stop("programs.not_placed", "This client was never in a program, so there is nothing to plan yet.")
        )
    require(by, Capability.WRITE_PLANS, placement.program.site.pk, at)
    if episode.ended_at is not None and episode.ended_at <= at:
        when = told(episode.ended_at, placement.program.site.tz)
        words = f"This episode ended at {when}, and its plan with it. Nothing is added; admit the person again to plan anew."
        raise Refused(stop("plan.episode_ended", words))
    return Scene(episode, placement)


def draft_of(plan_id: int, by: Person, at: datetime) -> tuple[Scene, Plan]:
    """A draft under the client's lock. Raises Refused where it was signed or dropped, Plan.DoesNotExist."""
    known = Plan.objects.only("episode_id").get(pk=plan_id)
    found = scene(known.episode_id, by, at)
    plan = Plan.objects.select_related("signed_by", "dropped_by", "saved_by").get(pk=plan_id)
    if over := no_draft(plan, found.site):
        raise Refused(over)
    return found, plan


def in_force(plan_id: int, by: Person, at: datetime) -> tuple[Scene, Plan]:
    """The version that counts, under the client's lock. Raises Refused where it is a draft or another one counts by now."""
    known = Plan.objects.only("episode_id").get(pk=plan_id)
    found = scene(known.episode_id, by, at)
    plan = counting(at).filter(episode=found.episode).select_related("signed_by").first()
    if plan is None:
        raise Refused(stop("plan.unsigned", "No version of this plan is signed yet. Sign the draft first."))
    if plan.pk != plan_id:
        raise Refused(replaced(plan, found.site))
    return found, plan


def no_draft(plan: Plan, site: Site) -> Finding | None:
    """What is said where a draft is a draft no longer; None while it is one."""
    if plan.signed_at is not None and plan.signed_by is not None:
        who, when = plan.signed_by.signature, told(plan.signed_at, site.tz)
        words = f"{who} signed version {plan.number} at {when}. It is sealed: draft the next version."
        return stop("plan.signed", words, plan_id=plan.pk)
    if plan.dropped_at is not None and plan.dropped_by is not None:
        words = (
            f"{plan.dropped_by.signature} dropped this draft at {told(plan.dropped_at, site.tz)}: {plan.dropped_why}"
        )
        return stop("plan.dropped", f"{words.rstrip('.')}. Begin a new one.")
    return None


def replaced(newest: Plan, site: Site) -> Finding:
    """What is said to whoever acts on an older version."""
    assert newest.signed_by is not None
    assert newest.signed_at is not None
    who, when = newest.signed_by.signature, told(newest.signed_at, site.tz)
    words = f"Version {newest.number} counts: {who} signed it at {when}. Open that one."
    return stop("plan.old_version", words, plan_id=newest.pk)


def touch(plan: Plan, by: Person, at: datetime, *fields: str) -> None:
    """Count a change of a draft; ``fields`` of the plan changed with it."""
    plan.revision += 1
    plan.saved_at, plan.saved_by = max(at, plan.begun_at), by
    plan.save(update_fields=["revision", "saved_at", "saved_by", *fields])


def content(found: Tree) -> list[object]:
    """What the author's signature seals: who it is about, and every word of the version."""
    plan = found.plan
    lines = [
        [str(each.thread), each.kind, each.number, each.words, [list(fact) for fact in each.facts], each.closed_why]
        for each in found.lines
    ]
    return [plan.episode_id, plan.number, plan.wish, str(plan.review_on or ""), lines]


def end_of_day(on: date, site: Site) -> datetime:
    """The last minute of a date on the site's wall: until then a review of that day is in time."""
    return datetime.combine(on, time(23, 59), tzinfo=site.tz)


def record(verb: str, found: Scene, by: Person, at: datetime, subject: Any, summary: str, **detail: object) -> None:
    """Write an act on a plan on the trail."""
    trail.record(
        verb, by=by, at=at, subject=subject, site_id=found.site.pk, client_id=found.episode.client_id, summary=summary,
        detail=detail,
    )  # fmt: skip
