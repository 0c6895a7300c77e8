"""What is typed into a chart."""

from typing import Any
from uuid import uuid4

from django import forms

from audit.rules.findings import Refused
from chart.models import Note

BY_HAND = [(kind.value, kind.label) for kind in (Note.Kind.PROGRESS, Note.Kind.NURSING)]
FIELD_OF = {"chart.note_empty": "text", "chart.note_long": "text", "chart.note_kind": "kind",
            "chart.note_future": "about_at", "chart.note_before": "about_at"}  # fmt: skip


class NoteForm(forms.Form):
    """A note: kind, when it happened (the site's clock), what happened."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="Kind", choices=BY_HAND, widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose which kind of note it is.", "invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    about_at = forms.DateTimeField(
        label="When it happened", required=False, help_text="Leave empty for now",
        widget=forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "Write day and time, as 24 Nov 2025 14:30."},
    )  # fmt: skip
    text = forms.CharField(
        label="What happened", widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        error_messages={"required": "The note is empty: write what happened."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid4())
        super().__init__(*args, **kwargs)

    def take(self, refused: Refused) -> None:
        """Put each finding beside the field it is about."""
        for finding in refused.findings:
            self.add_error(FIELD_OF.get(finding.code), finding.message)
