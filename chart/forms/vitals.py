"""What is typed of vital signs, for one client or for each row of a round."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from audit.rules.findings import Finding, Refused, stop
from chart.models import Vitals
from chart.rules.vitals import Sign
from chart.vitals import signs
from programs.forms import WallClock

ROUND = ("systolic", "diastolic", "pulse", "respiration", "temperature", "spo2", "pain")
"""What is measured on a round."""


class VitalsForm(forms.Form):
    """What stands beside the values: when (empty: now), how, and a note."""

    key = forms.UUIDField(
        error_messages={"required": "Reload the page and send it again.", "invalid": "Reload the page."}
    )
    about_at = WallClock(passed=True, required=False)
    position = forms.ChoiceField(choices=[("", ""), *Vitals.Position.choices], required=False)
    arm = forms.ChoiceField(choices=[("", ""), *Vitals.Arm.choices], required=False)
    note = forms.CharField(required=False, max_length=1000)

    def read(self) -> dict[str, Any]:
        """What was typed. Raises Refused."""
        if not self.is_valid():
            raise Refused(*(stop("vitals.form", str(each)) for errors in self.errors.values() for each in errors))
        return self.cleaned_data


@dataclass(frozen=True)
class Field:
    """A value to enter: its sign, what was typed, the unit chosen, and what is wrong with it."""

    sign: Sign
    typed: str
    unit: str
    wrong: bool


def measured_in(sent: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """What was typed of each measure, empty ones left out."""
    typed = {code: str(sent.get(f"{prefix}{code}", "")).strip()[:20] for code in signs()}
    return {code: value for code, value in typed.items() if value}


def units_in(sent: Mapping[str, str]) -> dict[str, str]:
    """The unit chosen for each measure that has more than one."""
    return {code: str(sent.get(f"unit-{code}", "")) for code, sign in signs().items() if len(sign.units) > 1}


def fields(sent: Mapping[str, str], findings: tuple[Finding, ...], usual: Mapping[str, str]) -> list[Field]:
    """The fields of the page, with what was typed; ``usual``: the units to begin with."""
    wrong = {each.code.rpartition(".")[2].removeprefix("unlikely_") for each in findings}
    if "pair" in wrong:
        wrong |= {"systolic", "diastolic"}
    return [
        Field(sign, str(sent.get(code, "")), str(sent.get(f"unit-{code}") or usual.get(code, sign.units[0])), code in wrong)
        for code, sign in signs().items()
    ]  # fmt: skip


def key_of(sent: Mapping[str, str], name: str) -> UUID | None:
    """The idempotency key of one row."""
    try:
        return UUID(str(sent.get(name, "")))
    except ValueError:
        return None
