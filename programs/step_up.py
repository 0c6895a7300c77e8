"""Step-up: before some acts the person who is signed in gives their own PIN once more, on or off duty.

``StepUpForm(request.POST or None, desk=..., capability=...)`` and ``components/step_up.html`` ask; ``form.proof(purpose=, key=)`` makes
the proof in a transaction of its own, before the act; the act calls ``signed(proof_id, ...)`` in its transaction and keeps the proof.
Where it is asked: docs/signing-in.md.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django import forms

from audit.rules.findings import Refused, stop
from programs.desk import Desk
from staff.actions import pins
from staff.forms import pin_field
from staff.models import Person, Proof
from staff.rules.capabilities import Capability


class StepUpForm(forms.Form):
    """One's own PIN."""

    pin = pin_field("Your PIN", "Enter your own PIN.")

    def __init__(
        self, data: Mapping[str, object] | None = None, *, desk: Desk, capability: Capability, prefix: str | None = None
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.desk, self.capability = desk, capability

    def proof(self, *, purpose: str, key: UUID | None = None) -> Proof:
        """The proof that the person of the desk gave their PIN for this purpose. Raises Refused, also where the field is empty."""
        if not self.is_valid():
            raise Refused(stop("pin.asked", "Enter your own PIN."))
        desk = self.desk
        return pins.prove(
            person_id=desk.person.pk, pin=self.cleaned_data["pin"], site=desk.site, purpose=purpose, at=desk.now,
            capability=self.capability, key=key, on_duty=False,
        )  # fmt: skip


def signed(
    proof_id: int, *, by: Person, purpose: str, site: pins.Place, at: datetime, capability: Capability
) -> Person:  # fmt: skip
    """Use the proof up inside an act; it is the PIN of whoever acts. Raises Refused."""
    who = pins.use(proof_id, purpose=purpose, site=site, at=at, capability=capability, on_duty=False)
    if who.pk != by.pk:
        raise Refused(stop("pin.not_yours", "Enter your own PIN: this act is signed by whoever does it."))
    return who
