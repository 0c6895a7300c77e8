"""What every form of a release asks: to whom, for what, which parts, and for a client's own copy which request it answers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, cast

from django import forms

from privacy.models import AccessRequest, Recipient
from privacy.queries.own_access import Access, asked_by, ground_of_access
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.grounds import OwnAccess
from privacy.rules.own_access import AccessStepKind, Wanted
from programs.desk import Desk
from programs.forms import RuledForm, text
from programs.models import Client
from programs.people import ids_of
from programs.rules.dates import said

CLIENT = "client"
AGAIN = timedelta(minutes=15)
"""A request that was answered a moment ago is still read: the same release, sent once more, is known by its key."""


class LeavingForm(RuledForm):
    """``PURPOSES`` and ``PARTS`` are what a form offers; ``offered`` who may be chosen, by key."""

    PURPOSES: ClassVar[Sequence[Purpose]] = ()
    PARTS: ClassVar[Sequence[InfoClass]] = ()

    to = forms.ChoiceField(
        label="To", error_messages={"required": "Choose who receives it.", "invalid_choice": "Choose someone from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label="Purpose", widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose what it is for.", "invalid_choice": "Choose a purpose from the list."},
    )  # fmt: skip
    classes = forms.MultipleChoiceField(
        label="What", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one part.", "invalid_choice": "Choose parts from the list."},
    )  # fmt: skip
    access = forms.ChoiceField(
        label="The client's request that this answers", required=False, widget=forms.Select(attrs={"class": "input"}),
        help_text="For a client's own copy, whole as they asked. For a part, say it below and answer the request under Privacy.",
        error_messages={"invalid_choice": "This request is answered already, or is not there. Reload the page."},
    )  # fmt: skip
    request = text(
        "Or how they asked", hint="For a client's own copy where no request is written down: when and how they asked."
    )
    reason = text("Why it is necessary", hint="Only where the gate asks for a reason.")

    def __init__(self, desk: Desk, client: Client, offered: Sequence[Recipient], *args: Any, **kwargs: Any) -> None:
        self.client, self.offered = client, {str(each.pk): each for each in offered}
        super().__init__(desk, desk.site, *args, **kwargs)
        people = [(pk, f"{each.name} ({each.get_kind_display()})") for pk, each in self.offered.items()]
        own = (CLIENT, f"{client.called}, in person: their own copy")
        self.offer("to", ("", "Choose who receives it"), *people, own)
        purposes = [(each.value, each.label.capitalize()) for each in self.PURPOSES]
        self.offer("purpose", ("", "Choose what it is for"), *purposes)
        self.offer("classes", *((each.value, each.label) for each in self.PARTS))
        found = [each.row for each in asked_by(ids_of(client), desk.now) if self._reads(each)]
        self.requests = {str(row.pk): row for row in found}
        named = [(pk, f"{row.pk}, of {said(row.asked_on)}: {row.asks}"[:90]) for pk, row in self.requests.items()]
        self.offer("access", ("", "None is written down" if not named else "Choose the request"), *named)

    def _reads(self, each: Access) -> bool:
        """What waits; and what was given a moment ago, for the same question once more."""
        if each.answer is None:
            return True
        lately = self.desk.now - each.answer.at <= AGAIN
        return self.is_bound and lately and each.answer.kind == AccessStepKind.GIVEN

    def offer(self, name: str, *choices: tuple[str, str]) -> None:
        """The choices of a field."""
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def begin(self, pk: str) -> AccessRequest | None:
        """Fill in what a request that waits says: to the client, at their request. None where there is no such request."""
        row = self.requests.get(pk)
        if row is not None:
            for name, value in (("to", CLIENT), ("purpose", Purpose.PATRQT.value), ("access", pk)):
                self.fields[name].initial = value
        return row

    @property
    def parts(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen) of each class that can be chosen."""
        chosen = set(self["classes"].value() or ())
        return [(each.value, each.label, each.value in chosen) for each in self.PARTS]

    @property
    def chosen(self) -> frozenset[InfoClass]:
        """What was ticked, and whom it is about: a record that does not say so is no record."""
        return frozenset({InfoClass.IDENTITY, *map(InfoClass, self.cleaned_data["classes"])})

    @property
    def own(self) -> OwnAccess | None:
        """The ground of a client's own copy: the request that is kept, or as it was typed; None where it goes to somebody else."""
        if self.cleaned_data["to"] != CLIENT:
            return None
        row = self.requests.get(self.cleaned_data["access"])
        return ground_of_access(row) if row is not None else OwnAccess(self.cleaned_data["request"].strip()[:300])


CHANNEL_OF: Mapping[str, str] = {Wanted.PAPER: "handed_over", Wanted.FILE: "file", Wanted.LOOK: "shown"}
"""How a record goes in the form that the client wants."""
