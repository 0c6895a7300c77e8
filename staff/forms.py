"""What the staff pages ask for, and the second person whom other rooms ask for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from django import forms

from audit.rules.findings import Refused, stop
from staff.actions.pins import Place, prove
from staff.models import Person, Proof
from staff.queries import who_may_sign
from staff.rules.capabilities import Capability, Role
from staff.rules.pins import LONGEST


def pin_field(label: str, required: str) -> forms.CharField:
    """A field for a PIN: digits on the tablet's keys, never remembered, never sent back."""
    keys = {"class": "input", "inputmode": "numeric", "autocomplete": "off", "maxlength": LONGEST}
    return forms.CharField(
        label=label, strip=True, error_messages={"required": required}, widget=forms.PasswordInput(attrs=keys)
    )


class GiveRoleForm(forms.Form):
    """A person of the organisation, and the role they get."""

    person = forms.ModelChoiceField(
        queryset=Person.objects.filter(is_active=True).order_by("name"), label="Who", empty_label="Choose a person",
        error_messages={"required": "Choose who gets the role.", "invalid_choice": "Choose someone from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    role = forms.ChoiceField(
        choices=[("", "Choose a role"), *((role.value, role.label) for role in Role)], label="Works as",
        error_messages={"required": "Choose the role.", "invalid_choice": "Choose a role from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip


class PinForm(forms.Form):
    """A new PIN, twice, and the password that says whose it is."""

    pin = pin_field("New PIN", "Write the PIN you want to sign with.")
    again = pin_field("New PIN again", "Write the same PIN once more.")
    password = forms.CharField(
        label="Your account password", strip=False,
        error_messages={"required": "Write the password you sign in with."},
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )  # fmt: skip

    def clean_again(self) -> str:
        """Refuse two that differ."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("pin", again):
            raise forms.ValidationError("The two PINs differ. Write the same one in both fields.")
        return again


class SecondPersonForm(forms.Form):
    """Who signs as the second person, and their PIN. Shown by templates/components/second_person.html.

    Offers who is on duty at the desk's site, holds the capability and is none of ``but_not``. Two on one page (two
    witnesses) take a ``prefix`` each; the second's ``but_not`` names the first.
    """

    second = forms.ModelChoiceField(
        queryset=Person.objects.none(), label="Second person", empty_label="Choose who signs with you",
        error_messages={"required": "Choose who signs with you.", "invalid_choice": "Choose someone from the list."},
        widget=forms.Select(attrs={"class": "input", "autocomplete": "off"}),
    )  # fmt: skip
    pin = pin_field("Their PIN", "The second person enters their own PIN.")

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        site: Place,
        at: datetime,
        capability: Capability,
        but_not: Collection[int] = (),
        prefix: str | None = None,
        label: str = "Second person",
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.site, self.at, self.capability = site, at, capability
        self.but_not = frozenset(but_not)
        self.offered = who_may_sign(site.pk, at, capability, but_not)
        field = cast("forms.ModelChoiceField[Person]", self.fields["second"])
        field.queryset = Person.objects.filter(is_active=True)  # who is not offered is told why by the proof
        field.choices = [("", field.empty_label), *((person.pk, _named(person)) for person in self.offered)]
        field.label = label

    def clean_second(self) -> Person:
        """Refuse who signs already."""
        second: Person = self.cleaned_data["second"]
        if second.pk in self.but_not:
            raise forms.ValidationError(f"{second.signature} signs already. The second person is somebody else.")
        return second

    @property
    def nobody(self) -> str:
        """What to say where nobody can be asked ('': somebody can)."""
        return "" if self.offered else f"Nobody else on duty here may {self.capability.label}. {_COME_ON}"

    def proof(self, *, purpose: str, key: UUID | None = None) -> Proof:
        """The proof that the chosen person entered their PIN for this purpose; call it before the act, outside of it.

        ``key`` is the form's own, the one the act gets. Raises Refused with the sentence, also where a field is empty.
        """
        if not self.is_valid():
            said = [str(error) for errors in self.errors.values() for error in errors]
            raise Refused(*(stop("pin.asked", self.nobody or sentence) for sentence in said[:1]))
        return prove(
            person_id=self.cleaned_data["second"].pk, pin=self.cleaned_data["pin"], site=self.site, purpose=purpose,
            at=self.at, capability=self.capability, key=key,
        )  # fmt: skip


_COME_ON = "Someone who may comes on duty on 'My day' first."


def _named(person: Person) -> str:
    return f"{person.name}, {person.credentials}" if person.credentials else person.name
