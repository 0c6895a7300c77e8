"""Whose client is this? What makes a chart one's own, as a condition on clients: no query of its own.

Source: 42 CFR 2.12(c)(3), need within the program; 45 CFR 164.502(b), minimum necessary.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from chart.models import NoteDraft, TaskHolder, TeamMember
from programs.desk import Desk
from programs.models import Episode, Merge, Placement, PlacementRequest
from programs.own import Looker, own_by_rooms
from programs.rules.access_policy import ChartAccess
from staff.rules.capabilities import Capability as C
from staff.rules.capabilities import allows

BEDSIDE = (C.GIVE_DOSES, C.WRITE_ORDERS, C.DO_ROUNDS)


def own(desk: Desk, site_ids: frozenset[int]) -> Q:
    """The clients whose charts this person opens as their own, by the rules of the site they stand in.

    'site': who is placed at these sites now, or was up to ``discharged_days`` ago. 'team': who is theirs by name, by a group they run, or
    by being on duty where the client sleeps. Both: whom they have something to finish for, and, for who keeps the placement list,
    who waits on it.
    """
    found = _named(desk) | _waiting(desk, site_ids)
    if desk.access.chart_access is ChartAccess.SITE:
        return found | _there(desk, site_ids)
    since = desk.now - timedelta(days=desk.access.assigned_days)
    bedside = any(desk.may(capability) for capability in BEDSIDE)
    looker = Looker(desk.person.pk, site_ids, since, desk.now, bedside)
    return found | _there(desk, site_ids) & (_team(desk) | own_by_rooms(looker))


def _there(desk: Desk, site_ids: frozenset[int]) -> Q:
    """Placed there now, or until not long ago; also under a record that was merged into this one."""
    since = desk.now - timedelta(days=desk.access.discharged_days)
    lately = Q(ended_at=None) | Q(ended_at__gt=since)
    placed = Placement.objects.filter(lately, program__site__in=site_ids, started_at__lte=desk.now)
    direct = placed.filter(episode__client=OuterRef("pk"))
    merged = placed.filter(
        episode__client__in=Merge.objects.filter(into=OuterRef(OuterRef("pk")), ended_at=None).values("client")
    )
    return Q(Exists(direct)) | Q(Exists(merged))


def _team(desk: Desk) -> Q:
    """On the care team, now or until not long ago, or the counsellor of the episode."""
    since = desk.now - timedelta(days=desk.access.assigned_days)
    lately = Q(ended_at=None) | Q(ended_at__gt=since)
    team = TeamMember.objects.filter(lately, client=OuterRef("pk"), person=desk.person.pk)
    caseload = Episode.objects.filter(lately, client=OuterRef("pk"), primary_clinician=desk.person.pk)
    return Q(Exists(team)) | Q(Exists(caseload))


def _named(desk: Desk) -> Q:
    """Something for this client waits for this person by name: a task they took, a note they began."""
    held = TaskHolder.objects.current(desk.now).filter(
        task__client=OuterRef("pk"), task__done_at=None, person=desk.person.pk
    )
    begun = NoteDraft.objects.filter(episode__client=OuterRef("pk"), by=desk.person.pk, note=None, dropped_at=None)
    return Q(Exists(held)) | Q(Exists(begun))


def _waiting(desk: Desk, site_ids: frozenset[int]) -> Q:
    """Who waits on the placement list, for who keeps it."""
    keeps = [post.site_id for post in desk.posts if post.site_id in site_ids and allows(post.role, C.ADMIT)]
    waits = PlacementRequest.objects.filter(client=OuterRef("pk"), site__in=keeps, settled_at=None)
    return Q(Exists(waits)) if keeps else Q(pk__in=[])
