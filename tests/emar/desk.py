"""Who sits at the pages of orders, and what they type."""

from typing import Any
from uuid import uuid4

from emar.models import Medication, Order
from tests.emar.conftest import Morning
from tests.factories.meds import medication
from tests.signing import signed_in as as_


def folic() -> Medication:
    return medication("Folic acid", "1 mg", drug_class="vitamin")


def typed(drug: Medication, **changes: Any) -> dict[str, Any]:
    """1 mg at 08:00 and 20:00 every day, unless told otherwise; None leaves a field out."""
    fields = {
        "key": str(uuid4()), "medication": drug.pk, "dose": "1", "unit": "mg", "route": "by mouth", "kind": "fixed",
        "times": ["08:00", "20:00"], "days": "daily", "mode": "nurse", "witness": "none",
    }  # fmt: skip
    return {name: value for name, value in (fields | changes).items() if value is not None}


def written(morning: Morning, **changes: Any) -> Order:
    """Send the form as the prescriber and return what was written."""
    drug = changes.pop("drug", None) or folic()
    answer = as_(morning.here.prescriber).post(f"/pass/orders/{morning.elin.pk}/new/", typed(drug, **changes))
    assert answer.status_code == 302, answer.content.decode()
    made = Order.objects.latest("pk")
    assert answer["Location"] == f"/pass/orders/{morning.elin.pk}/?done={made.pk}#order-{made.pk}"
    return made


def body(answer: Any) -> str:
    return " ".join(answer.content.decode().split())
