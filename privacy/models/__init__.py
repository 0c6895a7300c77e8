"""What is recorded under 42 CFR Part 2."""

from privacy.models.callers import CallerInquiry
from privacy.models.consents import Consent, ConsentEvent, ConsentRecipient, ConsentSignature
from privacy.models.disclosures import (
    AccountingGiven,
    AccountingSuspension,
    Disclosure,
    LeftFile,
    LinkTry,
    ShareLink,
)
from privacy.models.recipients import Agreement, Recipient
from privacy.models.watch import Judgement, RecordMark

__all__ = [
    "AccountingGiven",
    "AccountingSuspension",
    "Agreement",
    "CallerInquiry",
    "Consent",
    "ConsentEvent",
    "ConsentRecipient",
    "ConsentSignature",
    "Disclosure",
    "Judgement",
    "LeftFile",
    "LinkTry",
    "Recipient",
    "RecordMark",
    "ShareLink",
]
