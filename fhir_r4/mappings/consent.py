"""Consent: what the client signed, to whom, for what and until when, and what became of it (facts: the R4 consent mapping of Part 2)."""

from collections.abc import Collection, Iterator
from datetime import datetime

from fhir_r4.rules.elements import LOINC, OWN, TERMS, Resource, clean, coding, concept, extension, instant, own, ref
from fhir_r4.rules.labels import ACT
from fhir_r4.rules.provenance import Agent, provenance, staff
from privacy.queries.consents import Standing, standings
from privacy.rules.classes import InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType

SCOPE = f"{TERMS}/consentscope"
REASON = f"{TERMS}/v3-ActReason"
LAW = "https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2"
HL7 = frozenset(
    {Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT, Purpose.PATRQT, Purpose.FAMRQT, Purpose.HRESCH, Purpose.HLEGAL, Purpose.ETREAT}
)  # fmt: skip
"""The purposes whose value is a code of v3-ActReason; the others are the house's own."""


def consent(each: Standing) -> Resource:
    """One consent as it stands: signed and counting is active; revoked, ended or replaced is inactive; not signed yet is proposed."""
    row = each.row
    research = row.type == ConsentType.RESEARCH
    made: Resource = clean(
        {
            "resourceType": "Consent",
            "id": str(row.pk),
            "extension": [
                extension("expiry", valueCode=row.expiry),
                extension("sha256", valueString=row.sha256),
                extension("standing", valueString=each.why) if each.why else None,
                *(extension("also", valueCode=str(kind)) for kind in row.also),
            ],
            "status": "active"
            if each.counts
            else "rejected"
            if each.dropped
            else "inactive"
            if each.held
            else "proposed",
            "scope": concept("", coding(SCOPE, "research" if research else "patient-privacy")),
            "category": [
                concept("", coding(ACT, "42CFRPart2CD"), coding(LOINC, "59284-0", "Consent Document")),
                own("consent-type", row.type, row.get_type_display()),
            ],
            "patient": ref("Patient", row.client_id),
            "dateTime": instant(each.held.signed_at if each.held else row.at),
            "performer": [ref("Patient", row.client_id)] if any(s.role == "client" for s in each.signatures) else None,
            "organization": [ref("Organization", row.client.organisation_id)],
            "sourceAttachment": {
                "contentType": "text/plain",
                "title": row.get_type_display(),
                "creation": instant(row.at),
            },
            "policy": [{"uri": LAW}],
            "policyRule": concept("42 CFR Part 2", coding(ACT, "42CFRPart2")),
            "verification": [{"verified": True, "verificationDate": instant(s.at)} for s in each.signatures[:1]],
            "provision": {
                "type": "permit",
                "period": {"start": instant(each.held.signed_at), "end": instant(each.held.expires_at)}
                if each.held
                else None,
                "actor": [*_recipients(each), _custodian(row.client.organisation_id)],
                "purpose": [_purpose(Purpose(word)) for word in row.purposes],
                "class": [coding(f"{OWN}:information", word, InfoClass(word).label) for word in row.classes],
            },
        }
    )
    return made


def _custodian(organisation_id: int) -> Resource:
    role = concept("", coding(f"{TERMS}/v3-ParticipationType", "CST", "custodian"))
    return {"role": role, "reference": ref("Organization", organisation_id)}


def _recipients(each: Standing) -> Iterator[Resource]:
    role = concept("", coding(f"{TERMS}/v3-ParticipationType", "IRCP", "information recipient"))
    for named in each.row.named.all():
        yield {"role": role, "reference": {"display": named.name, "type": "Organization"}}
    for kind in each.row.kinds:
        yield {"role": role, "reference": {"display": RecipientKind(kind).label, "type": "Group"}}


def _purpose(purpose: Purpose) -> Resource:
    return coding(REASON if purpose in HL7 else f"{OWN}:purpose", purpose.value, purpose.label)


def consents(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Every consent that was begun, with who signed and what happened to it. At most seven queries.

    They name other recipients, so they are for the organisation itself: what goes out carries the scope of its own consent alone.
    """
    for each in sorted(standings(client_ids, at), key=lambda standing: standing.row.pk):
        yield consent(each)
        yield from _told(each)


def _told(each: Standing) -> Iterator[Resource]:
    target = [f"Consent/{each.row.pk}"]
    for signature in each.signatures:
        signer = [Agent(f"Patient/{each.row.client_id}", "attester", "consent", signature.role)]
        agents = (signer if signature.role == "client" else []) + staff(signature.by_id, "enterer")
        found = provenance(
            f"signature-{signature.pk}", target, agents, at=signature.at, why=f"{signature.name}, {signature.role}",
            sha256=signature.sha256,
        )  # fmt: skip
        if found:
            yield found
    for event in each.events:
        why = f"{event.get_kind_display()}: {event.words}" if event.words else event.get_kind_display()
        found = provenance(
            f"consent-event-{event.pk}", target, staff(event.by_id), at=event.at, activity="UPDATE", why=why
        )
        if found:
            yield found
