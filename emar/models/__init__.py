"""What is recorded of medications: the formulary, orders, what became of each dose, and how a site does it.

Doses due are computed from orders (``emar/rules/schedule``), never stored: ``(order, due_at)`` is a dose's identity, and an
administration claims it under a unique constraint.
"""

from emar.models.doses import TAKEN, UNDONE, Administration, Reassessment, ReassessmentResult
from emar.models.downtime import Outage, PaperEntry
from emar.models.formulary import Barcode, Medication
from emar.models.offline import Settlement, Tablet, TabletDose, Unsettled
from emar.models.orders import Cosign, Order, OrderHold, VerbalOrder
from emar.models.passes import PassClient, PassRun
from emar.models.patches import PatchSeen
from emar.models.policies import EmarPolicy
from emar.models.protocols import DoseChecks, Protocol, Verification
from emar.models.stock import (
    Count,
    CountNumber,
    CountSigning,
    KeyHandover,
    LedgerEntry,
    OwnApproval,
    Resolution,
    StockLine,
    StockLocation,
    Variance,
    VarianceReport,
)

__all__ = [
    "TAKEN", "UNDONE", "Administration", "Barcode", "Cosign", "Count", "CountNumber", "CountSigning", "DoseChecks", "EmarPolicy",
    "KeyHandover", "LedgerEntry", "Medication", "Order", "OrderHold", "Outage", "OwnApproval", "PaperEntry",
    "PassClient", "PassRun", "PatchSeen", "Protocol", "Reassessment", "ReassessmentResult", "Resolution", "Settlement", "StockLine",
    "StockLocation", "Tablet", "TabletDose", "Unsettled", "Variance", "VarianceReport", "VerbalOrder", "Verification",
]  # fmt: skip
