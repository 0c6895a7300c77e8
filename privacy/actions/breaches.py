"""An incident of privacy: written, who it concerns, assessed, told, closed (42 CFR 2.16(b), 45 CFR 164.402 to 164.414)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.models import (
    BreachAssessment,
    BreachClosing,
    BreachIncident,
    BreachNotice,
    BreachPerson,
    EmergencyCall,
)
from privacy.queries.breaches import Incident, incident
from privacy.rules.breaches import Told, may_close
from programs.models import Client, Site
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

DUTY = Capability.PRIVACY_DUTIES
MOST = 10_000_000
FACTORS = {
    "information": "Write what information it was, and how easily somebody is known by it.",
    "receiver": "Write who used it or received it.", "acquired": "Write whether it was really seen or taken.",
    "mitigated": "Write what was done to make the risk smaller.", "reason": "Write why it is, or is not, a breach.",
}  # fmt: skip


@action("privacy.breach")
def keep_incident(
    *, by: Person, at: datetime, site: Site, what: str, discovered_at: datetime, people: int, happened_on: date | None = None,
    call_id: int | None = None, key: UUID | None = None,
) -> BreachIncident:  # fmt: skip
    """Write down that something may have gone wrong. Its clocks run from the day of discovery, as for a breach.

    Raises Refused (``breach.*``, ``words.*``), NotAllowed.
    """
    require(by, DUTY, site.pk, at)
    findings = check_words(what, "what", longest=1000, missing="Write what happened.")
    findings += _count(people, "people")
    if discovered_at > at:
        findings.append(stop("breach.later", "This hour has not come yet.", field="discovered_at"))
    if happened_on is not None and happened_on > discovered_at.astimezone(site.tz).date():
        findings.append(stop("breach.order", "It cannot be discovered before it happened.", field="happened_on"))
    call = None
    if call_id is not None:
        rows = EmergencyCall.objects.select_for_update(of=("self",))
        call = rows.filter(pk=call_id, site=site, disclosure=None, incident=None).first()
        if call is None:
            findings.append(stop("breach.call", "That call is whole, or belongs to an incident already.", field="call"))
    if findings:
        raise Refused(*findings)

    row = BreachIncident.objects.create(
        site=site,
        what=what.strip(),
        happened_on=happened_on,
        discovered_at=discovered_at,
        people=people,
        call=call,
        at=at,
        by=by,
    )
    if call is not None:
        BreachPerson.objects.create(incident=row, client_id=call.client_id, at=at, by=by)
    return _told(row, "written", by, at)


def _there(kwargs: Mapping[str, Any]) -> Finding:
    return stop("breach.there", "This record is in the list already.", field="record_number")


@action("privacy.breach_person", explain={"privacy_breach_person_once": _there})
def name_person(
    *, by: Person, at: datetime, incident_id: int, record_number: str, key: UUID | None = None
) -> BreachPerson:
    """Name a client whom it concerns, by record number. Raises Refused (``breach.*``), NotAllowed."""
    found = _open(by, at, incident_id)
    site = found.row.site
    client = Client.objects.filter(organisation=site.organisation_id, record_number__iexact=tidy(record_number)).first()
    if client is None:
        raise Refused(stop("breach.no_record", "There is no such record number.", field="record_number"))

    made = BreachPerson.objects.create(incident=found.row, client=client, at=at, by=by)
    _told(found.row, "a person named", by, at, client)
    return made


@action("privacy.assess_breach")
def assess(
    *, by: Person, at: datetime, incident_id: int, information: str, receiver: str, acquired: str, mitigated: str, breach: bool,
    reason: str, people: int, most_in_state: int, key: UUID | None = None,
) -> BreachAssessment:  # fmt: skip
    """The four factors of 45 CFR 164.402(2) and what follows from them. Raises Refused (``breach.*``, ``words.*``), NotAllowed."""
    found = _open(by, at, incident_id)
    words = {
        "information": information,
        "receiver": receiver,
        "acquired": acquired,
        "mitigated": mitigated,
        "reason": reason,
    }
    findings = [
        each for field, missing in FACTORS.items() for each in check_words(words[field], field, longest=600, missing=missing)
    ]  # fmt: skip
    findings += _count(people, "people") + _count(most_in_state, "most_in_state")
    if most_in_state > people:
        sentence = "More cannot live in one state than there are in all."
        findings.append(stop("breach.state", sentence, field="most_in_state"))
    if findings:
        raise Refused(*findings)

    made = BreachAssessment.objects.create(
        incident=found.row, breach=breach, people=people, most_in_state=most_in_state, at=at, by=by,
        **{name: value.strip() for name, value in words.items()},
    )  # fmt: skip
    _told(found.row, f"assessed, {'a breach' if breach else 'low probability'}", by, at)
    return made


def _once(kwargs: Mapping[str, Any]) -> Finding:
    return stop("breach.told", "That they were told is written already. Reload the page.", field="whom")


@action("privacy.breach_notice", explain={"privacy_breach_told_once": _once})
def keep_notice(
    *, by: Person, at: datetime, incident_id: int, whom: str, sent_on: date, how: str, proof: str, key: UUID | None = None
) -> BreachNotice:  # fmt: skip
    """Somebody was told: when, how, and where the proof is. Raises Refused (``breach.*``, ``words.*``), NotAllowed."""
    found = _open(by, at, incident_id)
    findings = check_words(how, "how", longest=200, missing="Write how they were told: first-class mail, the web form.")
    findings += check_words(proof, "proof", longest=200, missing="Write where the proof of it is kept.")
    if whom not in set(Told):
        findings.append(stop("breach.whom", "Choose who was told.", field="whom"))
    first = found.row.discovered_at.astimezone(found.row.site.tz).date()
    if not first <= sent_on <= found.today:
        findings.append(stop("breach.sent_on", "Choose a day from its discovery to today.", field="sent_on"))
    if findings:
        raise Refused(*findings)

    made = BreachNotice.objects.create(
        incident=found.row, whom=whom, sent_on=sent_on, how=tidy(how), proof=tidy(proof), at=at, by=by
    )
    _told(found.row, f"told: {Told(whom).label.lower()}", by, at)
    return made


@action("privacy.close_breach")
def close_incident(
    *, by: Person, at: datetime, incident_id: int, words: str, key: UUID | None = None
) -> BreachClosing:  # fmt: skip
    """Close it; never without an assessment, and a breach only when everybody was told. Raises Refused (``breach.*``), NotAllowed."""
    found = _open(by, at, incident_id)
    newest = found.assessment
    findings = check_words(words, "words", longest=400, missing="Write what was learned, and what is done differently.")
    findings += may_close(newest is not None, newest is not None and newest.breach, found.clocks)
    if findings or newest is None:
        raise Refused(*findings)

    made = BreachClosing.objects.create(incident=found.row, assessment=newest, words=tidy(words), at=at, by=by)
    _told(found.row, "closed", by, at)
    return made


def _open(by: Person, at: datetime, pk: int) -> Incident:
    """The incident, locked and not closed. Raises Refused, NotAllowed, BreachIncident.DoesNotExist."""
    row = BreachIncident.objects.select_for_update(of=("self",)).get(pk=pk)
    require(by, DUTY, row.site_id, at)
    found = incident({row.site_id}, at, pk)
    if found is None or found.closing is not None:
        raise Refused(stop("breach.closed", "This incident is closed. Write a new one, and name this one in it."))
    return found


def _count(value: int, field: str) -> list[Finding]:
    if 1 <= value <= MOST:
        return []
    return [stop("breach.count", "Write how many, at least 1.", field=field)]


def _told(row: BreachIncident, what: str, by: Person, at: datetime, client: Client | None = None) -> BreachIncident:
    trail.record(
        "privacy.breach", by=by, at=at, subject=row, site_id=row.site_id, client_id=client.pk if client else None,
        summary=f"Incident of privacy {row.pk}: {what}",
    )  # fmt: skip
    return row
