"""The words a consent and the gate share: classes of information, purposes, and kinds of recipient. Values are stable."""

from enum import StrEnum


class InfoClass(StrEnum):
    """A class of information that a consent may name and the gate can hold back (42 CFR 2.31(a)(3): no free text alone)."""

    IDENTITY = "identity"
    CONTACTS = "contacts"
    PRESENCE = "presence"
    DIAGNOSES = "diagnoses"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    VITALS = "vitals"
    SCALES = "scales"
    DRUG_SCREENS = "drug_screens"
    ASSESSMENTS = "assessments"
    PLAN = "plan"
    NOTES = "notes"
    GROUPS = "groups"
    INCIDENTS = "incidents"
    DISCHARGE = "discharge"
    BILLING = "billing"
    COUNSELING_NOTES = "counseling_notes"

    @property
    def label(self) -> str:
        """The class in the words of a form."""
        return _CLASS_LABELS[self]


ORDINARY = frozenset(InfoClass) - {InfoClass.COUNSELING_NOTES}
"""Every class but SUD counseling notes, which no ordinary consent reaches (42 CFR 2.31(b))."""


class Purpose(StrEnum):
    """What a disclosure is for: the HL7 v3-ActReason code where there is one."""

    TREAT = "TREAT"
    HPAYMT = "HPAYMT"
    HOPERAT = "HOPERAT"
    PATRQT = "PATRQT"
    FAMRQT = "FAMRQT"
    PRESENCE = "PRESENCE"
    MONITOR = "MONITOR"
    REGISTRY = "REGISTRY"
    PDMP = "PDMP"
    HRESCH = "HRESCH"
    HLEGAL = "HLEGAL"
    FUNDRAISING = "FUNDRAISING"
    ETREAT = "ETREAT"
    AUDIT = "AUDIT"
    PUBHLTH = "PUBHLTH"

    @property
    def label(self) -> str:
        """The end of the sentence 'This is disclosed for ...'."""
        return _PURPOSE_LABELS[self]


TPO = frozenset({Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT})
"""Treatment, payment and health care operations."""

CONSENTABLE = frozenset(Purpose) - {Purpose.ETREAT, Purpose.AUDIT, Purpose.PUBHLTH}
"""The purposes a consent may name; the others have a basis of their own and ask for none."""


class RecipientKind(StrEnum):
    """What sort of recipient someone is: a consent may name a class of them, and the gate knows who belongs to it."""

    PROVIDER = "provider"
    HEALTH_PLAN = "health_plan"
    OPERATIONS = "operations"
    INTERMEDIARY = "intermediary"
    CRIMINAL_JUSTICE = "criminal_justice"
    COURT = "court"
    LEGAL = "legal"
    REGISTRY = "registry"
    PDMP = "pdmp"
    RESEARCHER = "researcher"
    AGENCY = "agency"
    EMPLOYER = "employer"
    SCHOOL = "school"
    PERSON = "person"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind in words."""
        return _KIND_LABELS[self]


TPO_CLASS = frozenset({RecipientKind.PROVIDER, RecipientKind.HEALTH_PLAN, RecipientKind.OPERATIONS})
"""Who belongs to 'my treating providers, health plans, third-party payers, and people helping to operate this program'
(the class wording that 42 CFR 2.31(a)(4)(i) allows a TPO consent)."""


class Hipaa(StrEnum):
    """What a recipient is under HIPAA. Unknown counts as neither."""

    COVERED_ENTITY = "ce"
    BUSINESS_ASSOCIATE = "ba"
    NEITHER = "neither"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The status in words."""
        return _HIPAA_LABELS[self]


