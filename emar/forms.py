"""What a tap or a sheet sends: parsed here, judged by the rules."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from emar.identified import WORDS, enough
from emar.rules.administration import Outcome

OVERRIDE = "why-"
"""Before the code of a finding: the field with the reason to go past it."""


class VerifyForm(forms.Form):
    """Two identifiers; a room or a bed is none."""

    by = forms.MultipleChoiceField(
        choices=[(identifier.value, words) for identifier, words in WORDS.items()],
        error_messages={"required": "Check two of these first, or read the wristband."},
    )

    def clean_by(self) -> list[str]:
        """Refuse one alone."""
        by: list[str] = self.cleaned_data["by"]
        if not enough(by):
            raise forms.ValidationError("One is not enough: check a second one, or read the wristband.")
        return by


class ChartForm(forms.Form):
    """An outcome of a dose, with whatever goes with it."""

    key = forms.UUIDField()
    outcome = forms.ChoiceField(
        choices=[(outcome.value, outcome.label) for outcome in Outcome],
        error_messages={"required": "Choose what happened to the dose."},
    )
    amount = forms.DecimalField(
        required=False,
        max_digits=9,
        decimal_places=3,
        error_messages={"invalid": "Enter the amount taken: a number of more than zero."},
    )
    unit = forms.CharField(required=False, max_length=20)
    reason = forms.CharField(required=False, max_length=40)
    note = forms.CharField(required=False, max_length=300, strip=True)
    given_at = forms.TimeField(required=False, error_messages={"invalid": "Enter the time as 08:10."})

    def asked(self) -> dict[str, Any]:
        """The arguments of the action that the form speaks for. Amounts only where something was taken."""
        data, outcome = self.cleaned_data, Outcome(self.cleaned_data["outcome"])
        amount: Decimal | None = data["amount"]
        return {
            "outcome": outcome,
            "amount": amount,
            "unit": (data["unit"] or None) if amount is not None else None,
            "reason": data["reason"],
            "note": data["note"],
        }


def overrides_in(sent: Mapping[str, str]) -> dict[str, str]:
    """A reason for each finding that was gone past, by its code."""
    return {
        name.removeprefix(OVERRIDE): str(value).strip()[:500]
        for name, value in sent.items()
        if name.startswith(OVERRIDE) and str(value).strip()
    }
