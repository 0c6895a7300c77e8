"""EpisodeOfCare: one course of care, from the first admission to the discharge, across every level."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from fhir_r4.rules.elements import Resource, clean, extension, period, ref
from fhir_r4.rules.spans import Span, statuses
from programs.models import Episode, Leave


def episode_of_care(row: Episode, leaves: Sequence[Span], at: datetime) -> Resource:
    """``leaves`` are its leaves, oldest first: on hold while away."""
    whole = Span(row.started_at, row.ended_at)
    history = statuses(whole, leaves, running="active", away="onhold")
    over = row.ended_at is not None and row.ended_at <= at
    made: Resource = clean(
        {
            "resourceType": "EpisodeOfCare",
            "id": str(row.pk),
            "extension": [extension("ended-as", valueString=row.get_ended_as_display())] if row.ended_as else None,
            "status": _status(row, over, leaves, at),
            "statusHistory": [
                {"status": name, "period": period(span.start, span.end)} for name, span in history if leaves
            ],
            "patient": ref("Patient", row.client_id),
            "managingOrganization": ref("Organization", row.client.organisation_id),
            "period": period(row.started_at, row.ended_at),
            "careManager": ref("Practitioner", row.primary_clinician_id),
        }
    )
    return made


def _status(row: Episode, over: bool, leaves: Sequence[Span], at: datetime) -> str:
    if row.ended_as == Episode.Outcome.MISTAKE:
        return "entered-in-error"
    if over:
        return "finished"
    return "onhold" if any(each.holds(at) for each in leaves) else "active"


def episodes(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Two queries."""
    away = leaves_of(client_ids)
    for row in Episode.objects.filter(client__in=client_ids).select_related("client").order_by("pk").iterator(500):
        yield episode_of_care(row, [span for _, span in away.get(row.pk, ())], at)


def leaves_of(client_ids: Collection[int]) -> dict[int, list[tuple[str, Span]]]:
    """The leaves of each episode of these clients, oldest first: their kind, from when, until when. One query."""
    found: dict[int, list[tuple[str, Span]]] = defaultdict(list)
    rows = Leave.objects.filter(episode__client__in=client_ids).order_by("episode_id", "started_at")
    for episode_id, kind, start, end in rows.values_list("episode_id", "kind", "started_at", "ended_at"):
        found[episode_id].append((kind, Span(start, end)))
    return found
