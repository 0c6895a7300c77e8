"""Incidents: the list, one report with what came of it, and what of it belongs to one client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from chart.models import Incident, IncidentClient, IncidentReview
from chart.rules.incidents import Kind, Severity, Step
from programs.contributions import Entry
from programs.models import Client, Placement, Site
from programs.together import Asking, asks
from staff.models import Person, RoleAssignment

LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Line:
    """One report on a list. ``state``: open, closed or corrected."""

    pk: int
    kind: Kind
    severity: Severity
    happened_at: datetime
    place: str
    who: str
    by: str
    state: str


@dataclass(frozen=True)
class Report:
    """One report, with its clients, colleagues, who was told and its review, and the newer one where it was corrected."""

    row: Incident
    state: str
    newer: Incident | None

    @property
    def kind(self) -> Kind:
        """What sort of thing."""
        return Kind(self.row.kind)

    @property
    def severity(self) -> Severity:
        """How bad it was."""
        return Severity(self.row.severity)


def incident_list(
    site: Site, at: datetime, *, only_by: Person | None = None, state: str = "", kind: str = ""
) -> QuerySet[Incident]:
    """The reports of a site, newest first: all, or those of one person. One query a page, and three beside it."""
    rows = Incident.objects.filter(site=site, entered_at__lte=at)
    if only_by is not None:
        rows = rows.filter(by=only_by)
    if kind:
        rows = rows.filter(kind=kind)
    closed = Q(pk__in=closed_ids(site))
    if state == "open":
        rows = rows.filter(corrected_by=None).exclude(closed)
    elif state == "closed":
        rows = rows.filter(closed)
    people = IncidentClient.objects.select_related("client").order_by("pk")
    return (
        rows.select_related("by", "corrected_by")
        .prefetch_related(Prefetch("clients", people), "reviews")
        .order_by("-happened_at", "-pk")
    )


def closed_ids(site: Site) -> list[int]:
    """The reports of a site whose newest word about it is that they are closed. One query."""
    rows = IncidentReview.objects.filter(incident__site=site, step__in=[Step.CLOSED.value, Step.REOPENED.value])
    newest = rows.order_by("incident", "-pk").distinct("incident").values_list("incident", "step")
    return [pk for pk, step in newest if step == Step.CLOSED]


def as_line(row: Incident) -> Line:
    """A row of the list."""
    who = ", ".join(each.client.short_name for each in row.clients.all()) or "No client"
    return Line(
        row.pk, Kind(row.kind), Severity(row.severity), row.happened_at, row.place, who, row.by.signature, state_of(row)
    )


def state_of(row: Incident) -> str:
    """'corrected', 'closed' or 'open'; reads the prefetched reviews."""
    if getattr(row, "corrected_by", None) is not None:
        return "corrected"
    said = [each.step for each in sorted(row.reviews.all(), key=lambda each: each.pk)]
    last = next((step for step in reversed(said) if step in {Step.CLOSED, Step.REOPENED}), "")
    return "closed" if last == Step.CLOSED else "open"


def one_report(site: Site, pk: int) -> Report | None:
    """One report of a site; None where it has none such. Six queries."""
    people = IncidentClient.objects.select_related("client").order_by("pk")
    row = (
        Incident.objects.filter(site=site, pk=pk)
        .select_related("by", "site__organisation", "corrects__by", "corrected_by__by")
        .prefetch_related(Prefetch("clients", people), "staff_there__person", "told__by", "reviews__by")
        .first()
    )
    return None if row is None else Report(row, state_of(row), getattr(row, "corrected_by", None))


def people_to_name(site: Site, at: datetime) -> list[Client]:
    """The clients a report may name: in care at the site now or in the last two weeks, by name. One query."""
    placed = Placement.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at - LATELY), program__site=site, started_at__lte=at
    )
    found = Client.objects.filter(pk__in=placed.values("episode__client"))
    return list(found.order_by("last_name", "first_name", "pk"))


def colleagues(site: Site, at: datetime) -> list[Person]:
    """Who works at a site, by name. One query."""
    held = RoleAssignment.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), site=site, started_at__lte=at)
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("name", "pk"))


@asks
def incidents_of(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """A client's incidents in ``since <= t < until`` on their timeline: only what is said of them alone, without the names of others.
    A report that was corrected by ``at`` gives way to the newer one. One query."""
    named = IncidentClient.objects.filter(
        client=client_id,
        incident__happened_at__gte=since,
        incident__happened_at__lt=until,
        incident__entered_at__lte=at,
    )
    found = []
    (rows,) = yield (named.select_related("incident__by", "incident__corrected_by"),)
    for row in rows:
        newer = getattr(row.incident, "corrected_by", None)
        if newer is not None and newer.entered_at <= at:
            continue
        kind, severity = Kind(row.incident.kind), Severity(row.incident.severity)
        injury = f" Injury: {row.injury}" if row.injury else ""
        found.append(Entry(
            row.incident.happened_at, "incident", f"Incident: {kind.label.lower()}, {severity.label.lower()}",
            f"{row.about}{injury}", row.incident.by.signature, "triangle-alert", severity.tone,
        ))  # fmt: skip
    return found


def reported(site_id: int, since: datetime, until: datetime, at: datetime) -> Sequence[Incident]:
    """The reports that came in within ``since <= t < until`` and stand at ``at``, earliest first. Two queries."""
    rows = Incident.objects.filter(site=site_id, entered_at__gte=since, entered_at__lt=until).exclude(
        corrected_by__entered_at__lte=at
    )
    people = IncidentClient.objects.select_related("client").order_by("pk")
    return list(rows.select_related("by").prefetch_related(Prefetch("clients", people)).order_by("happened_at", "pk"))
