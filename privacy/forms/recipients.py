"""What is asked about a recipient, an agreement and a caller."""

from django import forms

from privacy.models import CallerInquiry
from privacy.rules.classes import AgreementKind, Hipaa, Part2, RecipientKind
from programs.forms import RuledForm, day, text


def one_of(
    label: str, choices: list[tuple[str, str]], missing: str, hint: str = "", initial: str = ""
) -> forms.ChoiceField:
    """One of a list."""
    return forms.ChoiceField(
        label=label, choices=choices if initial else [("", "Choose"), *choices], initial=initial, help_text=hint,
        error_messages={"required": missing, "invalid_choice": "Choose one of the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip


class RecipientForm(RuledForm):
    """A recipient, and what it is under the law."""

    name = text(
        "Name", "Write the name of the organisation or the person.", "As it stands on letters, with the department."
    )
    kind = one_of(
        "What it is", [(each.value, each.label) for each in RecipientKind], "Choose what kind of recipient it is."
    )
    address = forms.CharField(
        label="Address", required=False, widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
        help_text="It stands in the accounting that a client may ask for.",
    )  # fmt: skip
    phone = text("Telephone")
    hipaa = one_of(
        "Under HIPAA",
        [(each.value, each.label) for each in Hipaa],
        "Choose one.",
        "What is not known counts as neither.",
        Hipaa.UNKNOWN.value,
    )
    part2 = one_of(
        "Under 42 CFR Part 2",
        [(each.value, each.label) for each in Part2],
        "Choose one.",
        "What is not known counts as no.",
        Part2.UNKNOWN.value,
    )
    medical = forms.BooleanField(
        label="Medical personnel",
        required=False,
        help_text="In an emergency nobody else may be told without consent (42 CFR 2.51).",
    )


class AgreementForm(RuledForm):
    """An agreement with a recipient."""

    kind = one_of("Agreement", [(each.value, each.label) for each in AgreementKind], "Choose the kind of agreement.")
    starts_on = day("Counts from", "Write the day from which it counts.")
    ends_on = day("Last day", hint="Empty where it has none.")
    reference = text("Where it is kept", hint="A number, a folder.")


class EndForm(RuledForm):
    """The last day of an agreement."""

    ends_on = day("Last day", "Write its last day.")


class CallerForm(RuledForm):
    """Somebody outside asks for a person."""

    way = forms.ChoiceField(
        label="How they ask", choices=CallerInquiry.Way.choices, initial=CallerInquiry.Way.PHONE, widget=forms.RadioSelect,
        error_messages={"required": "Choose how they asked.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    asked_for = text("Who is asked for", "Write who is asked for.", "First and last name, as they said it.")
    caller = text("Who asks", hint="First and last name. Without it the answer is the one above.")
