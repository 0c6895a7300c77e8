"""What the acts on a bed ask for, with a sentence for each wrong value."""

from datetime import datetime, time, timedelta

from django import forms

from beds.views.act import ActForm
from programs.forms import WallClock
from programs.models import PlacementRequest


class Choice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A person on the placement list, by the name the board shows."""

    def label_from_instance(self, obj: object) -> str:
        assert isinstance(obj, PlacementRequest)
        wants = f"wants {obj.level_wanted}" if obj.level_wanted else "level not yet rated"
        return f"{obj.client.short_name} · {wants}"


class Later(ActForm):
    """An instant that has not passed."""

    until = WallClock(label="Until")

    def clean_until(self) -> datetime:
        """Later than now."""
        until: datetime = self.cleaned_data["until"]
        if until <= self.desk.now:
            raise forms.ValidationError("That hour has passed; choose a later one.")
        return until

    def prepare(self) -> None:
        """Tomorrow at this hour; for a bed that somebody has still, the evening of the day they are expected to leave."""
        start = self.card.expected_at or self.desk.now
        on = (start + timedelta(days=1)).astimezone(self.desk.tz).date()
        self.fields["until"].initial = datetime.combine(on, time(18), tzinfo=self.desk.tz)


class HoldForm(Later):
    """Whom a bed is kept for, and until when (the site's wall clock)."""

    request = Choice(
        queryset=PlacementRequest.objects.none(),
        label="For",
        empty_label="Choose a person",
        error_messages={
            "required": "Choose for whom the bed is kept.",
            "invalid_choice": "That person is no longer on the list. Choose again.",
        },
    )
    field_order = ("request", "until")

    def prepare(self) -> None:
        """Everybody who waits here, first who comes first by rule."""
        super().prepare()
        field = self.fields["request"]
        assert isinstance(field, forms.ModelChoiceField)
        waiting = PlacementRequest.objects.filter(site=self.desk.site, settled_at=None)
        field.queryset = waiting.select_related("client").in_order()
        field.widget.attrs["class"] = "input"


class ExtendForm(Later):
    """Until when a held bed is kept."""

    def prepare(self) -> None:
        """A day longer than it is."""
        if self.card.held_until is not None:
            self.fields["until"].initial = self.card.held_until + timedelta(days=1)


class CloseForm(ActForm):
    """Why a bed is out of service, and when it is expected back."""

    why = forms.CharField(
        label="Why", max_length=120, widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={
            "required": "Say why the bed is out of service.",
            "max_length": "120 letters fit. Say it shorter.",
        },
    )  # fmt: skip
    back_on = forms.DateField(
        label="Back on", required=False, widget=forms.DateInput(attrs={"type": "date", "class": "input"}),
        error_messages={"invalid": "Write a date."},
    )  # fmt: skip


class StaffForm(forms.Form):
    """How many people a unit is staffed for."""

    places = forms.IntegerField(
        label="People", min_value=0, max_value=200, widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={
            "required": "Write how many people.",
            "invalid": "Write a whole number.",
            "min_value": "Write 0 or more.",
            "max_value": "Write how many of its beds there is staff for.",
        },
    )  # fmt: skip
