"""What is asked for a restriction, and about what was told by telephone in an emergency. The rules of ``privacy`` judge the values."""

from typing import cast

from django import forms

from chart.forms.consents import Ticks
from chart.forms.facts import FactForm, listed, minute, pick, words
from privacy.models import EmergencyCall, Recipient, RestrictionRequest
from privacy.queries.restrictions import in_force
from privacy.rules.classes import ORDINARY, TPO, InfoClass, Purpose, RecipientKind
from privacy.rules.grounds import EMERGENCY_SET
from privacy.rules.own_access import Wanted
from privacy.rules.restrictions import How, Step
from programs.forms import WallClock, day, text
from programs.people import ids_of

FIRST_SET = frozenset({
    InfoClass.IDENTITY, InfoClass.ALLERGIES, InfoClass.MEDICATIONS, InfoClass.DIAGNOSES, InfoClass.CONTACTS,
})  # fmt: skip
"""What an emergency begins with; more of ``EMERGENCY_SET`` is ticked where it is necessary."""
IN_EMERGENCY = [
    (each.value, each.label) for each in InfoClass if each in EMERGENCY_SET and each is not InfoClass.IDENTITY
]


class AccessForm(FactForm):
    """The client asks for their own record."""

    asked_on = day("Asked on", "Write the day on which they asked.", "The thirty days run from it")
    how = text("How they asked", "Write how they asked.", "In person, by telephone, a letter and where it is kept")
    asks = words("What they ask for", "Write what they ask for, in their words.")
    wanted = pick(
        "How they want it",
        [(each.value, each.label) for each in Wanted],
        "Choose in which form they want it.",
        Wanted.PAPER.value,
    )

    def prepare(self) -> None:
        """Today, unless it came earlier."""
        self.fields["asked_on"].initial = self.today


class RestrictionForm(FactForm):
    """What the client asks to keep back."""

    words = words("What the client asks", "Write what the client asks, in their words.")
    how = pick("How they asked", [(each.value, each.label) for each in How], "Choose how they asked.", How.ORAL.value)
    purposes = Ticks("For what it is not to be used")
    classes = Ticks("Which parts", "None ticked: everything")
    recipient = listed("From whom", [])
    kind = listed("Or from every", [(each.value, each.label) for each in RecipientKind])
    paid_in_full = forms.BooleanField(
        label="It was paid in full by or for the client: keep it from the health plan", required=False
    )
    evidence = text("How that is known", hint="For what was paid in full: the receipt, the day")

    def prepare(self) -> None:
        """The recipients there are."""
        purposes, classes = (cast("Ticks", self.fields[name]) for name in ("purposes", "classes"))
        purposes.choices = [(each.value, each.label.capitalize()) for each in Purpose if each in TPO]
        classes.choices = [(each.value, each.label) for each in InfoClass if each in ORDINARY]
        rows = Recipient.objects.current(self.desk.now).filter(client=None, organisation=self.site.organisation_id)
        names = [(each.pk, each.name) for each in rows.order_by("name")]
        cast("forms.ChoiceField", self.fields["recipient"]).choices = [("", "Not one alone"), *names]
        cast("forms.ChoiceField", self.fields["kind"]).choices = [
            ("", "Not a kind"), *((each.value, each.label) for each in RecipientKind)
        ]  # fmt: skip


class DecideForm(FactForm):
    """Agreed or declined."""

    decision = pick(
        "Decision", [(each.value, each.label) for each in (Step.AGREED, Step.DECLINED)], "Choose agreed or declined."
    )
    reason = words("Why", hint="Needed to decline; the client is told")

    def prepare(self) -> None:
        """What was paid in full can only be agreed to."""
        if cast("RestrictionRequest", self.row).paid_in_full:
            cast("forms.ChoiceField", self.fields["decision"]).choices = [(Step.AGREED.value, Step.AGREED.label)]
            self.fields["decision"].initial = Step.AGREED.value


class EndRestrictionForm(FactForm):
    """Who ends it, and how."""

    how = pick("How it ends", [], "Choose how it ends.")
    reason = words(
        "What was said, or why", hint="By word: what the client said. By the program: why, and that the client was told"
    )
    paper = text("Where the client's paper is", hint="In writing: the folder, the scan")

    def prepare(self) -> None:
        """What was paid in full is never ended by the program."""
        choices = [
            (Step.ENDED_WRITTEN.value, "By the client, in writing"),
            (Step.ENDED_ORAL.value, "By the client, by word"),
        ]
        if not cast("RestrictionRequest", self.row).paid_in_full:
            choices.append((Step.ENDED_PROGRAM.value, "By the program, for later records"))
        cast("forms.ChoiceField", self.fields["how"]).choices = choices


class EmergencyFacts(FactForm):
    """The facts of 42 CFR 2.51(c), for the paper and for what was told by telephone."""

    facility = text("Hospital or service", hint="Where they work: City Hospital, ambulance of the county")
    personnel = text("Medical personnel", hint="The name of whom you tell")
    medical = forms.BooleanField(label="They are medical personnel who treat this emergency", required=False)
    nature = words("What the emergency is")

    def asks_restraint(self) -> bool:
        """Whether the client asked for a restriction that stands."""
        return bool(in_force(ids_of(self.client), self.desk.now))


class PaperForm(EmergencyFacts):
    """A paper for them, now."""

    classes = Ticks("What they need, besides name, date of birth and record number")

    def prepare(self) -> None:
        """The parts an emergency usually needs, the first ones ticked; on paper every fact is there from the start."""
        for name in ("facility", "personnel", "nature"):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = "Write this first: without it nothing may be released."
        cast("Ticks", self.fields["classes"]).choices = IN_EMERGENCY
        self.fields["classes"].initial = [each.value for each in FIRST_SET]


class CallForm(EmergencyFacts):
    """What was told by word. What is not known yet may be written later; a task waits for it."""

    told_at = WallClock(passed=True, label="When", required=False)
    discloser = text("Who told them", hint="The name of whoever spoke")
    classes = Ticks("What was told, besides name, date of birth and record number")

    def prepare(self) -> None:
        """What is known so far; else this minute and whoever writes."""
        classes = cast("Ticks", self.fields["classes"])
        classes.choices = IN_EMERGENCY
        if self.asks_restraint():
            classes.help_text = "The client asked for a restriction: ask them not to use or disclose this further."
        if isinstance(self.row, EmergencyCall):
            self.start_from(self.row, "facility", "personnel", "medical", "nature", "told_at", "discloser", "classes")
            return
        self.fields["told_at"].initial = minute(self.desk.now)
        self.fields["discloser"].initial = self.desk.person.signature
        classes.initial = [each.value for each in FIRST_SET]
