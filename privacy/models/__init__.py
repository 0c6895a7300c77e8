"""What is recorded under 42 CFR Part 2."""

from privacy.models.breaches import (
    BreachAssessment,
    BreachClosing,
    BreachIncident,
    BreachNotice,
    BreachPerson,
)
from privacy.models.callers import CallerInquiry
from privacy.models.consents import Consent, ConsentEvent, ConsentRecipient, ConsentSignature
from privacy.models.counseling import CounselingNote, CounselingNoteGrant
from privacy.models.disclosures import (
    AccountingGiven,
    AccountingSuspension,
    Disclosure,
    LeftFile,
    LinkTry,
    ShareLink,
)
from privacy.models.emergencies import EmergencyCall
from privacy.models.engagements import Engagement, EngagementStep
from privacy.models.legal import LegalRequest, LegalStep
from privacy.models.own_access import AccessRequest, AccessStep
from privacy.models.recipients import Agreement, Recipient
from privacy.models.restrictions import RestrictionRequest, RestrictionStep
from privacy.models.watch import Judgement, RecordMark

__all__ = [
    "AccessRequest",
    "AccessStep",
    "AccountingGiven",
    "AccountingSuspension",
    "Agreement",
    "BreachAssessment",
    "BreachClosing",
    "BreachIncident",
    "BreachNotice",
    "BreachPerson",
    "CallerInquiry",
    "Consent",
    "ConsentEvent",
    "ConsentRecipient",
    "ConsentSignature",
    "CounselingNote",
    "CounselingNoteGrant",
    "Disclosure",
    "EmergencyCall",
    "Engagement",
    "EngagementStep",
    "Judgement",
    "LeftFile",
    "LegalRequest",
    "LegalStep",
    "LinkTry",
    "Recipient",
    "RecordMark",
    "RestrictionRequest",
    "RestrictionStep",
    "ShareLink",
]
