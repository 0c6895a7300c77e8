"""A catalog's file, and from when it counts."""

from django import forms

from programs.forms import WallClock


class UseForm(forms.Form):
    """From when a catalog counts; left empty, from now on."""

    key = forms.UUIDField()
    from_at = WallClock(label="Counts from", required=False, help_text="Left empty: from now on.")


class AttestForm(forms.Form):
    """That it was checked, and against which copy."""

    key = forms.UUIDField()
    sure = forms.BooleanField(
        error_messages={"required": "Tick the sentence: it is what you attest."},
    )
    words = forms.CharField(
        label="Which copy it was checked against", required=False, max_length=300,
        widget=forms.TextInput(attrs={"class": "input"}), help_text="For example its printing and where it is kept.",
    )  # fmt: skip
