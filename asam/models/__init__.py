"""What is recorded of levels of care: catalogs, ratings and their drafts, decisions, what payers authorised, transitions."""

from asam.models.assessments import Assessment, AssessmentEvidence, PreScreen
from asam.models.authorisations import Authorisation
from asam.models.catalogs import Attestation, Catalog, CatalogUse
from asam.models.decisions import ClientPart, Decision, Transition
from asam.models.drafts import Draft, DraftPart, DraftSupport
from asam.models.readings import LevelReading

__all__ = [
    "Assessment", "AssessmentEvidence", "Attestation", "Authorisation", "Catalog", "CatalogUse", "ClientPart", "Decision",
    "Draft", "DraftPart", "DraftSupport", "LevelReading", "PreScreen", "Transition",
]  # fmt: skip
