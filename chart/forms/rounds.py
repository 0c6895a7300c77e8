"""What is typed to order looks."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms

from chart.queries.rounds.orders import Person
from chart.rules.rounds.due import LONGEST, SHORTEST
from programs.forms import WallClock

OFTEN = (15, 30, 60)


class OrderForm(forms.Form):
    """Whom, how often, why, until when (empty: until somebody ends it)."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    client = forms.TypedChoiceField(
        label="Who", coerce=int, widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose who is looked in on.", "invalid_choice": "They left. Choose again."},
    )  # fmt: skip
    minutes = forms.IntegerField(
        label="Minutes between two looks, at most", min_value=SHORTEST, max_value=LONGEST, initial=15,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric", "list": "often"}),
        error_messages={"required": "Write how many minutes."},
    )  # fmt: skip
    why = forms.CharField(
        label="Why", max_length=200, widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "Say why."},
    )  # fmt: skip
    until = WallClock(label="Until", required=False, help_text="Leave empty to go on until somebody ends it")

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid4())
        super().__init__(*args, **kwargs)
        choices = [("", "Choose"), *((str(each.episode_id), f"{each.place} {each.name}") for each in people)]
        self.fields["client"].choices = choices  # type: ignore[attr-defined]
