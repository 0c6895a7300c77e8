"""What people send from a session page."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms

from groups.models import Session
from groups.rules.minutes import AttendanceStatus

S = AttendanceStatus
CHOICES = [(status.value, status.label) for status in S]


def at_clock(session: Session, shown: time) -> datetime:
    """The instant at which the site's wall clock shows this time around the session: on its day, or past midnight."""
    tz = session.site.tz
    starts = session.started_at.astimezone(tz)
    moment = datetime.combine(starts.date(), shown, tzinfo=tz)
    if moment < starts - timedelta(hours=12):
        moment = datetime.combine(starts.date() + timedelta(days=1), shown, tzinfo=tz)
    return moment


class MarkForm(forms.Form):
    """One tap on the roster; a late mark without a time means now, where the group is running."""

    status = forms.ChoiceField(choices=CHOICES)
    seen_version = forms.IntegerField(min_value=0)

    def facts(self, session: Session, now: datetime) -> dict[str, Any]:
        """The status and times that the tap means."""
        status = S(self.cleaned_data["status"])
        minute = now.replace(second=0, microsecond=0)
        running = session.started_at <= now < session.ended_at
        return {
            "status": status,
            "arrived_at": minute if status is S.LATE and running else None,
            "left_at": minute if status is S.LEFT_EARLY and running else None,
        }


class TimesForm(forms.Form):
    """When someone came and went, or why not: the sheet behind a row."""

    came = forms.TimeField(
        required=False, label="Came at", widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M"),
        error_messages={"invalid": "Write the time as 17:48."},
    )  # fmt: skip
    left = forms.TimeField(
        required=False, label="Left at", widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M"),
        error_messages={"invalid": "Write the time as 20:15."},
    )  # fmt: skip
    how = forms.ChoiceField(
        choices=[("room", "In the room"), ("video", "By video"), ("absent", "Absent"), ("excused", "Excused")],
        initial="room",
        error_messages={"required": "Say how they attended.", "invalid_choice": "Choose one of the four."},
    )
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def facts(self, session: Session) -> dict[str, Any]:
        """The status and times: in the room with an arrival is late, with only a departure left early."""
        came, left, how = (self.cleaned_data[name] for name in ("came", "left", "how"))
        in_room = S.LATE if came else S.LEFT_EARLY if left else S.HERE
        status = in_room if how == "room" else S(how)
        return {
            "status": status,
            "arrived_at": at_clock(session, came) if came else None,
            "left_at": at_clock(session, left) if left else None,
        }


class PartForm(forms.Form):
    """An autosave: the words, and the version they were written on."""

    text = forms.CharField(
        required=False, max_length=20_000, strip=False,
        error_messages={"max_length": "This part is longer than 20,000 characters: shorten it, or write a chart note."},
    )  # fmt: skip
    version = forms.IntegerField(min_value=0)


class WhyForm(forms.Form):
    """Why something is done."""

    why = forms.CharField(max_length=400)


class AddForm(forms.Form):
    """Words added to a sealed part, and why now."""

    text = forms.CharField(max_length=20_000)
    why = forms.CharField(max_length=400)


class KeyForm(forms.Form):
    """The request's own key, made on the page, so that a replay is answered once."""

    key = forms.UUIDField(required=False)


class DayForm(forms.Form):
    """Which day is shown; no or a wrong date is today."""

    on = forms.DateField(required=False)


class MakeUpForm(forms.Form):
    """The session someone is asked to, and the one they missed (where it is not taken back)."""

    session = forms.IntegerField(min_value=1)
    missed = forms.IntegerField(required=False, min_value=1)
