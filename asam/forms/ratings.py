"""The question before rating, and one dimension of a draft as it was pressed and typed."""

from django import forms
from django.http import QueryDict

from asam.models import Assessment, PreScreen
from asam.rules.catalog import Dimension


class BeginForm(forms.Form):
    """Which kind of assessment, and whether anybody is in immediate danger."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=Assessment.Kind.choices, error_messages={"required": "Choose which kind of assessment it is."}
    )
    danger = forms.ChoiceField(
        choices=PreScreen.Danger.choices,
        error_messages={"required": "Say first whether the person is in immediate danger."},
    )
    done = forms.CharField(
        label="What was done", required=False, max_length=600, strip=True,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        error_messages={"max_length": "Say it in at most 600 characters, and write the rest as a note."},
    )  # fmt: skip


def read_part(posted: QueryDict, dimension: Dimension) -> tuple[dict[str, list[str]], dict[str, str], dict[str, str]]:
    """The codes, the reasons and the client's words of one dimension, unchecked: 'not yet rated' is an empty list."""
    ratings = {sub.key: [code for code in posted.getlist(sub.key) if code] for sub in dimension.subdimensions}
    evidence = {sub.key: posted.get(f"evidence-{sub.key}", "") for sub in dimension.subdimensions}
    views = {key: posted.get(key, "") for key, _ in dimension.talked_about}
    return {key: codes for key, codes in ratings.items() if codes}, evidence, views


def version_in(posted: QueryDict) -> int:
    """The version a save started from; -1 where the field was tampered with, which no part ever has."""
    text = posted.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1
