"""A payer's answer as it is typed."""

from typing import Any
from uuid import uuid4

from django import forms

from asam.models import Authorisation
from asam.rules.editions import THIRD
from asam.rules.levels import LEVELS

FOURTH = [(f"4:{code}", f"{code} {level.name}") for code, level in LEVELS.items()]
OLDER = [(f"3:{code}", f"{code} {each.name}") for code, each in THIRD.items() if each.how != "gone"]
INPUT = {"class": "input"}


class _Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date", **INPUT}, format="%Y-%m-%d")


class AuthorisationForm(forms.Form):
    """Payer, level in the payer's own edition, how much of what unit, and the days it holds for."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    payer = forms.CharField(
        label="Who pays",
        max_length=60,
        widget=forms.TextInput(attrs=INPUT),
        error_messages={"required": "Write who pays."},
    )
    reference = forms.CharField(
        label="Their reference", max_length=60, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    named = forms.ChoiceField(
        label="Level they named", choices=[("", "Choose"), ("4th edition", FOURTH), ("3rd edition", OLDER)],
        widget=forms.Select(attrs=INPUT),
        error_messages={"required": "Choose the level that the payer named.", "invalid_choice": "Choose a level of the list."},
    )  # fmt: skip
    reads_as = forms.ChoiceField(
        label="It stands for", required=False, choices=[("", "as the rule reads it"), *((code, code) for code in LEVELS)],
        widget=forms.Select(attrs=INPUT), help_text="Only for a level of the 3rd edition that can mean several.",
    )  # fmt: skip
    read_why = forms.CharField(
        label="Why it stands for that", max_length=300, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    unit = forms.ChoiceField(label="Counted in", choices=Authorisation.Unit.choices, widget=forms.Select(attrs=INPUT))
    approved = forms.DecimalField(
        label="Approved", max_digits=7, decimal_places=2, min_value=0, widget=forms.NumberInput(attrs={**INPUT, "min": 0}),
        help_text="0 where they refused.",
        error_messages={"required": "Write how much was approved: 0 where they refused.", "invalid": "Write a number."},
    )  # fmt: skip
    asked = forms.DecimalField(
        label="Asked for",
        required=False,
        max_digits=7,
        decimal_places=2,
        widget=forms.NumberInput(attrs={**INPUT, "min": 0}),
    )
    first_on = _Day(label="First day", error_messages={"required": "Write the first day.", "invalid": "Write a date."})
    last_on = _Day(
        label="Last day",
        help_text="It belongs to it.",
        error_messages={"required": "Write the last day.", "invalid": "Write a date."},
    )
    review_on = _Day(label="Next review with the payer", required=False, error_messages={"invalid": "Write a date."})
    note = forms.CharField(label="Note", max_length=300, required=False, widget=forms.TextInput(attrs=INPUT))

    def __init__(self, *args: Any, correcting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4())
        if correcting:
            self.fields["note"].label = "Why it is corrected"
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = "Say why the entry is corrected."

    def asked_for(self) -> dict[str, Any]:
        """The arguments of the action."""
        typed = dict(self.cleaned_data)
        edition, _, level = typed.pop("named").partition(":")
        return {**{name: value for name, value in typed.items() if name != "key"}, "edition": edition, "level": level}

    @classmethod
    def of(cls, row: Authorisation) -> "AuthorisationForm":
        """The form that corrects an entry, filled with what stands there."""
        names = ("payer", "reference", "read_why", "unit", "approved", "asked", "first_on", "last_on", "review_on")
        filled = {name: getattr(row, name) for name in names} | {"named": f"{row.edition}:{row.level}", "note": ""}
        if row.edition != "4":
            filled["reads_as"] = row.reads_as
        return cls(initial=filled, correcting=True)
