"""What is typed on the level page: ratings with their evidence, and a decision."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html

from asam.models import Assessment
from asam.rules.catalog import Catalog
from asam.rules.decision import Reason
from asam.rules.levels import LEVELS
from audit.rules.findings import Refused
from programs.models import Placement, Program
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, roles_with

TEXT_REASONS = tuple(reason for reason in Reason if reason.text_required)


class RatingForm(forms.Form):
    """The kind of assessment and the request's key; the lines are read by ``read_ratings``."""

    key = forms.UUIDField()
    kind = forms.ChoiceField(choices=Assessment.Kind.choices)


def read_ratings(posted: QueryDict, catalog: Catalog) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The codes and the evidence typed for each line, unchecked: 'not yet rated' is an empty list."""
    ratings = {sub.key: [code for code in posted.getlist(sub.key) if code] for sub in catalog.subdimensions}
    evidence = {sub.key: posted.get(f"evidence-{sub.key}", "") for sub in catalog.subdimensions}
    return ratings, evidence


def deciders(site_id: int, at: datetime, *, but: Person) -> QuerySet[Person]:
    """Who may sign as supervisor at a site: others who may decide there now."""
    roles = [role.value for role in roles_with(Capability.DECIDE)]
    held = RoleAssignment.objects.filter(site_id=site_id, role__in=roles, started_at__lte=at).exclude(ended_at__lte=at)
    return Person.objects.filter(is_active=True, pk__in=held.values("person_id")).exclude(pk=but.pk).order_by("name")


class DecisionForm(forms.Form):
    """A chosen level, the program to enter, reasons with their words, the safety strategy and the supervisor.

    Which of them a choice needs is the rule's to say (``asam.rules.decision``); ``take`` puts its findings beside the fields.
    """

    FIELD_OF = {
        "asam.level_unknown": "selected", "asam.reason_missing": "reasons", "asam.reason_unknown": "reasons",
        "asam.safety_strategy_missing": "safety_strategy", "asam.supervisor_missing": "supervisor",
        "asam.supervisor_same": "supervisor", "asam.supervisor_not_allowed": "supervisor",
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
    safety_strategy = forms.CharField(
        label="How the person is kept safe", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )  # fmt: skip
    supervisor = forms.ModelChoiceField(
        Person.objects.none(), label="Supervisor who signs as well", required=False, empty_label="Choose",
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"invalid_choice": "Choose someone of the list: they may decide levels here."},
    )  # fmt: skip

    def __init__(
        self, *args: Any, placement: Placement, at: datetime, by: Person, present: str, recommended: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        site_id = placement.program.site_id
        self.initial.setdefault("key", uuid4())
        self.initial.setdefault("selected", recommended)
        self.fields["selected"].choices = [(code, f"{code} {level.name}") for code, level in LEVELS.items()]  # type: ignore[attr-defined]
        for reason in TEXT_REASONS:
            self.fields[f"text-{reason.value}"] = forms.CharField(
                label=reason.label, required=False, max_length=1000, widget=forms.TextInput(attrs={"class": "input"})
            )
        chosen = self.data.get("selected") if self.is_bound else self.initial["selected"]
        offered = Program.objects.filter(site_id=site_id, kind=Program.Kind.TREATMENT, level=chosen or "")
        self.offered = list(offered)
        self.stays = chosen == present
        program = self.fields["program"]
        program.queryset = offered  # type: ignore[attr-defined]
        if self.offered:
            program.empty_label = None  # type: ignore[attr-defined]
            self.initial.setdefault("program", self.offered[0].pk)
        program.required = bool(self.offered) and not self.stays
        self.fields["supervisor"].queryset = deciders(site_id, at, but=by)  # type: ignore[attr-defined]
        self.chosen = str(chosen or "")

    @property
    def reason_texts(self) -> dict[str, str]:
        """The words for each reason that takes some."""
        return {reason.value: self.cleaned_data.get(f"text-{reason.value}", "") for reason in TEXT_REASONS}

    def reason_rows(self) -> Iterator[tuple[str, str, bool, forms.BoundField | None]]:
        """Each reason: code, label, whether it is chosen, and the field for its words."""
        chosen = self["reasons"].value() or []
        for reason in Reason:
            words = self[f"text-{reason.value}"] if reason.text_required else None
            yield reason.value, reason.label, reason.value in chosen, words

    def ask(self, *, uncovered: bool) -> None:
        """Mark what the choice needs as needed; the rule checks it."""
        self.is_valid()  # before the marks, so that the rule's sentence is the only one
        for name in ("safety_strategy", "supervisor"):
            self.fields[name].required = uncovered

    def hidden(self) -> str:
        """Everything typed, carried to the next page unseen."""
        pairs = [(name, value) for name in self.fields for value in self.data.getlist(name)]  # type: ignore[attr-defined]
        return format_html(
            "{}" * len(pairs), *(format_html('<input type="hidden" name="{}" value="{}">', *pair) for pair in pairs)
        )

    def take(self, refused: Refused) -> None:
        """Put each finding beside the field it is about."""
        for finding in refused.findings:
            field = self.FIELD_OF.get(finding.code)
            if finding.code == "asam.reason_text_missing":
                field = f"text-{finding.detail['reason']}"
            self.add_error(field if field in self.fields else None, finding.message)
