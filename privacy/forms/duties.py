"""What is asked about legal papers and incidents of privacy. The actions judge the values; a refusal stands beside its field."""

from typing import cast

from django import forms

from privacy.forms.recipients import one_of
from privacy.models import EmergencyCall, Recipient
from privacy.rules.breaches import Told
from privacy.rules.classes import InfoClass
from privacy.rules.legal import SECTIONS, Answer, LegalKind, LegalStepKind
from programs.desk import Desk
from programs.forms import RuledForm, WallClock, day, text
from programs.models import Site


def lines(label: str, missing: str = "", hint: str = "", rows: int = 2) -> forms.CharField:
    """A few lines of words."""
    return forms.CharField(
        label=label, required=bool(missing), help_text=hint, error_messages={"required": missing},
        widget=forms.Textarea(attrs={"class": "input", "rows": rows}),
    )  # fmt: skip


def count(label: str, hint: str = "") -> forms.IntegerField:
    """How many."""
    return forms.IntegerField(
        label=label, help_text=hint, min_value=1, max_value=10_000_000,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={
            "required": "Write how many.", "invalid": "Write a number.", "min_value": "At least 1.", "max_value": "Write fewer.",
        },
    )  # fmt: skip


class LegalForm(RuledForm):
    """A legal paper as it came; the last fields are an order's."""

    kind = one_of("What came", [(each.value, each.label) for each in LegalKind], "Choose what came.")
    received_on = day("Received on", "Write the day on which it came.")
    due_on = day("To be answered by", hint="As it says, if it does")
    sender = text("From", "Write who sent it.", "The lawyer, officer or agency")
    court = text("Court")
    docket = text("Docket", hint="Its number, without names: it stands on the reply")
    named = text("Who it asks for", "Write who it asks for, as it stands there.")
    record_number = text("Record number", hint="Where that is a client. It is never told to whoever asks")
    asks = lines("What it asks for", "Write what it asks for.")
    section = forms.ChoiceField(
        label="Order under", required=False, choices=[("", "No order"), *SECTIONS.items()],
        help_text="From here on: for a court order alone", widget=forms.Select(attrs={"class": "input"}),
        error_messages={"invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    classes = forms.MultipleChoiceField(
        label="Parts the order names", required=False, choices=[(each.value, each.label) for each in InfoClass],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    recipient = forms.ChoiceField(
        label="To whom it lets the record go", required=False, widget=forms.Select(attrs={"class": "input"}),
        error_messages={"invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    until = WallClock(label="The order ends", required=False)
    mandate = text("Its mandate", hint="The subpoena that came with it")
    confidential_finding = forms.BooleanField(
        label="It cites a finding under 42 CFR 2.63 (confidential communications)", required=False
    )

    def __init__(self, desk: Desk, site: Site, *args: object, **kwargs: object) -> None:
        super().__init__(desk, site, *args, **kwargs)
        rows = Recipient.objects.current(desk.now).filter(client=None, organisation=site.organisation_id)
        names = [(str(each.pk), each.name) for each in rows.order_by("name")]
        cast("forms.ChoiceField", self.fields["recipient"]).choices = [("", "Not said"), *names]
        self.fields["received_on"].initial = self.today


class LegalStepForm(RuledForm):
    """What happened to it."""

    kind = one_of("What happened", [(each.value, each.label) for each in LegalStepKind], "Choose what happened.")
    answer = forms.ChoiceField(
        label="How it was answered", required=False, choices=[("", "Not answered"), *((each.value, each.label) for each in Answer)],
        widget=forms.Select(attrs={"class": "input"}), error_messages={"invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    words = lines("In words", "Write what came, what counsel said, or how it was sent.")


class IncidentForm(RuledForm):
    """Something may have gone wrong."""

    what = lines(
        "What happened", "Write what happened.", "No names: clients are named by record number on the next page", 4
    )
    happened_on = day("Happened on", hint="Empty: not known")
    discovered_at = WallClock(
        passed=True, label="Discovered", help_text="When anybody here first knew of it: the clocks run from that day"
    )
    people = count("How many people", "As far as it is known")
    call = forms.ChoiceField(
        label="An emergency call that went to somebody who may not be told", required=False, widget=forms.Select(attrs={"class": "input"}),
        error_messages={"invalid_choice": "Choose one of the list."},
    )  # fmt: skip

    def __init__(self, desk: Desk, site: Site, *args: object, **kwargs: object) -> None:
        super().__init__(desk, site, *args, **kwargs)
        self.fields["discovered_at"].initial = desk.now.replace(second=0, microsecond=0)
        rows = EmergencyCall.objects.filter(site=site, disclosure=None, incident=None).select_related("client")
        found = [
            (str(row.pk), f"{row.client.record_number}, {row.at.astimezone(site.tz):%-d %b, %H:%M}") for row in rows
        ]
        cast("forms.ChoiceField", self.fields["call"]).choices = [("", "None"), *found]


class PersonForm(RuledForm):
    """A client whom it concerns."""

    record_number = text("Record number", "Write the record number.")


class AssessForm(RuledForm):
    """The four factors, and what follows."""

    information = lines("1. What information, and how easily somebody is known by it", "Write what information it was.")
    receiver = lines("2. Who used it or received it", "Write who used it or received it.")
    acquired = lines("3. Was it really seen or taken", "Write whether it was really seen or taken.")
    mitigated = lines("4. What was done to make the risk smaller", "Write what was done.")
    breach = forms.ChoiceField(
        label="Decision", choices=[("yes", "A breach"), ("no", "Low probability that it was compromised")], widget=forms.RadioSelect,
        error_messages={"required": "Choose what follows from it.", "invalid_choice": "Choose one of these."},
    )  # fmt: skip
    reason = lines("Why", "Write why.")
    people = count("How many people")
    most_in_state = count("The most who live in one state", "More than 500: the media are told too")


class NoticeForm(RuledForm):
    """Somebody was told."""

    whom = one_of("Who was told", [(each.value, each.label) for each in Told], "Choose who was told.")
    sent_on = day("On", "Write the day.")
    how = text(
        "How", "Write how they were told.", "First-class mail without a word of treatment on the envelope; the web form"
    )
    proof = text("Where the proof is", "Write where the proof is kept.")


class CloseForm(RuledForm):
    """The end of an incident."""

    words = lines("What was learned, and what is done differently", "Write what was learned.")
