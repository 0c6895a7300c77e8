"""A count: which shift, the numbers of its lines, why it is dropped; and what resolves a difference."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django import forms

from audit.rules.findings import Refused, stop
from emar.rules.stock import Cause, Shift, Told
from emar.stock_forms.fields import amount, choice, words
from programs.forms import WallClock

LINE = "line-"
"""Before the id of a line: the field with what was counted of it."""


class BeginForm(forms.Form):
    """Which change of shift the count belongs to."""

    shift = forms.ChoiceField(
        choices=[(each.value, each.label) for each in Shift],
        error_messages={"required": "Choose which shift begins.", "invalid_choice": "Choose one from the list."},
    )


class DropForm(forms.Form):
    """Why a count is dropped before anybody counted."""

    why = words("Why it is dropped", "Say why the count is dropped.", most=120)


class ResolveForm(forms.Form):
    """What two people found out about a difference, and what they counted again."""

    cause = choice("Cause", "Choose the cause.", [(each.value, each.label) for each in Cause])
    words = forms.CharField(
        label="What was found out", max_length=250, error_messages={"required": "Write in a sentence what was found out."},
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )  # fmt: skip
    recounted = amount("Counted again, by both of you")


class ToldForm(forms.Form):
    """When the notice or the form of a loss was sent, to whom and under which number."""

    what = forms.ChoiceField(choices=[(each.value, each.label) for each in Told], widget=forms.HiddenInput)
    reference = words("To whom, its number", "Say to whom it was sent, and its number.", most=120)
    sent_at = WallClock(passed=True, label="Sent at", required=False, help_text="Empty: now.")


def typed_in(sent: Mapping[str, str], lines: Iterable[int]) -> dict[int, str]:
    """What stands in the fields of these lines."""
    return {pk: str(sent.get(f"{LINE}{pk}", "")).strip()[:12] for pk in lines}


def counted_in(sent: Mapping[str, str], lines: Iterable[int]) -> dict[int, Decimal]:
    """The numbers of these lines; a line without one is left out, for the rule to say so. Raises Refused for what is no number."""
    numbers: dict[int, Decimal] = {}
    for pk, text in typed_in(sent, lines).items():
        if not text:
            continue
        try:
            numbers[pk] = Decimal(text)
        except InvalidOperation as error:
            raise Refused(stop("count.number", f"'{text}' is not a number. Write it as 12 or 0.5.")) from error
    return numbers


def shift_now(local: datetime) -> Shift:
    """Which shift most likely begins at this hour of the site's clock."""
    if 5 <= local.hour < 12:
        return Shift.DAY
    return Shift.EVENING if 12 <= local.hour < 20 else Shift.NIGHT
