"""What is recorded of levels of care: catalogs, ratings and their drafts, decisions, what payers authorised, transitions."""

from asam.models.assessments import Assessment, AssessmentEvidence, PreScreen
from asam.models.authorisations import Authorisation
from asam.models.catalogs import Attestation, Catalog, CatalogUse
from asam.models.decisions import ClientPart, Decision
from asam.models.drafts import Draft, DraftPart, DraftSupport
from asam.models.readings import LevelReading
from asam.models.reviews import LevelReview, ReviewConfirmation, ReviewDraft, ReviewPolicy
from asam.models.transitions import Transition, TransitionDraft, TransitionLine, WarmHandoff

__all__ = [
    "Assessment", "AssessmentEvidence", "Attestation", "Authorisation", "Catalog", "CatalogUse", "ClientPart", "Decision",
    "Draft", "DraftPart", "DraftSupport", "LevelReading", "LevelReview", "PreScreen", "ReviewConfirmation",
    "ReviewDraft", "ReviewPolicy", "Transition",
    "TransitionDraft", "TransitionLine", "WarmHandoff",
]  # fmt: skip
