"""A review of a level as it is typed, and a program's rule."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict

from asam.actions.reviews import Answer
from asam.rules.review_frame import Condition
from asam.rules.review_policy import Event

TEXTS = ("outcome", "why", "plan_change", "against", "to_level", "next_on", "corrected_why")
DIMENSIONS = range(1, 7)


def typed_in(posted: QueryDict) -> dict[str, Any]:
    """What stands in the form, unchecked, as a draft keeps it."""
    typed: dict[str, Any] = {name: posted.get(name, "").replace("\x00", "") for name in TEXTS}
    typed["conditions"] = sorted(set(posted.getlist("conditions")))
    for number in DIMENSIONS:
        typed[f"progress-{number}"] = posted.get(f"progress-{number}", "").replace("\x00", "")
    return typed


def answer_in(typed: Mapping[str, Any]) -> Answer:
    """The review as it was typed. A day that cannot be read is no day; a level without a step, and conditions of an outcome that is
    not the one chosen (they are out of sight), are left out."""
    outcome = str(typed.get("outcome", ""))
    hidden = {each.value for each in Condition if each.outcome not in {"", outcome}}
    step = outcome in {"step_down", "step_up", "different"}
    return Answer(
        outcome=outcome,
        conditions=tuple(code for code in typed.get("conditions", ()) if code not in hidden),
        why=typed.get("why", ""),
        plan_change=typed.get("plan_change", ""),
        against=typed.get("against", ""),
        to_level=typed.get("to_level", "") if step else "",
        next_on=_day(typed.get("next_on", "")),
        progress={number: typed.get(f"progress-{number}", "") for number in DIMENSIONS},
        corrected_why=typed.get("corrected_why", ""),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class PolicyForm(forms.Form):
    """By which rule the clients of a program are due."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    days = forms.IntegerField(
        label="Days between reviews", widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={"required": "Write after how many days a level is looked at again.", "invalid": "Write a number of days."},
    )  # fmt: skip
    hours = forms.IntegerField(
        label="or hours of service", required=False, widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={"invalid": "Write a number of hours, or nothing."},
    )  # fmt: skip
    on = forms.MultipleChoiceField(
        label="Events that ask for a review", required=False, choices=[(each.value, each.value) for each in Event],
        error_messages={"invalid_choice": "Choose events of the list."},
    )  # fmt: skip
    why = forms.CharField(
        label="Where this rule is written", max_length=300, widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "Say where this rule is written: the state, the payer, or your policy."},
    )  # fmt: skip

    @property
    def off(self) -> list[str]:
        """The events that are not looked at here."""
        return sorted({each.value for each in Event} - set(self.cleaned_data.get("on", ())))
