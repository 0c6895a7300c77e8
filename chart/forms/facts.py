"""What the sheets of a chart's facts ask. The actions judge the values; a refusal stands beside the field it names."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django import forms
from django.utils import timezone

from chart.models import (
    Allergy,
    BelongingEnd,
    Contact,
    Diagnosis,
    DrugScreen,
    SafeChannel,
    ScreenStep,
    TeamMember,
)
from chart.panels import panels
from chart.rules.diagnoses import MOST
from programs.desk import Desk
from programs.forms import RuledForm, WallClock, day, text
from programs.models import Client, Site
from staff.models import Person
from staff.queries import who_works_at


class FactForm(RuledForm):
    """One sheet about a client; ``row`` is what it is about, None for a new one. Subclasses fill their first values in ``prepare``."""

    def __init__(self, desk: Desk, site: Site, client: Client, row: object, *args: object, **kwargs: object) -> None:
        super().__init__(desk, site, *args, **kwargs)
        self.client, self.row = client, row
        self.prepare()

    def prepare(self) -> None:
        """Nothing to fill in, unless a subclass says so."""

    def start_from(self, row: object, *names: str) -> None:
        """The fields begin as the row has them."""
        for name in names:
            self.fields[name].initial = getattr(row, name)


def pick(
    label: str, choices: Iterable[tuple[object, object]], missing: str = "", initial: object = None
) -> forms.ChoiceField:
    """One of a few, as large buttons side by side; required where ``missing`` is said."""
    return forms.ChoiceField(
        label=label, choices=list(choices), required=bool(missing), initial=initial, widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": "Choose one of the list."},
    )  # fmt: skip


def listed(label: str, choices: Iterable[tuple[object, object]], missing: str = "") -> forms.ChoiceField:
    """One of a list."""
    return forms.ChoiceField(
        label=label, required=bool(missing), choices=[("", "Choose" if missing else "Not said"), *choices],
        error_messages={"required": missing, "invalid_choice": "Choose one of the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip


def words(label: str, missing: str = "", hint: str = "", rows: int = 2) -> forms.CharField:
    """A few lines of text."""
    return forms.CharField(
        label=label, required=bool(missing), help_text=hint, error_messages={"required": missing},
        widget=forms.Textarea(attrs={"class": "input", "rows": rows}),
    )  # fmt: skip


def minute(now: datetime) -> datetime:
    """This minute, as a field shows it."""
    return timezone.localtime(now).replace(second=0, microsecond=0)


class Nothing(FactForm):
    """A sheet that asks nothing but whether it is meant."""


class AllergyForm(FactForm):
    """An allergy or intolerance."""

    substance = text("Substance", "Write the substance: a medication, a food or a material.", autofocus="autofocus")
    kind = pick("Kind", Allergy.Kind.choices, "Choose allergy or intolerance.", Allergy.Kind.ALLERGY)
    reaction = text("Reaction", hint="What happened: hives, swelling, nausea")
    severity = pick("Severity", Allergy.Severity.choices, "Choose how severe it was.", Allergy.Severity.UNKNOWN)
    source = listed("Who says so", [each for each in Allergy.Source.choices if each[0]])


class WhyForm(FactForm):
    """A reason alone."""

    why = text("Why", "Say why.")


class DiagnosisForm(FactForm):
    """A diagnosis; with a row, what takes its place."""

    name = text("Name", "Write the name of the diagnosis.", "Typed by you; no list of names is kept here")
    code = text("ICD-10-CM code", hint="As F10.20; empty where there is none", autocapitalize="characters")
    kind = pick("Kind", [], "Choose what kind of diagnosis it is.")
    onset_on = day("Began on", hint="Empty: not known")
    resolved_on = day("Resolved on", hint="For 'Resolved' alone")
    place = forms.IntegerField(
        label="Place in the list", required=False, help_text="1 stands first", min_value=1, max_value=MOST,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={"invalid": "Write a number.", "min_value": "1 stands first.", "max_value": f"{MOST} is the last."},
    )  # fmt: skip
    why = text("Why it changes", "Say why it is changed.")

    def prepare(self) -> None:
        """A change begins as the old row; only it says why."""
        kind = cast("forms.ChoiceField", self.fields["kind"])
        kind.choices = [each for each in Diagnosis.Kind.choices if self.row or each[0] != Diagnosis.Kind.MISTAKE]
        if isinstance(self.row, Diagnosis):
            self.start_from(self.row, "name", "code", "kind", "onset_on", "resolved_on", "place")
        else:
            del self.fields["why"]
            kind.initial = Diagnosis.Kind.SECONDARY


class ContactForm(FactForm):
    """Somebody outside."""

    name = text("Name", "Write their name.")
    relation = text("Who they are to the client", "Say who they are: mother, probation officer.")
    phone = text("Phone", inputmode="tel")
    emergency = forms.BooleanField(label="Called in an emergency", required=False)
    note = text("Note", hint="Such as when to call")

    def prepare(self) -> None:
        """A change begins as the old line."""
        if isinstance(self.row, Contact):
            self.start_from(self.row, "name", "relation", "phone", "emergency", "note")


class ChannelForm(FactForm):
    """What the client said about one way of reaching them."""

    way = pick("Way", SafeChannel.Way.choices, "Choose a way of reaching them.")
    allowed = pick("May it be used?", [("yes", "Allowed"), ("no", "Not allowed")], "Say whether it may be used.")
    note = text("Note", hint="In their words: 'say you are the dentist'")


class TeamForm(FactForm):
    """Somebody who works here, and their part on the team."""

    person = forms.ModelChoiceField(
        queryset=Person.objects.none(), label="Who", empty_label="Choose someone",
        error_messages={"required": "Choose who joins the team.", "invalid_choice": "Choose someone of the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    part = pick("Part", TeamMember.Part.choices, "Choose the part they have.")

    def prepare(self) -> None:
        """Who works at the client's site now."""
        field = cast("forms.ModelChoiceField[Person]", self.fields["person"])
        field.queryset = who_works_at(self.site.pk, self.desk.now)


