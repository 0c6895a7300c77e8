"""Say which objectives of a member's plan their own part is about."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Refused, stop
from chart.models import Objective
from chart.queries.plans import objectives_of
from groups.access import lock_session
from groups.actions.common import announce, join
from groups.actions.notes import part_for, store
from groups.findings import part_findings
from groups.models import MemberNoteObjective, Part
from groups.queries.note import key_of, written_of
from staff.models import Person


@action("groups.name_objectives")
def name_objectives(
    *,
    by: Person,
    at: datetime,
    session_id: int,
    client_id: int,
    objective_ids: Collection[int],
    key: UUID | None = None,
) -> Part:
    """Let a member's own part name these objectives of their plan, and no others; who chooses first begins the part.

    Sealed with the part. Raises Refused: ``part.taken``, ``part.signed`` as for the words, and ``part.objective`` where one is not an
    open objective of this member's plan (an older version's counts as its thread).
    """
    session = lock_session(by, at, session_id)
    part = part_for(session, Part.Section.MEMBER, client_id, at)
    refused = part_findings(written_of(part), by.pk, at, session.site.tz)
    if refused:
        raise Refused(*refused)
    open_ones = {each.thread: each.pk for each in objectives_of([client_id], at).get(client_id, ())}
    named = dict(Objective.objects.filter(pk__in=objective_ids).values_list("pk", "thread"))
    kept = {link.objective.thread: link for link in _links(part)}
    wanted = set(named.values())
    if len(named) < len(set(objective_ids)) or wanted - open_ones.keys() - kept.keys():
        words = "That is no open objective of this member's plan any more. Show the part again, then choose."
        raise Refused(stop("part.objective", words))

    if part.pk is None or not part.text:
        join(session, by)
        part.author, part.saved_at = by, at
        store(part)
    MemberNoteObjective.objects.filter(pk__in=[kept[each].pk for each in kept.keys() - wanted]).delete()
    MemberNoteObjective.objects.bulk_create(
        MemberNoteObjective(part=part, objective_id=open_ones[thread], at=at, by=by) for thread in wanted - kept.keys()
    )

    announce(session, [f"part:{key_of(Part.Section.MEMBER, client_id)}"])
    return part


def _links(part: Part) -> list[MemberNoteObjective]:
    return list(part.objective_links.select_related("objective")) if part.pk is not None else []
