"""The reason of an act, and the words of a prescriber where a nurse writes them down."""

from uuid import uuid4

from django import forms

from emar.rules.orders import Heard
from emar.rules.orders.facts import Verbal
from staff.models import Person

LONGEST_WHY = 120
TEXT = {"class": "input"}


class PrescriberField(forms.ModelChoiceField[Person]):
    """Who may order at the site, by name."""

    def label_from_instance(self, obj: Person) -> str:
        """'Chidi Okoye, MD'."""
        return f"{obj.name}, {obj.credentials}" if obj.credentials else obj.name


class VerbalFields(forms.Form):
    """Who said it, how it was heard, and that it was read back. ``prescribers`` None: a prescriber acts, nothing is asked."""

    prescriber = PrescriberField(
        Person.objects.none(), label="Prescriber", empty_label="Choose who said it", widget=forms.Select(attrs=TEXT),
        error_messages={"required": "Choose the prescriber who gave this order.", "invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    heard = forms.ChoiceField(
        label="How did you hear it?", choices=[(each.value, each.label) for each in Heard], widget=forms.RadioSelect,
        error_messages={"required": "Say whether the order was given in person or by telephone."},
    )  # fmt: skip
    read_back = forms.BooleanField(
        label="I read it back, and the prescriber confirmed it",
        error_messages={"required": "Read the order back to the prescriber, then tick that it was confirmed."},
    )

    def __init__(self, data: object = None, *, prescribers: list[int] | None = None, **more: object) -> None:
        super().__init__(data, **more)  # type: ignore[arg-type]
        if prescribers is None:
            for name in ("prescriber", "heard", "read_back"):
                del self.fields[name]
        else:
            people = Person.objects.filter(pk__in=prescribers).order_by("name")
            self.fields["prescriber"].queryset = people  # type: ignore[attr-defined]

    @property
    def is_verbal(self) -> bool:
        """Whether a nurse writes down what a prescriber said."""
        return "prescriber" in self.fields

    @property
    def verbal(self) -> Verbal | None:
        """The words of the prescriber; None where a prescriber acts. For a valid form."""
        if not self.is_verbal:
            return None
        typed = self.cleaned_data
        return Verbal(typed["prescriber"].pk, typed["heard"], typed["read_back"])


class ActForm(VerbalFields):
    """Hold, release or stop an order."""

    why = forms.CharField(
        label="Why", max_length=LONGEST_WHY, widget=forms.TextInput(attrs=TEXT),
        error_messages={"required": f"Say why, in at most {LONGEST_WHY} characters."},
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Reload the page and send it again."})
    field_order = ("why", "prescriber", "heard", "read_back")

    def __init__(self, data: object = None, *, prescribers: list[int] | None = None, asks_why: bool = True) -> None:
        super().__init__(data, prescribers=prescribers, initial={"key": uuid4()})
        if not asks_why:
            del self.fields["why"]
