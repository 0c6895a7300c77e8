"""A pass as it is walked: who is with which client, and whether it was begun and finished."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from emar.models import TAKEN, Administration, PassClient, PassRun, Reassessment
from emar.queries.build import effect_of
from emar.queries.load import effects_of
from emar.queries.pages import Run
from emar.queries.rows import SOON, EffectRow
from emar.rules.passes import REACH, nearest
from programs import placed
from programs.people import mine
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, roles_with

STALE = timedelta(minutes=2)
"""A tablet that was not heard of for this long shows nobody any more."""


def present(unit_id: int, at: datetime, viewer_id: int = 0) -> Mapping[int, tuple[str, ...]]:
    """Who has which client of a unit open on a tablet, apart from the viewer: client id to signatures. One query."""
    rows = PassClient.objects.filter(unit_id=unit_id, ended_at=None, seen_at__gt=at - STALE).exclude(by=viewer_id)
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for row in rows.select_related("by").order_by("started_at", "pk"):
        if row.by.signature not in found[row.client_id]:
            found[row.client_id] += (row.by.signature,)
    return dict(found)


def run_of(unit_id: int, pass_at: datetime) -> Run | None:
    """The run of a pass; one whose hour moved meanwhile, because orders changed, is still its run. One query."""
    rows = PassRun.objects.filter(unit_id=unit_id, pass_at__range=(pass_at - REACH, pass_at + REACH))
    found = {row.pass_at: row for row in rows.select_related("by", "ended_by")}
    moment = nearest(pass_at, list(found))
    if moment is None:
        return None
    row = found[moment]
    ended_by = "" if row.ended_by is None else row.ended_by.signature
    return Run(row.pk, row.started_at, row.by.signature, row.ended_at, ended_by)


def finished(unit_ids: Collection[int], since: datetime, until: datetime) -> set[tuple[int, datetime]]:
    """Which passes of these units were finished: unit and hour. One query."""
    rows = PassRun.objects.filter(unit_id__in=list(unit_ids), pass_at__gte=since, pass_at__lt=until)
    return set(rows.exclude(ended_at=None).values_list("unit_id", "pass_at"))


def used_sites(client_id: int, kind: str, since: datetime) -> list[tuple[str, datetime]]:
    """The places on the body that a client's injections, or patches, went to: (code, when), newest first. One query."""
    rows = Administration.objects.filter(
        mine(client_id, "order__client"),
        order__medication__sites=kind,
        outcome__in=TAKEN,
        corrected_by=None,
        given_at__gte=since,
    )
    found = rows.exclude(body_site="").order_by("-given_at").values_list("body_site", "given_at")
    newest: dict[str, datetime] = {}
    for code, when in found:
        newest.setdefault(code, when)
    return list(newest.items())


def colleagues(site_id: int, capability: Capability, at: datetime, *, but: int) -> list[Person]:
    """Who holds a capability at a site now, apart from one person, by name. One query."""
    roles = RoleAssignment.objects.filter(site=site_id, role__in=roles_with(capability), started_at__lte=at)
    held = roles.filter(Q(ended_at=None) | Q(ended_at__gt=at)).values("person")
    return list(Person.objects.filter(pk__in=held, is_active=True).exclude(pk=but).order_by("name", "pk"))


def open_effects(client_id: int, at: datetime) -> tuple[EffectRow, ...]:
    """The doses of a client whose effect is to be recorded now or soon. One query."""
    rows = effects_of({client_id}).get(client_id, [])
    return tuple(effect_of(each, at) for each in rows if each.due_at <= at + SOON)


def effect_row(reassessment_id: int, site_id: int, at: datetime) -> EffectRow | None:
    """A dose whose effect is to be recorded, or was; None where there is none at that site."""
    found = Reassessment.objects.select_related("administration__order__medication").filter(pk=reassessment_id).first()
    if found is None:
        return None
    placement = placed.last(found.administration.order.episode_id, at)
    return effect_of(found, at) if placement is not None and placement.program.site_id == site_id else None
