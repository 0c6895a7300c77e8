"""A site's hours: when shifts change, and the rounds of the night."""

from datetime import time
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Refused
from chart.actions.routine import set_routine
from chart.views.unit.tabs import tabs_of
from programs.desk import DeskRequest, at_desk
from programs.routine import routine_of
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

INPUT = {"class": "input"}
FIELD_OF = {
    "routine.changes": "changes", "routine.night": "night_until", "routine.minutes": "night_minutes", "routine.source": "source",
}  # fmt: skip


class RoutineForm(forms.Form):
    """The hours as they are typed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    changes = forms.CharField(
        label="Shifts change at", max_length=80, help_text="As 07:00 15:00 23:00", widget=forms.TextInput(attrs=INPUT)
    )
    night_from = forms.TimeField(
        label="The night begins", widget=forms.TimeInput(attrs=INPUT | {"type": "time"}, format="%H:%M")
    )
    night_until = forms.TimeField(
        label="The night ends", widget=forms.TimeInput(attrs=INPUT | {"type": "time"}, format="%H:%M")
    )
    night_minutes = forms.IntegerField(
        label="Minutes between two looks at night, at most", min_value=0, max_value=240, help_text="0: nobody is looked in on",
        widget=forms.NumberInput(attrs=INPUT),
    )  # fmt: skip
    source = forms.CharField(label="Whose numbers these are", max_length=300, widget=forms.TextInput(attrs=INPUT))

    def clean_changes(self) -> tuple[time, ...]:
        """Times of day."""
        try:
            return tuple(time.fromisoformat(each) for each in self.cleaned_data["changes"].replace(",", " ").split())
        except ValueError as error:
            raise ValidationError("Write times of day, as 07:00 15:00 23:00.") from error


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.SEE_ROUNDS, Capability.MANAGE_STAFF)
def routine(request: DeskRequest) -> HttpResponse:
    """What holds now; whoever manages the staff sets it."""
    desk, now = request.desk, routine_of(request.desk.site.pk, request.desk.now)
    initial = {
        "key": uuid4(), "changes": " ".join(f"{each:%H:%M}" for each in now.changes), "night_from": now.night_from,
        "night_until": now.night_until, "night_minutes": now.night_minutes,
    }  # fmt: skip
    form = RoutineForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_routine(by=desk.person, at=desk.now, site_id=desk.site.pk, **form.cleaned_data)
            return redirect("unit:routine")
        except NotAllowed:
            raise
        except Refused as refused:
            for each in refused.findings:
                form.add_error(FIELD_OF.get(each.code), each.message)
    context = {"routine": now, "form": form, "page": "routine", "may_set": desk.may(Capability.MANAGE_STAFF)} | tabs_of(
        desk
    )
    return render(request, "chart/unit/routine.html", context, status=422 if request.method == "POST" else 200)
