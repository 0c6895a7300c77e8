"""What is recorded of medications: the formulary, orders, what became of each dose, and how a site does it.

Doses due are computed from orders (``emar/rules/schedule``), never stored: ``(order, due_at)`` is a dose's identity, and an
administration claims it under a unique constraint.
"""

from emar.models.doses import TAKEN, UNDONE, Administration, Reassessment, ReassessmentResult
from emar.models.formulary import Barcode, Medication
from emar.models.orders import Cosign, Order, OrderHold, VerbalOrder
from emar.models.passes import PassClient, PassRun
from emar.models.policies import EmarPolicy

__all__ = [
    "TAKEN", "UNDONE", "Administration", "Barcode", "Cosign", "EmarPolicy", "Medication", "Order", "OrderHold", "PassClient",
    "PassRun", "Reassessment", "ReassessmentResult", "VerbalOrder",
]  # fmt: skip