class Part2(StrEnum):
    """Whether a recipient is itself a program under 42 CFR Part 2. Unknown counts as no."""

    PROGRAM = "program"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The status in words."""
        return _PART2_LABELS[self]


class AgreementKind(StrEnum):
    """A written agreement with a recipient."""

    QSOA = "qsoa"
    BAA = "baa"
    CONTRACT = "contract"

    @property
    def label(self) -> str:
        """The agreement in words."""
        return _AGREEMENT_LABELS[self]


_CLASS_LABELS = {
    InfoClass.IDENTITY: "Name, date of birth and record number",
    InfoClass.CONTACTS: "Address, telephone and contacts",
    InfoClass.PRESENCE: "Being here: admission, attendance, leaves",
    InfoClass.DIAGNOSES: "Diagnoses",
    InfoClass.MEDICATIONS: "Medications: orders and doses",
    InfoClass.ALLERGIES: "Allergies",
    InfoClass.VITALS: "Vital signs",
    InfoClass.SCALES: "Scores of scales",
    InfoClass.DRUG_SCREENS: "Drug screens and their results",
    InfoClass.ASSESSMENTS: "Level-of-care assessments and reviews",
    InfoClass.PLAN: "Treatment plan and progress on it",
    InfoClass.NOTES: "Progress notes",
    InfoClass.GROUPS: "Groups: attendance and notes",
    InfoClass.INCIDENTS: "Incidents",
    InfoClass.DISCHARGE: "Discharge summary and continuing care",
    InfoClass.BILLING: "Billing: services, dates and authorisations",
    InfoClass.COUNSELING_NOTES: "SUD counseling notes",
}
_PURPOSE_LABELS = {
    Purpose.TREAT: "treatment",
    Purpose.HPAYMT: "payment",
    Purpose.HOPERAT: "health care operations",
    Purpose.PATRQT: "at the request of the client",
    Purpose.FAMRQT: "family involvement in care",
    Purpose.PRESENCE: "saying that the client is here",
    Purpose.MONITOR: "monitoring a condition of a court, parole or release",
    Purpose.REGISTRY: "preventing enrolment in two programs at once",
    Purpose.PDMP: "reporting to the state's prescription monitoring program",
    Purpose.HRESCH: "research",
    Purpose.HLEGAL: "a civil, criminal, administrative or legislative proceeding",
    Purpose.FUNDRAISING: "fundraising for the program",
    Purpose.ETREAT: "a medical emergency",
    Purpose.AUDIT: "audit and evaluation",
    Purpose.PUBHLTH: "public health",
}
_KIND_LABELS = {
    RecipientKind.PROVIDER: "Treating provider",
    RecipientKind.HEALTH_PLAN: "Health plan or payer",
    RecipientKind.OPERATIONS: "Helps to operate the program",
    RecipientKind.INTERMEDIARY: "Intermediary (exchange)",
    RecipientKind.CRIMINAL_JUSTICE: "Probation, parole, pretrial",
    RecipientKind.COURT: "Court",
    RecipientKind.LEGAL: "Lawyer",
    RecipientKind.REGISTRY: "Central registry",
    RecipientKind.PDMP: "Prescription monitoring program",
    RecipientKind.RESEARCHER: "Researcher",
    RecipientKind.AGENCY: "Public agency",
    RecipientKind.EMPLOYER: "Employer",
    RecipientKind.SCHOOL: "School",
    RecipientKind.PERSON: "Family or other person",
    RecipientKind.OTHER: "Other",
}
_HIPAA_LABELS = {
    Hipaa.COVERED_ENTITY: "Covered entity",
    Hipaa.BUSINESS_ASSOCIATE: "Business associate",
    Hipaa.NEITHER: "Neither",
    Hipaa.UNKNOWN: "Not known",
}
_PART2_LABELS = {Part2.PROGRAM: "Part 2 program", Part2.NO: "Not a Part 2 program", Part2.UNKNOWN: "Not known"}
_AGREEMENT_LABELS = {
    AgreementKind.QSOA: "Qualified service organization agreement",
    AgreementKind.BAA: "Business associate agreement",
    AgreementKind.CONTRACT: "Contract under 42 CFR 2.33(c)",
}
