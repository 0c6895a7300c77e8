"""What admissions adds to the sheet of a bed: leave and return, expected discharge, discharge, and the way back."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError

from admissions.actions import admit, discharge, expected, leaves
from audit.rules.findings import Refused, note, stop
from beds.models import CleaningJob
from beds.queries.cards import Card
from beds.rules.states import BedState
from beds.views.act import Act, ActForm, Doing
from chart.queries.belongings import kept_of
from programs.forms import WallClock
from programs.models import Episode, Leave
from staff.rules.capabilities import Capability

ELEVEN = time(11)  # when people usually leave


class Expecting(ActForm):
    """An instant that has not passed."""

    expected_at = WallClock(label="Expected")

    def clean_expected_at(self) -> datetime:
        """Later than now."""
        instant: datetime = self.cleaned_data["expected_at"]
        if instant <= self.desk.now:
            raise ValidationError("That hour has passed; choose a later one.")
        return instant


class LeaveForm(Expecting):
    """What someone leaves for, and when they are expected back."""

    kind = forms.ChoiceField(label="What for", choices=Leave.Kind, widget=forms.Select(attrs={"class": "input"}))
    field_order = ("kind", "expected_at")

    def prepare(self) -> None:
        """Back by 20:00, or in four hours where that has passed."""
        self.fields["expected_at"].label = "Expected back"
        evening = datetime.combine(self.desk.now.astimezone(self.desk.tz).date(), time(20), tzinfo=self.desk.tz)
        later = self.desk.now + timedelta(hours=4)
        self.fields["expected_at"].initial = evening if evening > self.desk.now else later.replace(minute=0)


class LaterForm(Expecting):
    """When someone on leave is expected back after all."""

    def prepare(self) -> None:
        """Two hours from now."""
        self.fields["expected_at"].label = "Expected back"
        self.fields["expected_at"].initial = (self.desk.now + timedelta(hours=2)).replace(minute=0)


class ExpectForm(Expecting):
    """When the bed is expected to be left."""

    def prepare(self) -> None:
        """What is known, else tomorrow at eleven."""
        self.fields["expected_at"].label = "Expected to leave"
        tomorrow = self.desk.now.astimezone(self.desk.tz).date() + timedelta(days=1)
        usual = datetime.combine(tomorrow, ELEVEN, tzinfo=self.desk.tz)
        self.fields["expected_at"].initial = self.card.expected_at or usual


class DischargeForm(ActForm):
    """How the episode ended, and a note for the chart."""

    outcome = forms.ChoiceField(
        label="How it ended",
        choices=[
            ("", "Choose"),
            *(choice for choice in Episode.Outcome.choices if choice[0] != Episode.Outcome.MISTAKE),
        ],
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose how the episode ended."},
    )
    note = forms.CharField(
        label="Note", required=False, max_length=4000, widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        help_text="Left empty, the note says what ended.",
        error_messages={"max_length": "4000 letters fit. Say it shorter; the chart takes longer notes."},
    )  # fmt: skip

    def prepare(self) -> None:
        """What of theirs is still kept here is to be settled; it does not stop a discharge."""
        kept = kept_of([self.card.client_id]).get(self.card.client_id, 0) if self.card.client_id else 0
        if kept:
            things = "1 thing is" if kept == 1 else f"{kept} things are"
            words = f"{things} still kept for {self.card.who}. Hand them over on the chart, under Facts, Belongings."
            self.notes = (note("discharge.belongings", words, kept=kept),)


def _here(card: Card) -> bool:
    return card.episode_id is not None


def _in_house(card: Card) -> bool:
    return card.state is BedState.OCCUPIED


def _away(card: Card) -> bool:
    return card.leave_id is not None


def _episode(action: Callable[..., object]) -> Callable[[Doing], object]:
    """One of the acts on the episode of who has the bed, with what its form asked."""
    return lambda doing: doing.call(action, episode_id=doing.card.episode_id, **doing.data)


def _leave(action: Callable[..., object]) -> Callable[[Doing], object]:
    """One of the acts on a leave, with what its form asked."""
    return lambda doing: doing.call(action, leave_id=doing.card.leave_id, **doing.data)


def _resume(doing: Doing) -> object:
    """Who left this bed last, as its cleaning job knows."""
    assert doing.card.job_id is not None
    job = CleaningJob.objects.select_related("after").get(pk=doing.card.job_id)
    if job.after is None:
        raise Refused(
            stop("resume.nobody", f"Nobody was discharged from {doing.card.name} just now. Nothing was done.")
        )
    return doing.call(discharge.resume, episode_id=job.after.episode_id, bed_id=doing.card.pk, reasons=doing.reasons)


C = Capability
ACTS = (
    Act("leave", "Goes on leave", "door-open", C.LEAVES, _in_house, _episode(leaves.go), "stay", LeaveForm, "{who} goes on leave",
        where="person", room="admissions"),
    Act("back", "Is back", "door-closed", C.LEAVES, _away, _leave(leaves.come_back), "leave", tone="accent", where="person",
        room="admissions"),
    Act("later", "Comes back later", "clock", C.LEAVES, _away, _leave(leaves.expect_later), "leave", LaterForm, "{who} comes back later",
        where="person", room="admissions"),
    Act("expect", "Expected to leave", "calendar-clock", C.ASSIGN_BEDS, _here, _episode(expected.expect), "stay", ExpectForm,
        "Expect {who} to leave then", where="person", room="admissions"),
    Act("expect-nothing", "Not expected to leave any more", "calendar-x", C.ASSIGN_BEDS,
        lambda card: card.expected_at is not None, _episode(expected.expect_nothing), "stay", where="person", room="admissions"),
    Act("discharge", "Discharge", "log-out", C.DISCHARGE, _here, _episode(discharge.discharge), "stay", DischargeForm, "Discharge {who}",
        "stop", "person", "admissions"),
    Act("take-back", "Admitted by mistake", "undo-2", C.ADMIT, lambda card: card.day is not None and card.day <= 2,
        _episode(admit.take_back), "stay", where="person", room="admissions"),
    Act("resume", "Bring back who was discharged", "undo-2", C.DISCHARGE, lambda card: card.facts.left_by is not None,
        _resume, "job", where="bed", room="admissions"),
)  # fmt: skip
