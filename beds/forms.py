"""What the bed pages ask for, with a sentence for each wrong value."""

from datetime import datetime, timedelta

from django import forms

from beds.models import Bed
from programs.desk import Desk
from programs.models import PlacementRequest


class Choice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A person on the placement list, by the name the board shows."""

    def label_from_instance(self, obj: object) -> str:
        assert isinstance(obj, PlacementRequest)
        wants = f"wants {obj.level_wanted}" if obj.level_wanted else "level not yet rated"
        return f"{obj.client.short_name} · {wants}"


class HoldForm(forms.Form):
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
    until = forms.DateTimeField(
        label="Until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={"invalid": "Write a date and an hour.", "required": "Say until when the bed is kept."},
    )

    def __init__(self, desk: Desk, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["request"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            PlacementRequest.objects.filter(site=desk.site, settled_at=None)
            .select_related("client")
            .order_by("priority", "asked_at")
        )
        field.widget.attrs["class"] = "input"
        self.fields["until"].initial = desk.now + timedelta(days=1)
        self._now = desk.now

    def clean_until(self) -> datetime:
        """Later than now."""
        until: datetime = self.cleaned_data["until"]
        if until <= self._now:
            raise forms.ValidationError("That hour has passed; choose a later one.")
        return until


class MoveForm(forms.Form):
    """The bed to move to."""

    bed = forms.ModelChoiceField(
        queryset=Bed.objects.none(), label="To", empty_label="Choose a bed",
        error_messages={"required": "Choose the bed.", "invalid_choice": "That bed is not here. Choose another."},
    )  # fmt: skip

    def __init__(self, free: list[tuple[int, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["bed"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Bed.objects.filter(pk__in=[pk for pk, _ in free])
        field.choices = [("", "Choose a bed"), *free]
        field.widget.attrs["class"] = "input"


class CloseForm(forms.Form):
    """Why a bed is out of service, and when it is expected back."""

    why = forms.CharField(
        label="Why", max_length=120, widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": "Say why the bed is out of service."},
    )  # fmt: skip
    back_on = forms.DateField(
        label="Back on", required=False, widget=forms.DateInput(attrs={"type": "date", "class": "input"}),
        error_messages={"invalid": "Write a date."},
    )  # fmt: skip
