"""What a tap or a sheet sends: parsed here, judged by the rules."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from emar.identified import WORDS, enough
from emar.models import ReassessmentResult
from emar.rules.administration import TAKEN, Identifier, Outcome
from emar.stock_forms.draws import DrawFields
from programs.forms import WallClock

OVERRIDE = "why-"
"""Before the code of a finding: the field with the reason to go past it."""

MEASURE = "measure-"
"""Before the name of a measure: the field with its value."""


class VerifyForm(forms.Form):
    """Two identifiers; a room or a bed is none."""

    band = forms.CharField(required=False, max_length=40)  # of a wristband that was scanned: no more is asked
    by = forms.MultipleChoiceField(
        required=False,
        choices=[(identifier.value, words) for identifier, words in WORDS.items()],
    )

    def clean_by(self) -> list[str]:
        """Refuse one alone."""
        by: list[str] = self.cleaned_data["by"]
        if self.cleaned_data.get("band"):
            return [Identifier.WRISTBAND.value]
        if not by:
            raise forms.ValidationError("Check two of these first, or scan the wristband.")
        if not enough(by):
            raise forms.ValidationError("One is not enough: check a second one, or scan the wristband.")
        return by


class ChartForm(DrawFields):
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
    body_site = forms.CharField(required=False, max_length=40)
    prn_reason = forms.CharField(required=False, max_length=120, strip=True)
    scale = forms.CharField(required=False, max_length=20)
    score = forms.DecimalField(
        required=False,
        max_digits=6,
        decimal_places=2,
        error_messages={"invalid": "Enter the score as a number."},
    )
    tried_first = forms.CharField(required=False, max_length=120, strip=True)
    mouth_checked = forms.BooleanField(required=False)
    attested_as = forms.CharField(required=False, max_length=80, strip=True)
    contact_id = forms.IntegerField(required=False)
    patch_off = forms.BooleanField(required=False)
    barcode = forms.CharField(required=False, max_length=120)
    band = forms.CharField(required=False, max_length=40)
    unscanned = forms.CharField(required=False, max_length=20)
    measured_at = forms.TimeField(required=False, error_messages={"invalid": "Enter the time as 08:10."})
    score_id = forms.IntegerField(required=False)
    last_use_at = WallClock(passed=True, required=False)
    mouth_before = forms.BooleanField(required=False)
    dissolved_minutes = forms.IntegerField(
        required=False, error_messages={"invalid": "Enter the minutes until it was dissolved as a whole number."}
    )

    def asked(self) -> dict[str, Any]:
        """The arguments of the action that the form speaks for. Amounts only where something was taken."""
        data, outcome = self.cleaned_data, Outcome(self.cleaned_data["outcome"])
        amount: Decimal | None = data["amount"]
        asked = {
            "outcome": outcome,
            "amount": amount,
            "unit": (data["unit"] or None) if amount is not None else None,
            "reason": data["reason"],
            "note": data["note"],
        }
        return asked | (self._taken() if outcome in TAKEN else {})

    def scanned(self) -> dict[str, str]:
        """What was scanned for the dose; why nothing was counts only for one that was taken."""
        data = self.cleaned_data
        quiet = data["barcode"] or Outcome(data["outcome"]) not in TAKEN
        return {"barcode": data["barcode"], "unscanned": "" if quiet else data["unscanned"]}

    def _taken(self) -> dict[str, Any]:
        """What goes with a dose that was taken, where it was said."""
        data = self.cleaned_data
        words = {name: data[name] for name in ("body_site", "prn_reason", "tried_first", "attested_as") if data[name]}
        people = {} if data["contact_id"] is None else {"contact_id": data["contact_id"]}
        scored = {} if data["score"] is None else {"scale": data["scale"], "score": data["score"]}
        ticked = {name: True for name in ("mouth_checked", "patch_off") if data[name]}
        return words | people | scored | ticked


class EffectForm(forms.Form):
    """How an as-needed dose worked."""

    key = forms.UUIDField()
    effect = forms.ChoiceField(
        choices=ReassessmentResult.Effect.choices, error_messages={"required": "Choose how it worked."}
    )
    score = forms.DecimalField(
        required=False,
        max_digits=6,
        decimal_places=2,
        error_messages={"invalid": "Enter the score as a number."},
    )
    words = forms.CharField(required=False, max_length=300, strip=True)


def measures_in(sent: Mapping[str, str], taken_at: datetime) -> list[dict[str, str]]:
    """The values that were entered for hold limits, as the action takes them; all were measured at ``taken_at``."""
    return [
        {"measure": name.removeprefix(MEASURE), "value": str(value).strip(), "taken_at": taken_at.isoformat()}
        for name, value in sent.items()
        if name.startswith(MEASURE) and str(value).strip()
    ]


def overrides_in(sent: Mapping[str, str]) -> dict[str, str]:
    """A reason for each finding that was gone past, by its code."""
    return {
        name.removeprefix(OVERRIDE): str(value).strip()[:500]
        for name, value in sent.items()
        if name.startswith(OVERRIDE) and str(value).strip()
    }
