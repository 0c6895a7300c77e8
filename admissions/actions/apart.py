"""Who is kept apart from whom: one rule holds both ways. Only who holds ``Capability.KEEP_APART`` learns with whom and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from admissions.actions.minding import announce_people, site_for
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, note, stop
from beds.models import BedStay
from programs.models import Client, KeepApart, Site
from programs.placed import told
from staff.models import Person
from staff.rules.capabilities import Capability

REASON = 200  # characters of a rule's reason


def _already_apart(kwargs: Mapping[str, Any]) -> Finding:
    pair = {
        "first_id": min(kwargs["first_id"], kwargs["second_id"]),
        "second_id": max(kwargs["first_id"], kwargs["second_id"]),
    }
    rule = KeepApart.objects.filter(ended_at=None, **pair).select_related("by", "first", "second").first()
    if rule is None:
        return stop("apart.raced", "This pair was changed just now. Look at the list again.")
    names = f"{rule.first.short_name} and {rule.second.short_name}"
    return stop("apart.already", f"{rule.by.signature} keeps {names} apart already. One rule holds both ways.")


@action("admissions.keep_apart", explain={"programs_apart_once": _already_apart})
def keep_apart(
    *, by: Person, at: datetime, first_id: int, second_id: int, why: str, key: UUID | None = None
) -> KeepApart:
    """From now on two people do not share a room; one rule holds both ways. Where they share one now, ``sharing`` tells.

    Raises Refused ``apart.self``, ``apart.why``, ``apart.already`` (by whom), ``minding.nowhere``; NotAllowed;
    Client.DoesNotExist.
    """
    if first_id == second_id:
        raise Refused(stop("apart.self", "Choose two different people: nobody is kept apart from themselves."))
    found = Client.objects.select_for_update().filter(pk__in=(first_id, second_id)).order_by("pk")
    people = {client.pk: client for client in found}
    if len(people) != 2:
        raise Client.DoesNotExist
    first, second = people[min(people)], people[max(people)]
    site = site_for(by, Capability.KEEP_APART, at, first)
    site_for(by, Capability.KEEP_APART, at, second)
    if not why.strip():
        raise Refused(stop("apart.why", "Say why they are kept apart; only who may see these rules reads it."))
    if len(why.strip()) > REASON:
        raise Refused(stop("apart.why_long", f"Say why in at most {REASON} characters."))
    if KeepApart.objects.filter(first=first, second=second, ended_at=None).exists():
        raise Refused(_already_apart({"first_id": first.pk, "second_id": second.pk}))

    rule = KeepApart.objects.create(first=first, second=second, why=why.strip(), started_at=at, by=by)
    _record("admissions.keep_apart", rule, "A keep-apart rule began", by=by, at=at, site=site)

    announce_people(first, second, at=at)
    return rule


@action("admissions.end_keep_apart")
def end_keep_apart(*, by: Person, at: datetime, rule_id: int, key: UUID | None = None) -> KeepApart:
    """End a keep-apart rule now. Refused ``apart.over`` where it ended before; NotAllowed; KeepApart.DoesNotExist."""
    pair = KeepApart.objects.only("first_id", "second_id").get(pk=rule_id)
    people = list(Client.objects.select_for_update().filter(pk__in=(pair.first_id, pair.second_id)).order_by("pk"))
    rule = KeepApart.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=rule_id)
    site = site_for(by, Capability.KEEP_APART, at, *people)
    if rule.ended_at is not None:
        when = told(rule.ended_at, site.tz)
        raise Refused(stop("apart.over", f"This rule was ended at {when} already. Nothing was done twice."))
    if rule.started_at >= at:
        raise Refused(stop("apart.too_early", "This rule began this very moment. End it from a later time."))

    rule.ended_at = at
    rule.save(update_fields=["ended_at"])
    _record("admissions.end_keep_apart", rule, "A keep-apart rule ended", by=by, at=at, site=site)

    announce_people(rule.first, rule.second, at=at)
    return rule


def sharing(rule: KeepApart, at: datetime) -> list[Finding]:
    """What has to be done about a new rule: a note where the two share a room now. One query."""
    pair = (
        BedStay.objects.current(at).filter(client__in=(rule.first_id, rule.second_id)).select_related("bed__room__unit")
    )
    rooms = {stay.client_id: stay.bed.room for stay in pair}
    if len(rooms) != 2 or rooms[rule.first_id] != rooms[rule.second_id]:
        return []
    room = rooms[rule.first_id]
    return [note("apart.together_now", f"They share {room.unit.name} {room.name} now: move one of them.", room=room.pk)]


def _record(verb: str, rule: KeepApart, summary: str, *, by: Person, at: datetime, site: Site) -> None:
    """The trail says that there is a rule and for whom first; with whom and why is read from the rule by who may."""
    trail.record(verb, by=by, at=at, subject=rule, site_id=site.pk, client_id=rule.first_id, summary=summary)
