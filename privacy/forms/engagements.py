"""What is asked about an audit, an evaluation or research. The actions judge the values; a refusal stands beside its field."""

from typing import cast

from django import forms

from privacy.forms.duties import lines
from privacy.forms.recipients import one_of
from privacy.models import Recipient
from privacy.rules.classes import ORDINARY, InfoClass
from privacy.rules.engagements import EngagementKind, EngagementStepKind
from programs.desk import Desk
from programs.forms import RuledForm, day, text
from programs.models import Site


class EngagementForm(RuledForm):
    """What was agreed; then what is an audit's with copies, and last what is research's."""

    kind = one_of("What it is", [(each.value, each.label) for each in EngagementKind], "Choose what it is.")
    recipient = one_of("Who does it", [], "Choose who does it.", "From the list of recipients")
    agency = text("For whom", "Write for whom it is done.", "The agency, payer or institution behind it")
    authority = text(
        "Authority", "Write on which authority it is done.",
        "An audit: the law, contract or duty. Research: the authorization, waiver or exemption and where it is kept",
    )  # fmt: skip
    agreement = text("Where the signed agreement is", "Write where the signed agreement is.", "A number, a folder")
    classes = forms.MultipleChoiceField(
        label="Parts of the record", choices=[(each.value, each.label) for each in InfoClass if each in ORDINARY],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the parts that were agreed.", "invalid_choice": "Choose parts from the list."},
    )  # fmt: skip
    first_day = day("First day", "Write its first day.")
    last_day = day("Last day", "Write its last day.")
    copies = forms.BooleanField(label="An audit that takes copies (2.53(b))", required=False)
    listed_sponsor = forms.BooleanField(
        label="It is done for a listed sponsor: a government agency that funds or regulates the program, a payer, or who controls it",
        required=False,
    )  # fmt: skip
    destroy_by = day("Copies destroyed by", hint="As they agreed in writing")
    director = text("The director's determination", hint="Research: what was determined, on which day")
    linkage = forms.BooleanField(label="Research that links data with other records", required=False)
    irb = text("Review board", hint="Research that links data: who approved it")

    def __init__(self, desk: Desk, site: Site, *args: object, **kwargs: object) -> None:
        super().__init__(desk, site, *args, **kwargs)
        rows = Recipient.objects.current(desk.now).filter(client=None, organisation=site.organisation_id)
        names = [(str(each.pk), f"{each.name} ({each.get_kind_display()})") for each in rows.order_by("name")]
        cast("forms.ChoiceField", self.fields["recipient"]).choices = [("", "Choose"), *names]
        self.fields["first_day"].initial = self.today


class EngagementStepForm(RuledForm):
    """It ended, or its copies were destroyed."""

    kind = one_of("What happened", [(each.value, each.label) for each in EngagementStepKind], "Choose what happened.")
    words = lines("In words", "Write what happened.")
    destroyed_on = day("Destroyed on", hint="Where copies were destroyed")
    proof = text("Where the proof is", hint="Their letter, a certificate of destruction")
