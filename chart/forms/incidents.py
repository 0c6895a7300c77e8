"""What is typed into a report of an incident."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms

from chart.actions.incidents import Involved, ToldTo
from chart.rules.incidents import Kind, Part, Severity, Step
from programs.forms import WallClock
from programs.models import Client
from staff.models import Person

PEOPLE, TOLD = 4, 3
"""How many clients, and how many who were told, one report has lines for."""

SELECT = {"class": "input"}
FIELD_OF = {
    "incidents.kind": "kind", "incidents.severity": "severity", "incidents.place": "place", "incidents.what": "what",
    "incidents.done": "done", "incidents.why": "corrected_why", "incidents.future": "happened_at",
}  # fmt: skip


class IncidentForm(forms.Form):
    """A report. ``client0``, ``part0``, ``about0``, ``injury0`` and so on; ``who0``, ``how0``, ``told0`` and so on."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="What sort of thing", choices=[("", "Choose"), *((each.value, each.label) for each in Kind)],
        widget=forms.Select(attrs=SELECT), error_messages={"required": "Choose what sort of thing happened."},
    )  # fmt: skip
    severity = forms.ChoiceField(
        label="How bad it was", choices=[("", "Choose"), *((each.value, each.label) for each in Severity)],
        widget=forms.Select(attrs=SELECT), error_messages={"required": "Choose how bad it was."},
    )  # fmt: skip
    happened_at = WallClock(passed=True, label="When it happened")
    place = forms.CharField(
        label="Where", max_length=80, widget=forms.TextInput(attrs=SELECT), error_messages={"required": "Say where."}
    )
    what = forms.CharField(
        label="What happened", max_length=4000, widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
        error_messages={"required": "Say what happened."}, help_text="The report. It goes into nobody's chart.",
    )  # fmt: skip
    done = forms.CharField(
        label="What was done", max_length=4000, widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        error_messages={"required": "Say what was done."},
    )  # fmt: skip
    staff = forms.TypedMultipleChoiceField(
        label="Colleagues who were there", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    corrected_why = forms.CharField(
        label="Why it is corrected", max_length=200, required=False, widget=forms.TextInput(attrs=SELECT)
    )

    def __init__(self, *args: Any, clients: Sequence[Client], staff: Sequence[Person], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid4())
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [(str(each.pk), each.signature) for each in staff]  # type: ignore[attr-defined]
        named = [("", "Nobody"), *((str(each.pk), f"{each.called} ({each.record_number})") for each in clients)]
        for n in range(PEOPLE):
            self._add(
                f"client{n}",
                forms.ChoiceField(label="Client", choices=named, required=False, widget=forms.Select(attrs=SELECT)),
            )
            parts = [(each.value, each.label) for each in Part]
            self._add(
                f"part{n}",
                forms.ChoiceField(label="Part", choices=parts, required=False, widget=forms.Select(attrs=SELECT)),
            )
            about = forms.Textarea(attrs={"class": "input", "rows": 2})
            self._add(
                f"about{n}",
                forms.CharField(label="Of this client alone", max_length=2000, required=False, widget=about),
            )
            self._add(
                f"injury{n}",
                forms.CharField(label="Injury", max_length=300, required=False, widget=forms.TextInput(attrs=SELECT)),
            )
        for n in range(TOLD):
            self._add(
                f"who{n}",
                forms.CharField(
                    label="Who was told", max_length=120, required=False, widget=forms.TextInput(attrs=SELECT)
                ),
            )
            self._add(
                f"how{n}",
                forms.CharField(label="How", max_length=120, required=False, widget=forms.TextInput(attrs=SELECT)),
            )
            self._add(f"told{n}", WallClock(passed=True, label="When", required=False))

    def _add(self, name: str, field: forms.Field) -> None:
        self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """A line that is begun is whole."""
        typed = self.cleaned_data
        for n in range(PEOPLE):
            if typed.get(f"client{n}") and not typed.get(f"about{n}"):
                self.add_error(f"about{n}", "Say of this client alone what happened, without the names of others.")
            if not typed.get(f"client{n}") and typed.get(f"about{n}"):
                self.add_error(f"client{n}", "Choose whom this is about.")
        for n in range(TOLD):
            if typed.get(f"who{n}") and typed.get(f"told{n}") is None and f"told{n}" not in self.errors:
                self.add_error(f"told{n}", "Say when they were told.")
        return typed

    def people(self) -> Iterator[Mapping[str, forms.BoundField]]:
        """The lines of clients, as a page shows them."""
        for n in range(PEOPLE):
            yield {name: self[f"{name}{n}"] for name in ("client", "part", "about", "injury")}

    def tellings(self) -> Iterator[Mapping[str, forms.BoundField]]:
        """The lines of who was told."""
        for n in range(TOLD):
            yield {name: self[f"{name}{n}"] for name in ("who", "how", "told")}

    def involved(self) -> list[Involved]:
        """The clients that were named."""
        typed = self.cleaned_data
        return [
            Involved(int(typed[f"client{n}"]), typed[f"part{n}"], typed[f"about{n}"], typed[f"injury{n}"])
            for n in range(PEOPLE)
            if typed[f"client{n}"]
        ]

    def told(self) -> list[ToldTo]:
        """Who was told."""
        typed = self.cleaned_data
        found: list[ToldTo] = []
        for n in range(TOLD):
            told_at: datetime | None = typed[f"told{n}"]
            if typed[f"who{n}"] and told_at is not None:
                found.append(ToldTo(typed[f"who{n}"], typed[f"how{n}"], told_at))
        return found


class ToldForm(forms.Form):
    """Somebody was told later on."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    who = forms.CharField(label="Who was told", max_length=120, widget=forms.TextInput(attrs=SELECT))
    how = forms.CharField(label="How", max_length=120, required=False, widget=forms.TextInput(attrs=SELECT))
    told_at = WallClock(passed=True, label="When")


class ReviewForm(forms.Form):
    """A step of the review."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    step = forms.ChoiceField(
        label="What you write", choices=[(each.value, each.label) for each in Step], widget=forms.Select(attrs=SELECT)
    )
    text = forms.CharField(
        label="In words", max_length=4000, widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        error_messages={"required": "Say it in words."},
    )  # fmt: skip