class RecordForm(FactForm):
    """The client's own record."""

    first_name = text("Legal first name", "Write the first name.")
    last_name = text("Last name", "Write the last name.")
    preferred_name = text("Preferred name", hint="What they are called; shown everywhere")
    pronouns = text("Pronouns")
    born_on = day("Birth date", "Write the birth date.")
    clinical_sex = pick(
        "Sex for clinical use", Client.ClinicalSex.choices, "Choose one.", Client.ClinicalSex.UNKNOWN,
    )  # fmt: skip
    housing_preference = pick("Rooms", Client.Housing.choices, "Choose which rooms.")
    language = text("Language", hint="The one they speak best")
    interpreter = forms.BooleanField(label="Needs an interpreter", required=False)
    why = text("Why", hint="Where the legal name or the birth date changes")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """As it stands, with the version it stands in."""
        names = [name for name in self.fields if name not in {"why", "seen", "key"}]
        self.start_from(self.client, *names)
        newest = self.client.history.order_by("-history_id").values_list("history_id", flat=True).first()
        self.fields["seen"].initial = newest or 0
        self.fields["clinical_sex"].help_text = "What doses and tests go by. Rooms and pronouns say the rest."


class CollectForm(FactForm):
    """A specimen that was asked for; with a row, what takes its place."""

    collected_at = WallClock(passed=True, label="Asked for at")
    outcome = pick("What came of it", [], "Choose what came of it.", "collected")
    panel = listed("Panel", [], "Choose the panel.")
    specimen = pick("Specimen", [], "Choose what was given.")
    observed = pick("Observed", [("yes", "Observed"), ("no", "Not observed")], "Say whether it was observed.")
    temperature = pick("Temperature of urine", [("yes", "In range"), ("no", "Out of range"), ("", "Not read")])
    note = text("Note")
    why = text("Why it is corrected", "Say why it is corrected.")
    mistake = forms.BooleanField(label="It never happened: take it out of the log", required=False)

    def prepare(self) -> None:
        """Now, for a new one; a correction begins as the old row."""
        for name, choices in (
            ("outcome", DrugScreen.Outcome.choices), ("specimen", DrugScreen.Specimen.choices),
            ("panel", [("", "Choose"), *((each.code, each.name) for each in panels().values())]),
        ):  # fmt: skip
            cast("forms.ChoiceField", self.fields[name]).choices = list(choices)
        yes = {True: "yes", False: "no", None: ""}
        if isinstance(self.row, DrugScreen):
            self.start_from(self.row, "outcome", "panel", "specimen", "note", "collected_at")
            self.fields["observed"].initial = yes[self.row.observed]
            self.fields["temperature"].initial = yes[self.row.temperature_ok]
        else:
            del self.fields["why"], self.fields["mistake"]
            self.fields["collected_at"].initial = minute(self.desk.now)
            self.fields["temperature"].initial = ""


class StepForm(FactForm):
    """One step of a specimen's custody."""

    kind = listed("Step", [], "Choose the step that was done.")
    to = text("To whom, or which laboratory")
    when = WallClock(passed=True, label="When")

    def prepare(self) -> None:
        """Now, unless told otherwise."""
        cast("forms.ChoiceField", self.fields["kind"]).choices = [("", "Choose"), *ScreenStep.Kind.choices]
        self.fields["when"].initial = minute(self.desk.now)


class AnswerForm(FactForm):
    """What the client said to a safety plan; ``strokes`` is what was drawn."""

    how = pick(
        "How the client answered",
        [("drawn", "Signs here"), ("word", "By word"), ("refused", "Would not")],
        "Choose one.",
        "drawn",
    )
    note = text("What they said", hint="Needed where they would not sign")
    strokes = forms.CharField(widget=forms.HiddenInput, required=False)


class EndForm(FactForm):
    """How an item leaves."""

    how = pick("What became of it", [], "Choose what became of it.", "returned")
    to = text("Who takes it", hint="Where it is released to somebody else")
    signed_as = text("Signed by", hint="The name of who takes it, as they sign; empty where nobody signs")
    note = text("Note", hint="Why nobody signed, or how it was disposed of")
    strokes = forms.CharField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        """The ways that there are; the client signs first."""
        cast("forms.ChoiceField", self.fields["how"]).choices = BelongingEnd.How.choices
