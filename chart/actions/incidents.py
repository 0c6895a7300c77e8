"""Report an incident, correct a report, say who was told, and review it. Nothing written is changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.actions.tasks import close_for, raise_task
from chart.models import Incident, IncidentClient, IncidentReview, IncidentStaff, IncidentTold
from chart.rules.incidents import GRAVE, Kind, Part, Severity, Step
from programs.models import Client, Episode, Placement, Site
from staff.access import require
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability

REVIEW = "incidents.review"
"""The kind of task that a grave incident raises for a director."""

LONGEST, LONGEST_ABOUT, LONGEST_LINE = 4000, 2000, 120


@dataclass(frozen=True)
class Involved:
    """A client in a report: what is said of them alone, and their injury ('' for none)."""

    client_id: int
    part: str
    about: str
    injury: str = ""


@dataclass(frozen=True)
class ToldTo:
    """Somebody who was told: who, how, when (an aware instant)."""

    who: str
    how: str
    told_at: datetime


def _corrected(kwargs: Mapping[str, Any]) -> Finding:
    newer = Incident.objects.select_related("by").get(corrects_id=kwargs["corrects_id"])
    return stop("incidents.corrected", f"{newer.by.signature} corrected this report already. Correct the newer one.")


@action("incidents.report", explain={"chart_incident_corrects_id_key": _corrected})
def report(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    kind: str,
    severity: str,
    happened_at: datetime,
    place: str,
    what: str,
    done: str,
    clients: Sequence[Involved] = (),
    staff_ids: Collection[int] = (),
    told: Sequence[ToldTo] = (),
    corrects_id: int | None = None,
    corrected_why: str = "",
    key: UUID | None = None,
) -> Incident:
    """Write a report; with ``corrects_id`` a whole new one in the place of an old one, and why.

    Moderate harm and worse gives the directors a task at once. Raises Refused, NotAllowed, Site.DoesNotExist.
    """
    require(by, Capability.REPORT_INCIDENTS, site_id, at)
    site = Site.objects.get(pk=site_id)
    old = None if corrects_id is None else Incident.objects.filter(pk=corrects_id, site=site).first()
    findings = [
        *_check_words(kind, severity, place, what, done), *_check_times(at, happened_at, told),
        *_check_clients(site, at, happened_at, clients), *_check_staff(site, staff_ids), *_check_told(told),
    ]  # fmt: skip
    if corrects_id is not None:
        findings += _check_correction(old, corrects_id, corrected_why, by, at)
    if findings:
        raise Refused(*findings)

    made = Incident.objects.create(
        site=site, kind=kind, severity=severity, happened_at=happened_at, place=place.strip(), what=what.strip(), done=done.strip(),
        entered_at=at, by=by, corrects=old, corrected_why=corrected_why.strip() if old else "",
    )  # fmt: skip
    episodes = dict(
        Episode.objects.filter(client__in=[each.client_id for each in clients], started_at__lte=happened_at)
        .order_by("started_at")
        .values_list("client_id", "pk")
    )
    IncidentClient.objects.bulk_create(
        IncidentClient(
            incident=made, client_id=each.client_id, episode_id=episodes.get(each.client_id), part=each.part,
            about=each.about.strip(), injury=each.injury.strip(),
        )
        for each in clients
    )  # fmt: skip
    IncidentStaff.objects.bulk_create(IncidentStaff(incident=made, person_id=pk) for pk in sorted(set(staff_ids)))
    IncidentTold.objects.bulk_create(_told(made, each, by, at) for each in told)
    about = clients[0].client_id if len(clients) == 1 else None
    trail.record(
        "incidents.report", by=by, at=at, subject=made, site_id=site.pk, client_id=about,
        summary=f"Incident reported: {Kind(kind).label}, {Severity(severity).label.lower()}",
        detail={"clients": sorted(each.client_id for each in clients)},
    )  # fmt: skip

    if old is not None:
        for each in [old]:
            close_for(each, REVIEW, by, at, "The report was corrected: review the new one")
    if Severity(severity) in GRAVE and episodes:
        raise_task(
            episode_id=episodes[clients[0].client_id] if clients[0].client_id in episodes else next(iter(episodes.values())),
            kind=REVIEW, title=f"Review the incident: {Kind(kind).label}", line=f"{Severity(severity).label}, {place.strip()}.",
            due_at=at, at=at, capability=Capability.REVIEW_INCIDENTS, by=by, urgent=True, subject=made,
        )  # fmt: skip
    return made


@action("incidents.told")
def say_told(
    *, by: Person, at: datetime, incident_id: int, who: str, told_at: datetime, how: str = "", key: UUID | None = None
) -> IncidentTold:
    """Say that somebody was told later on. Whoever reported it, or reads reports. Raises Refused, NotAllowed, DoesNotExist."""
    found = Incident.objects.select_related("site").get(pk=incident_id)
    if found.by_id != by.pk:
        require(by, Capability.SEE_INCIDENTS, found.site_id, at)
    told = ToldTo(who, how, told_at)
    findings = [*_check_told([told]), *_check_times(at, told_at, [told])]
    if findings:
        raise Refused(*findings)

    made = _told(found, told, by, at)
    made.save()
    trail.record(
        "incidents.told", by=by, at=at, subject=made, site_id=found.site_id, summary=f"Told of an incident: {made.who}"
    )
    return made


@action("incidents.review")
def review(
    *, by: Person, at: datetime, incident_id: int, step: str, text: str, key: UUID | None = None
) -> IncidentReview:
    """Say what follows, what lay at the root, or that a report is closed or open again. Raises Refused, NotAllowed, DoesNotExist."""
    found = Incident.objects.select_for_update(of=("self",)).select_related("site").get(pk=incident_id)
    require(by, Capability.REVIEW_INCIDENTS, found.site_id, at)
    newer = Incident.objects.filter(corrects=found).exists()
    closed = _closed(found)
    findings = []
    if newer:
        findings.append(stop("incidents.corrected", "This report was corrected. Review the newer one."))
    if step not in set(Step):
        findings.append(stop("incidents.step", "Choose what you write: what follows, the root, or that it is closed."))
    if not 1 <= len(text.strip()) <= LONGEST or "\x00" in text:
        findings.append(stop("incidents.review_text", f"Write it in 1 to {LONGEST:,} plain characters."))
    if step == Step.REOPENED and not closed:
        findings.append(stop("incidents.not_closed", "This report is open. There is nothing to open again."))
    if step != Step.REOPENED and closed:
        findings.append(stop("incidents.closed", "This report is closed. Open it again first, and say why."))
    if findings:
        raise Refused(*findings)

    made = IncidentReview.objects.create(incident=found, step=step, text=text.strip(), at=at, by=by)
    trail.record(
        "incidents.review", by=by, at=at, subject=made, site_id=found.site_id, summary=f"Incident: {Step(step).label}"
    )
    close_for(found, REVIEW, by, at, f"{Step(step).label}: {text.strip()}"[:300])
    return made


def _closed(found: Incident) -> bool:
    last = found.reviews.filter(step__in=[Step.CLOSED.value, Step.REOPENED.value]).order_by("-pk").first()
    return last is not None and last.step == Step.CLOSED


def _told(incident: Incident, told: ToldTo, by: Person, at: datetime) -> IncidentTold:
    return IncidentTold(
        incident=incident, who=told.who.strip(), how=told.how.strip(), told_at=told.told_at, entered_at=at, by=by
    )


def _check_words(kind: str, severity: str, place: str, what: str, done: str) -> list[Finding]:
    findings = []
    if kind not in set(Kind):
        findings.append(stop("incidents.kind", "Choose what sort of thing happened."))
    if severity not in set(Severity):
        findings.append(stop("incidents.severity", "Choose how bad it was."))
    if not 1 <= len(place.strip()) <= 80:
        findings.append(stop("incidents.place", "Say in at most 80 characters where it happened."))
    for code, text, sentence in (
        ("incidents.what", what, "Say what happened"),
        ("incidents.done", done, "Say what was done"),
    ):
        if not 1 <= len(text.strip()) <= LONGEST or "\x00" in text:
            findings.append(stop(code, f"{sentence}, in at most {LONGEST:,} plain characters."))
    return findings


def _check_times(at: datetime, happened_at: datetime, told: Sequence[ToldTo]) -> list[Finding]:
    if happened_at > at or any(each.told_at > at for each in told):
        return [stop("incidents.future", "A time lies in the future. Give the time at which it was.")]
    return []


def _check_told(told: Sequence[ToldTo]) -> list[Finding]:
    if any(not 1 <= len(each.who.strip()) <= LONGEST_LINE or len(each.how.strip()) > LONGEST_LINE for each in told):
        return [stop("incidents.told", f"Say who was told, and how, in at most {LONGEST_LINE} characters each.")]
    return []


def _check_clients(site: Site, at: datetime, happened_at: datetime, clients: Sequence[Involved]) -> list[Finding]:
    wanted = [each.client_id for each in clients]
    known = set(
        Placement.objects.filter(episode__client__in=wanted, program__site=site).values_list(
            "episode__client", flat=True
        )
    )
    findings = []
    if len(set(wanted)) != len(wanted):
        findings.append(stop("incidents.twice", "One client is named twice. Name each once."))
    if set(wanted) - known:
        findings.append(stop("incidents.unknown", "One of these clients was never in care here. Choose again."))
    if any(each.part not in set(Part) for each in clients):
        findings.append(stop("incidents.part", "Choose each client's part in it."))
    if any(not 1 <= len(each.about.strip()) <= LONGEST_ABOUT or len(each.injury.strip()) > 300 for each in clients):
        sentence = "Say of each client alone what happened, without the names of others: this goes into their chart."
        findings.append(stop("incidents.about", sentence))
    others = {
        row.pk: row.last_name.casefold() for row in Client.objects.filter(pk__in=wanted) if len(row.last_name) > 2
    }
    for each in clients:
        words = each.about.casefold()
        if any(name in words for pk, name in others.items() if pk != each.client_id):
            sentence = "What is said of one client names another. Say 'another client': this goes into a chart."
            findings.append(stop("incidents.names_another", sentence))
            break
    return findings


def _check_staff(site: Site, staff_ids: Collection[int]) -> list[Finding]:
    known = set(RoleAssignment.objects.filter(site=site, person__in=staff_ids).values_list("person", flat=True))
    return (
        [stop("incidents.staff", "One of these people never worked here. Choose again.")]
        if set(staff_ids) - known
        else []
    )


def _check_correction(old: Incident | None, corrects_id: int, why: str, by: Person, at: datetime) -> list[Finding]:
    if old is None:
        return [stop("incidents.gone", "There is no such report at this site.")]
    if old.by_id != by.pk:
        require(by, Capability.REVIEW_INCIDENTS, old.site_id, at)
    if Incident.objects.filter(corrects=old).exists():
        return [_corrected({"corrects_id": corrects_id})]
    if not 1 <= len(why.strip()) <= 200:
        return [stop("incidents.why", "Say in at most 200 characters why the report is corrected.")]
    return []
