"""What the placement list asks for. The rules say what is wrong with a value; a form puts it beside the field."""

from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from admissions.rules import asking
from asam.rules.levels import LEVELS
from programs.desk import Desk
from programs.forms import RuledForm, WallClock, day, text
from programs.models import PlacementRequest


def level(missing: str = "") -> forms.ChoiceField:
    """A level of care."""
    return forms.ChoiceField(
        label="Level" if missing else "Level wanted", required=bool(missing),
        choices=[("", "Choose" if missing else "Not yet rated"), *((code, f"{code} {it.name}") for code, it in LEVELS.items())],
        error_messages={"required": missing, "invalid_choice": "There is no such level. Choose one of the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip


class PersonForm(RuledForm):
    """Who asks: the names and the birth date by which they are recognised."""

    first_name = text("First name", "Write the first name.")
    last_name = text("Last name", "Write the last name.")
    preferred_name = text("Preferred name", hint="If they go by another first name")
    born_on = day("Birth date", "Write the birth date.")

    def clean(self) -> dict[str, object]:
        """Names of letters, a birth date that can be."""
        values = self.cleaned_data
        for name, what in (
            ("first_name", "first name"),
            ("last_name", "last name"),
            ("preferred_name", "preferred name"),
        ):
            if name in values:
                values[name] = " ".join(values[name].split())
                self.take(asking.check_name(values[name], name, what, required=name != "preferred_name"))
        if values.get("born_on"):
            self.take(asking.check_birth(values["born_on"], self.today))
        return values


class FactsForm(RuledForm):
    """What is known of the asking."""

    level_wanted = level()
    ready_on = day("Ready on", hint="Left empty: not known")
    payer = text("Payer")
    contact = text("How to reach them", hint="In their own words: 'mornings, sister's phone'")
    pregnant = forms.BooleanField(label="Pregnant", required=False)
    injects = forms.BooleanField(label="Injects drugs", required=False)

    def clean_ready_on(self) -> date | None:
        """Within two years."""
        ready_on: date | None = self.cleaned_data["ready_on"]
        for finding in asking.check_ready(ready_on, self.today):
            raise ValidationError(finding.message)
        return ready_on


class AskForm(PersonForm, FactsForm):
    """A new inquiry: who asks, and for what. ``who`` is a client, or 'new'; None of both while nobody was chosen."""

    who = forms.CharField(required=False)
    reason = forms.CharField(
        required=False, max_length=400, widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
        error_messages={"max_length": "400 letters fit. Say it shorter."},
    )  # fmt: skip
    field_order = ("first_name", "last_name", "preferred_name", "born_on")

    @property
    def client_id(self) -> int | None:
        """The client chosen, None for a new person."""
        who = str(self.cleaned_data.get("who", ""))
        return int(who) if who.isascii() and who.isdigit() and len(who) < 12 else None


class SeenForm(RuledForm):
    """An act on a line, with the state it was seen in; alone, an act that asks nothing."""

    seen_state = forms.CharField(widget=forms.HiddenInput, required=False)


class ApproveForm(SeenForm):
    """The level that was approved."""

    level_wanted = level("Choose the level that was approved.")


class ScheduleForm(SeenForm):
    """The date to come."""

    on = day("Comes on", "Choose the date to come.")


class WithdrawForm(SeenForm):
    """Why they no longer ask."""

    why = text("Why", "Say why they no longer ask.")


class ReferForm(SeenForm):
    """Where to, and why."""

    to = text("Referred to", "Say where they were referred to.")
    why = text("Why", "Say why they were referred.")


class InterimForm(SeenForm):
    """When interim services began."""

    begun_at = WallClock(passed=True, label="Interim services began")

    def clean_begun_at(self) -> datetime:
        """Not later than now."""
        instant: datetime = self.cleaned_data["begun_at"]
        if instant > self.desk.now:
            raise ValidationError("That hour is still to come. Write when they began.")
        return instant


class ChangeForm(FactsForm):
    """The facts of a line, with the version of it that was seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


def facts_of(request: PlacementRequest, version: int) -> dict[str, object]:
    """What stands in the change form of a line."""
    names = ("level_wanted", "ready_on", "payer", "contact", "pregnant", "injects")
    return {name: getattr(request, name) for name in names} | {"seen": version}


def now_on_clock(desk: Desk) -> datetime:
    """This minute, as a field shows it."""
    return timezone.localtime(desk.now).replace(second=0, microsecond=0)
