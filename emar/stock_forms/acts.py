"""Receive, count in, move, send back, destroy, waste, approve, hand back: one short form each, and a new place."""

from collections.abc import Mapping
from typing import cast

from django import forms

from emar.models import Medication, StockLine, StockLocation
from emar.rules.stock import Keeps
from emar.rules.stock.words import say_unit
from emar.stock_forms.fields import amount, choice, day, words
from programs.contributions import places
from programs.desk import Desk
from programs.models import Client
from programs.queries import people_at

LOT_HINT = "As it stands on the package."


class MedicationField(forms.ModelChoiceField[Medication]):
    """Lines of the formulary; the form tells a film from a tablet of the same strength."""

    def label_from_instance(self, obj: Medication) -> str:
        """'Buprenorphine-naloxone 8 mg/2 mg film'."""
        return f"{obj.shown} {obj.strength} {obj.form}"


class OwnerField(forms.ModelChoiceField[Client]):
    """One of the site's people, by last name."""

    def label_from_instance(self, obj: Client) -> str:
        """'Novak, Elin, born 2 Mar 1988'."""
        return f"{obj.last_name}, {obj.preferred_name or obj.first_name}, born {obj.born_on:%-d %b %Y}"


def _of(label: str, wanted: str) -> MedicationField:
    return MedicationField(
        queryset=Medication.objects.filter(is_active=True).order_by("name", "strength", "form"), label=label,
        empty_label="Choose", widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": wanted, "invalid_choice": "Choose a medication from the list."},
    )  # fmt: skip


class ReceiveForm(forms.Form):
    """A delivery into a cart or a safe: controlled medications only."""

    medication = _of("Medication", "Choose what came.")
    lot = words("Lot", "Write the lot.", most=40, hint=LOT_HINT)
    expires_on = day("Expires on")
    amount = amount("How many", hint="As counted, in tablets, films, mL or what it is counted in.")
    from_whom = words("From whom, on which invoice", "Say who delivered it, and on which invoice.")

    def __init__(self, data: Mapping[str, object] | None = None, *, desk: Desk) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[Medication]", self.fields["medication"])
        field.queryset = (
            Medication.objects.filter(is_active=True).exclude(dea_schedule="").order_by("name", "strength", "form")
        )


class CountInForm(forms.Form):
    """What a client brought, counted by two."""

    client = OwnerField(
        queryset=Client.objects.none(), label="Whose it is", empty_label="Choose a client",
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose whose it is.", "invalid_choice": "Choose a client from the list."},
    )  # fmt: skip
    medication = _of("Medication", "Choose what it is.")
    lot = words("Lot or prescription number", "Write the lot, or the prescription number.", most=40, hint=LOT_HINT)
    expires_on = day("Expires on")
    amount = amount("How many, as both counted")
    words = words("Remark", hint="Such as: bottle opened, label of another pharmacy.")

    def __init__(self, data: Mapping[str, object] | None = None, *, desk: Desk) -> None:
        super().__init__(data)
        field = cast("forms.ModelChoiceField[Client]", self.fields["client"])
        field.queryset = people_at(desk.site, desk.now)


class LineForm(forms.Form):
    """A form about one line of stock."""

    def __init__(self, data: Mapping[str, object] | None = None, *, line: StockLine) -> None:
        super().__init__(data)
        self.line = line
        for name in ("amount", "drawn", "wasted", "returned"):
            if name in self.fields:
                self.fields[name].label = f"{self.fields[name].label}, in {say_unit(line.unit)}"


class AmountForm(LineForm):
    """How many of a line."""

    amount = amount("How many")


class MoveForm(AmountForm):
    """To another place of the site."""

    to = forms.ModelChoiceField(
        queryset=StockLocation.objects.none(), label="To", empty_label="Choose a place",
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose where it goes.", "invalid_choice": "Choose a place from the list."},
    )  # fmt: skip
    why = words("Why")

    def __init__(self, data: Mapping[str, object] | None = None, *, line: StockLine) -> None:
        super().__init__(data, line=line)
        own = line.location.kind == Keeps.OWN.value
        places = StockLocation.objects.filter(site=line.location.site_id, is_active=True).exclude(pk=line.location_id)
        there = places.filter(kind=Keeps.OWN.value) if own else places.exclude(kind=Keeps.OWN.value)
        cast("forms.ModelChoiceField[StockLocation]", self.fields["to"]).queryset = there.order_by("name")


class SendBackForm(AmountForm):
    """To the pharmacy or a reverse distributor."""

    to_whom = words("To whom, on which paper", "Say to whom it is sent, and on which paper.")


class DestroyForm(AmountForm):
    """Before two witnesses."""

    method = words("How it was destroyed", "Say how it was destroyed.", hint="So that nobody can use it any more.")


class WasteForm(LineForm):
    """Dropped, broken, contaminated: taken out without a dose."""

    drawn = amount("Taken out")
    wasted = amount("Wasted")
    returned = amount("Put back untouched", required=False)
    why = words("Why it was wasted", "Say why it was wasted.", hint="Such as: fell on the floor.")


class ApproveForm(LineForm):
    """How it was identified."""

    words = words(
        "How it was identified",
        "Say how it was identified.",
        most=200,
        hint="Label, look, the pharmacy that was asked.",
    )


class HandBackForm(AmountForm):
    """The client signs with their name."""

    signed_as = words("The client signs with their name", "The client signs with their name.", most=80)
    words = words("Remark")


class PlaceForm(forms.Form):
    """A cart, a safe, a place for clients' own medication."""

    name = words("Name", "Give the place a name.", most=60, hint="Such as: Alder cart.")
    kind = choice("What it is", "Choose what it is.", [(each.value, each.label) for each in Keeps])
    unit_id = forms.ChoiceField(
        label="Whose cart",
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        help_text="Doses of this unit are drawn from it first.",
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, desk: Desk) -> None:
        super().__init__(data)
        units = {place.unit_id: place.unit for place in places(desk.site.pk, desk.now).values()}
        listed = sorted(units.items(), key=lambda each: each[1])
        cast("forms.ChoiceField", self.fields["unit_id"]).choices = [
            ("", "The whole site's"),
            *((str(pk), name) for pk, name in listed),
        ]
