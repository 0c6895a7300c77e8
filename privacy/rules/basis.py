"""On what a disclosure rests: exactly one basis (42 CFR 2.13(b)), and the words that go with what leaves on it."""

from enum import StrEnum

from privacy.rules.consents import ConsentType


class Basis(StrEnum):
    """The one thing that permits a disclosure; the value is stable and stands in the accounting."""

    CONSENT_TPO = "CONSENT_TPO"
    CONSENT_SPECIFIC = "CONSENT_SPECIFIC"
    CONSENT_COUNSELING = "CONSENT_COUNSELING"
    CONSENT_LEGAL = "CONSENT_LEGAL"
    CONSENT_CJ_2_35 = "CONSENT_CJ_2_35"
    CONSENT_REGISTRY_2_34 = "CONSENT_REGISTRY_2_34"
    CONSENT_PDMP_2_36 = "CONSENT_PDMP_2_36"
    CONSENT_INTERMEDIARY = "CONSENT_INTERMEDIARY"
    EMERGENCY_2_51A = "EMERGENCY_2_51A"
    FDA_2_51B = "FDA_2_51B"
    RESEARCH_2_52 = "RESEARCH_2_52"
    AUDIT_2_53 = "AUDIT_2_53"
    PUBHEALTH_DEID_2_54 = "PUBHEALTH_DEID_2_54"
    QSO_2_12C4 = "QSO_2_12C4"
    INTERNAL_2_12C3 = "INTERNAL_2_12C3"
    CRIME_2_12C5 = "CRIME_2_12C5"
    CHILD_ABUSE_2_12C6 = "CHILD_ABUSE_2_12C6"
    VITALS_2_15B1 = "VITALS_2_15B1"
    COURT_2_64 = "COURT_2_64"
    COURT_2_65 = "COURT_2_65"
    COURT_2_66 = "COURT_2_66"
    COURT_2_67 = "COURT_2_67"
    PATIENT_2_23 = "PATIENT_2_23"
    HHS_2_2B = "HHS_2_2B"

    @property
    def label(self) -> str:
        """The basis in words, with its section."""
        return _LABELS[self]

    @property
    def by_consent(self) -> bool:
        """True where a consent is what permits it: the notice of 2.32 and the scope of the consent go along."""
        return self.value.startswith("CONSENT_")

    @property
    def terms(self) -> str:
        """What the cover tells who receives it, where no consent (and so no notice of 2.32) is behind it; '' with consent."""
        return (
            ""
            if self.by_consent
            else _TERMS.get(self, "42 CFR part 2 protects this record. Use it for this purpose alone.")
        )


OF_TYPE = {
    ConsentType.TPO_SINGLE: Basis.CONSENT_TPO,
    ConsentType.SPECIFIC: Basis.CONSENT_SPECIFIC,
    ConsentType.PRESENCE_ACK: Basis.CONSENT_SPECIFIC,
    ConsentType.RESEARCH: Basis.CONSENT_SPECIFIC,
    ConsentType.SUD_COUNSELING_NOTES: Basis.CONSENT_COUNSELING,
    ConsentType.LEGAL_PROCEEDING: Basis.CONSENT_LEGAL,
    ConsentType.CRIMINAL_JUSTICE_REFERRAL: Basis.CONSENT_CJ_2_35,
    ConsentType.CENTRAL_REGISTRY: Basis.CONSENT_REGISTRY_2_34,
    ConsentType.PDMP: Basis.CONSENT_PDMP_2_36,
    ConsentType.INTERMEDIARY: Basis.CONSENT_INTERMEDIARY,
}

_LABELS = {
    Basis.CONSENT_TPO: "Consent for treatment, payment and operations (2.31, 2.33)",
    Basis.CONSENT_SPECIFIC: "Consent to a named recipient and purpose (2.31)",
    Basis.CONSENT_COUNSELING: "Consent for SUD counseling notes (2.31(b))",
    Basis.CONSENT_LEGAL: "Consent for a legal proceeding (2.31(d))",
    Basis.CONSENT_CJ_2_35: "Consent of a criminal-justice referral (2.35)",
    Basis.CONSENT_REGISTRY_2_34: "Consent to a central registry (2.34)",
    Basis.CONSENT_PDMP_2_36: "Consent to prescription monitoring (2.36)",
    Basis.CONSENT_INTERMEDIARY: "Consent to an intermediary (2.31(a)(4)(ii))",
    Basis.EMERGENCY_2_51A: "Medical emergency (2.51(a))",
    Basis.FDA_2_51B: "Danger of a product, to the FDA (2.51(b))",
    Basis.RESEARCH_2_52: "Research (2.52)",
    Basis.AUDIT_2_53: "Audit and evaluation (2.53)",
    Basis.PUBHEALTH_DEID_2_54: "Public health, de-identified (2.54)",
    Basis.QSO_2_12C4: "Qualified service organization (2.12(c)(4))",
    Basis.INTERNAL_2_12C3: "Inside the program (2.12(c)(3))",
    Basis.CRIME_2_12C5: "Crime on the premises or against staff (2.12(c)(5))",
    Basis.CHILD_ABUSE_2_12C6: "Report of child abuse or neglect (2.12(c)(6))",
    Basis.VITALS_2_15B1: "Cause of death, vital statistics (2.15(b)(1))",
    Basis.COURT_2_64: "Court order, not criminal (2.64)",
    Basis.COURT_2_65: "Court order, criminal investigation of the client (2.65)",
    Basis.COURT_2_66: "Court order, investigation of the program (2.66)",
    Basis.COURT_2_67: "Court order, undercover agents (2.67)",
    Basis.PATIENT_2_23: "The client's own access (2.23)",
    Basis.HHS_2_2B: "Secretary of Health and Human Services (2.2(b))",
}
_TERMS = {
    Basis.EMERGENCY_2_51A: "Disclosed for a medical emergency under 42 CFR 2.51, to medical personnel and for that emergency.",
    Basis.QSO_2_12C4: "Disclosed under your service agreement: you are bound by 42 CFR part 2 and resist access in any proceeding.",
    Basis.AUDIT_2_53: "Disclosed for audit or evaluation under 42 CFR 2.53. Nothing of it may be used against a client.",
    Basis.RESEARCH_2_52: "Disclosed for research under 42 CFR 2.52. Report in aggregate only; never identify a client.",
    Basis.CRIME_2_12C5: "Disclosed under 42 CFR 2.12(c)(5): the circumstances of the incident and no more.",
    Basis.CHILD_ABUSE_2_12C6: "A report under state law (42 CFR 2.12(c)(6)). The original records stay protected.",
    Basis.PATIENT_2_23: "Your own record. Federal law (42 CFR 2.12(d)(1)) keeps it from being used against you in a proceeding.",
    Basis.COURT_2_64: "Disclosed under a court order (42 CFR 2.64) and within its limits.",
    Basis.COURT_2_65: "Disclosed under a court order (42 CFR 2.65) and within its limits.",
    Basis.COURT_2_66: "Disclosed under a court order (42 CFR 2.66) and within its limits.",
    Basis.COURT_2_67: "Disclosed under a court order (42 CFR 2.67) and within its limits.",
}
