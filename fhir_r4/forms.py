"""What the export of a chart asks for: to whom, for what, and which classes of information."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from fhir_r4.actions.read import classes_of
from privacy.models import Recipient
from privacy.queries.gate import Going
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.grounds import OwnAccess
from privacy.rules.notices import Channel
from programs.desk import Desk
from programs.forms import RuledForm, text
from programs.models import Client

CLIENT = "client"
PURPOSES = (
    Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT, Purpose.PATRQT, Purpose.MONITOR, Purpose.HRESCH,
)  # fmt: skip
PARTS = tuple(each for each in InfoClass if each in classes_of(()) and each is not InfoClass.IDENTITY)
"""What a chart as FHIR can consist of besides who it is about."""


class ExportForm(RuledForm):
    """``going`` is what it asks for, ``reasons`` what may be gone past, once it is valid."""

    to = forms.ChoiceField(
        label="To", error_messages={"required": "Choose who receives it.", "invalid_choice": "Choose someone from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label="Purpose", choices=[("", "Choose what it is for"), *((each.value, each.label.capitalize()) for each in PURPOSES)],
        error_messages={"required": "Choose what it is for.", "invalid_choice": "Choose a purpose from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    classes = forms.MultipleChoiceField(
        label="What", choices=[(each.value, each.label) for each in PARTS], widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one part.", "invalid_choice": "Choose parts from the list."},
    )  # fmt: skip
    request = text("The client's request", hint="For a client's own copy: when and how they asked.")
    reason = text("Why it is necessary", hint="Only where the gate asks for a reason.")

    def __init__(self, desk: Desk, client: Client, whom: Sequence[Recipient], *args: Any, **kwargs: Any) -> None:
        self.client, self.whom = client, {str(each.pk): each for each in whom}
        super().__init__(desk, desk.site, *args, **kwargs)
        people = [(pk, f"{each.name} ({each.get_kind_display()})") for pk, each in self.whom.items()]
        to = cast("forms.ChoiceField", self.fields["to"])
        to.choices = [("", "Choose who receives it"), *people, (CLIENT, f"{client.called}, in person: their own copy")]

    @property
    def parts(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen) of each class that can be chosen."""
        chosen = set(self["classes"].value() or ())
        return [(each.value, each.label, each.value in chosen) for each in PARTS]

    @property
    def going(self) -> Going:
        """What is to leave."""
        data = self.cleaned_data
        classes = frozenset({InfoClass.IDENTITY, *map(InfoClass, data["classes"])})
        ground = OwnAccess(request=data["request"]) if data["to"] == CLIENT else None
        return Going(
            self.client, self.site, self.whom.get(data["to"]), Purpose(data["purpose"]), classes, Channel.FILE, "Chart as FHIR R4",
            ground=ground,
        )  # fmt: skip

    @property
    def reasons(self) -> Mapping[str, str]:
        """The one reason answers the one thing that may be gone past."""
        return {"disclosure.more_than_needed": self.cleaned_data["reason"]} if self.cleaned_data["reason"] else {}
