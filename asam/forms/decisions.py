"""A decision as it is typed, and what the client says to it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.html import format_html, format_html_join

from asam.models import ClientPart
from asam.rules.decision import Consequence, Reason
from asam.rules.levels import LEVELS
from audit.rules.findings import Refused
from programs.models import Placement, Program

TEXT_REASONS = tuple(reason for reason in Reason if reason.text_required)
KNOWN = [("", "not known"), ("yes", "yes"), ("no", "no")]


def _words(label: str, most: int, rows: int = 2, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=help_text,
        widget=forms.Textarea(attrs={"class": "input", "rows": rows}),
        error_messages={"max_length": f"Say it in at most {most:,} characters."},
    )  # fmt: skip


class ClientPartForm(forms.Form):
    """The client's part in it. ``given`` is what ``say_client_part`` takes; None where nothing was filled in."""

    says = forms.ChoiceField(
        label="What the client says", required=False, choices=[("", "Not asked yet"), *ClientPart.Says.choices],
        widget=forms.RadioSelect,
    )  # fmt: skip
    willing = forms.ChoiceField(label="Willing to go there", required=False, choices=KNOWN, widget=forms.RadioSelect)
    able = forms.ChoiceField(label="Able to go there", required=False, choices=KNOWN, widget=forms.RadioSelect)
    concerns = _words("What worries them", 1000)
    would_help = _words("What would help", 1000)
    would_accept = _words("What they would accept instead", 1000)
    why = _words("Why they could not be asked", 300, rows=1)

    @property
    def given(self) -> dict[str, Any] | None:
        """The arguments of the action, without who and when."""
        typed = self.cleaned_data
        if not any(typed.values()):
            return None
        known = {"yes": True, "no": False}
        return {
            "says": typed["says"], "willing": known.get(typed["willing"]), "able": known.get(typed["able"]),
            **{name: typed[name] for name in ("concerns", "would_help", "would_accept", "why")},
        }  # fmt: skip


class DecisionForm(ClientPartForm):
    """A chosen level, the program to enter, reasons with their words, what is expected, the safety strategy, the client's part.

    Which of them a choice needs is the rule's to say (``asam.rules.decision``); ``take`` puts its findings beside the fields.
    """

    FIELD_OF = {
        "asam.level_unknown": "selected", "asam.reason_missing": "reasons", "asam.reason_unknown": "reasons",
        "asam.safety_strategy_missing": "safety_strategy", "asam.consequence_missing": "consequences",
        "asam.consequence_unknown": "consequences", "asam.consequence_text_missing": "consequence_text",
        "asam.says_missing": "says", "asam.not_asked_why": "why", "asam.declines_what": "concerns",
    }  # fmt: skip

    key = forms.UUIDField(widget=forms.HiddenInput)
    selected = forms.ChoiceField(
        label="Level you choose", widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose a level.", "invalid_choice": "Choose a level of the list."},
    )  # fmt: skip
    program = forms.ModelChoiceField(
        Program.objects.none(), label="Program", required=False, empty_label="No program here",
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={
            "required": "Choose the program that the client enters.",
            "invalid_choice": "Choose a program of the list: it gives the level you chose.",
        },
    )  # fmt: skip
    reasons = forms.MultipleChoiceField(
        label="Why another level", required=False, choices=[(reason.value, reason.label) for reason in Reason],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose reasons of the list."},
    )  # fmt: skip
    consequences = forms.MultipleChoiceField(
        label="What is to be expected of that", required=False,
        choices=[(each.value, each.label) for each in Consequence], widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose consequences of the list."},
    )  # fmt: skip
    consequence_text = _words("What is expected, in a few words", 600, rows=1)
    safety_strategy = _words("How the person is kept safe", 4000, rows=3)

    def __init__(self, *args: Any, placement: Placement, present: str, recommended: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4())
        self.initial.setdefault("selected", recommended)
        self.fields["selected"].choices = [(code, f"{code} {level.name}") for code, level in LEVELS.items()]  # type: ignore[attr-defined]
        for reason in TEXT_REASONS:
            self.fields[f"text-{reason.value}"] = forms.CharField(
                label=reason.label, required=False, max_length=1000, widget=forms.TextInput(attrs={"class": "input"})
            )
        chosen = self.data.get("selected") if self.is_bound else self.initial["selected"]
        offered = Program.objects.filter(
            site_id=placement.program.site_id, kind=Program.Kind.TREATMENT, level=chosen or ""
        )
        self.offered = list(offered)
        self.stays = chosen == present
        program = self.fields["program"]
        program.queryset = offered  # type: ignore[attr-defined]
        if self.offered:
            program.empty_label = None  # type: ignore[attr-defined]
            self.initial.setdefault("program", self.offered[0].pk)
        program.required = bool(self.offered) and not self.stays
        self.chosen = str(chosen or "")

    @property
    def reason_texts(self) -> dict[str, str]:
        """The words for each reason that takes some."""
        return {reason.value: self.cleaned_data.get(f"text-{reason.value}", "") for reason in TEXT_REASONS}

    @property
    def given(self) -> dict[str, Any] | None:
        """The client's part alone."""
        names = ClientPartForm.base_fields
        typed = {name: self.cleaned_data.get(name, "") for name in names}
        if not any(typed.values()):
            return None
        part = ClientPartForm(typed)
        part.is_valid()
        return part.given

    def reason_rows(self) -> Iterator[tuple[str, str, bool, forms.BoundField | None]]:
        """Each reason: code, label, whether it is chosen, and the field for its words."""
        chosen = self["reasons"].value() or []
        for reason in Reason:
            words = self[f"text-{reason.value}"] if reason.text_required else None
            yield reason.value, reason.label, reason.value in chosen, words

    def consequence_rows(self) -> Iterator[tuple[str, str, bool]]:
        """Each consequence: code, label, whether it is chosen."""
        chosen = self["consequences"].value() or []
        for each in Consequence:
            yield each.value, each.label, each.value in chosen

    @property
    def expects_other(self) -> bool:
        """True where 'something else' is ticked, which needs words."""
        return Consequence.OTHER in (self["consequences"].value() or [])

    def ask(self, *, uncovered: bool) -> None:
        """Mark what the choice needs as needed; the rule checks it."""
        self.is_valid()  # before the mark, so that the rule's sentence is the only one
        self.fields["safety_strategy"].required = uncovered
        self.fields["consequence_text"].required = uncovered and self.expects_other

    def hidden(self) -> str:
        """Everything typed, carried to the next page unseen."""
        pairs = [(name, value) for name in self.fields for value in self.data.getlist(name)]  # type: ignore[attr-defined]
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs) or format_html("")

    def take(self, refused: Refused) -> None:
        """Put each finding beside the field it is about."""
        for finding in refused.findings:
            field = self.FIELD_OF.get(finding.code)
            if finding.code == "asam.reason_text_missing":
                field = f"text-{finding.detail['reason']}"
            self.add_error(field if field in self.fields else None, finding.message)
