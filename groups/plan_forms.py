"""What people send to plan groups: when a series meets, one meeting's other time, an individual session, a holiday."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms

from groups.actions import Facts, When
from groups.actions.amend import facts_of
from groups.models import Pattern, Series, Session
from groups.packs import services
from groups.queries.planning import people_in_care, staff_of
from groups.rules.pattern import MONTHS, SAID, WEEKS, Picks, picks_of, rule_of
from programs.desk import Desk
from programs.forms import WallClock
from programs.models import Program

DAY_CHOICES = list(SAID.items())
EVERY = [*WEEKS.items(), *((name, label) for name, (_, label) in MONTHS.items())]
CLOCK = forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M")
LONGEST = 720  # minutes


def _text(label: str, size: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    missing = {"required": "Write this, please."}
    widget = forms.TextInput(attrs={"class": "input"})
    return forms.CharField(
        label=label, max_length=size, required=required, help_text=hint, widget=widget, error_messages=missing
    )


def _date(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint, widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a date.", "invalid": "Write the date as 2026-01-31."},
    )  # fmt: skip


def _minutes(initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label="Minutes", min_value=1, max_value=LONGEST, initial=initial,
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={"required": "Write how many minutes.", "invalid": "Write a number of minutes."},
    )  # fmt: skip


def _places() -> forms.IntegerField:
    return forms.IntegerField(
        label="Places", min_value=1, max_value=200, initial=12,
        help_text="The group's own limit; where a rule pack allows fewer, fewer may come.",
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
        error_messages={"required": "Write how many places the group has.", "invalid": "Write a number of places."},
    )  # fmt: skip


def _topics() -> forms.CharField:
    return forms.CharField(
        label="Topics", required=False, max_length=4_000, help_text="One a line; sessions take them in turn.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 5}),
    )  # fmt: skip


def lines_in(text: str) -> tuple[str, ...]:
    """What stands on the lines of a field, without the empty ones, at most 120 characters each."""
    return tuple(line.strip()[:120] for line in text.splitlines() if line.strip())


class DeskForm(forms.Form):
    """A form that offers what is at the desk's site; subclasses fill their choices in ``prepare``."""

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk = desk
        self.prepare()

    def prepare(self) -> None:
        """Nothing to offer, unless a subclass says so."""

    def offer(self, field: str, choices: list[tuple[str, str]]) -> None:
        """Give a choice field its choices."""
        found = self.fields[field]
        assert isinstance(found, forms.ChoiceField)
        found.choices = choices

    def said(self) -> list[str]:
        """Every sentence that stands against the form."""
        return [str(error) for errors in self.errors.values() for error in errors]


class WhenForm(DeskForm):
    """When and where a series meets, from a date on."""

    from_on = _date("From")
    days = forms.MultipleChoiceField(
        label="On", choices=DAY_CHOICES, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day of the week."},
    )  # fmt: skip
    every = forms.ChoiceField(label="How often", choices=EVERY, widget=forms.Select(attrs={"class": "input"}))
    until = _date("Until", required=False, hint="The last date it may meet on; empty while it goes on.")
    starts = forms.TimeField(
        label="Begins at", widget=CLOCK, error_messages={"required": "Write when it begins.", "invalid": "Write the time as 17:30."}
    )  # fmt: skip
    minutes = _minutes(90)
    room = _text("Room", 40, required=False)
    by_video = forms.BooleanField(label="By video", required=False)
    leads = forms.MultipleChoiceField(label="Led by", required=False, widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        """Whoever runs groups at the site may lead."""
        self.offer("leads", [(str(pk), name) for pk, name in staff_of(self.desk.site, self.desk.now)])

    def when(self) -> When:
        """The days and hours that were asked."""
        asked = self.cleaned_data
        rule = rule_of(asked["days"], asked["every"], asked["until"])
        leads = [int(pk) for pk in asked["leads"]]
        return When(rule, asked["starts"], asked["minutes"], asked["room"], asked["by_video"], leads)


class ChangeForm(WhenForm):
    """Another time for a series, from a date on; ``seen`` is the mark of the preview that was looked at."""

    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=32)

    def pattern(self, series: Series) -> Pattern:
        """The pattern that is asked for, not saved."""
        when = self.when()
        return Pattern(
            series=series, rule=when.rule, starts=when.starts, minutes=when.minutes, room=when.room.strip(),
            by_video=when.by_video, begins_on=self.cleaned_data["from_on"],
        )  # fmt: skip


class FactsForm(DeskForm):
    """What a series is: name, places, credentials, topics, holidays; ``seen``: what the page showed."""

    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=8_000, required=False, widget=forms.HiddenInput)
    name = _text("Name", 80)
    size_limit = _places()
    credentials = _text("Led by one of", 200, required=False, hint="Credentials, separated by commas: LPC, LCSW")
    meets_on_holidays = forms.BooleanField(label="Meets on holidays too", required=False)
    topics = _topics()

    def facts(self) -> Facts:
        """What is asked."""
        asked = self.cleaned_data
        return Facts(
            asked["name"],
            asked["size_limit"],
            asked["credentials"],
            asked["meets_on_holidays"],
            lines_in(asked["topics"]),
        )

    def shown(self) -> Facts | None:
        """What the page showed; None where that cannot be read."""
        try:
            name, places, credentials, holidays, topics = json.loads(self.cleaned_data["seen"])
            return Facts(str(name), int(places), str(credentials), bool(holidays), tuple(map(str, topics)))
        except (ValueError, TypeError):
            return None


class SeriesForm(WhenForm):
    """A new group."""

    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)  # sent twice, planned once
    name = _text("Name", 80)
    programs = forms.MultipleChoiceField(
        label="For the clients of", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one program that the group serves."},
    )  # fmt: skip
    service = forms.ChoiceField(label="Service", widget=forms.Select(attrs={"class": "input"}))
    size_limit = _places()
    credentials = _text("Led by one of", 200, required=False, hint="Credentials, separated by commas: LPC, LCSW")
    by_choice = forms.BooleanField(label="Only for clients who are chosen for it", required=False)
    meets_on_holidays = forms.BooleanField(label="Meets on holidays too", required=False)
    topics = _topics()

    def prepare(self) -> None:
        """The site's programs, and the services that are given in groups."""
        super().prepare()
        programs = Program.objects.filter(site=self.desk.site).values_list("pk", "name")
        self.offer("programs", [(str(pk), name) for pk, name in programs])
        groups = [(each.code, f"{each.name} ({each.code})") for each in services().values() if each.group]
        self.offer("service", groups)
        self.fields["from_on"].label = "Meets from"

    def facts(self) -> dict[str, Any]:
        """What ``begin_series`` is asked."""
        asked = self.cleaned_data
        plain = ("name", "service", "size_limit", "credentials", "by_choice", "meets_on_holidays")
        return {name: asked[name] for name in plain} | {
            "programs": [int(pk) for pk in asked["programs"]], "begins_on": asked["from_on"], "when": self.when(),
            "topics": lines_in(asked["topics"]),
        }  # fmt: skip


class EndForm(DeskForm):
    """The first date on which a series no longer meets."""

    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=32)
    ends_on = _date("Meets no more from")


class HolidayForm(DeskForm):
    """A date on which groups do not meet."""

    on = _date("Date")
    name = _text("Holiday", 80)


class ClientForm(DeskForm):
    """A client in care at the site."""

    client = forms.ChoiceField(
        label="Client", widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": "Choose who.", "invalid_choice": "Choose someone in care at this site."},
    )  # fmt: skip

    def prepare(self) -> None:
        """Everyone in care at the site."""
        found = people_in_care(self.desk.site, self.desk.now)
        self.offer("client", [("", "Choose"), *((str(pk), name) for pk, name in found)])


class IndividualForm(ClientForm):
    """A session with one client."""

    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    service = forms.ChoiceField(label="Service", widget=forms.Select(attrs={"class": "input"}))
    starts = WallClock(label="Begins")
    minutes = _minutes(50)
    room = _text("Room", 40, required=False)
    by_video = forms.BooleanField(label="By video", required=False)
    topic = _text("About", 120, required=False)

    def prepare(self) -> None:
        """Also the services given to one client."""
        super().prepare()
        self.offer("service", [(e.code, f"{e.name} ({e.code})") for e in services().values() if not e.group])

    def facts(self) -> dict[str, Any]:
        """What ``plan_individual`` is asked."""
        asked = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return asked | {"client_id": int(asked.pop("client")), "site_id": self.desk.site.pk}


class MoveForm(DeskForm):
    """Another time or place for one meeting, and why."""

    starts = WallClock(label="Begins")
    minutes = _minutes(90)
    room = _text("Room", 40, required=False)
    by_video = forms.BooleanField(label="By video", required=False)
    why = _text("Why", 200)


class CancelForm(DeskForm):
    """Why one meeting does not take place."""

    why = _text("Why", 200)


class LeadForm(DeskForm):
    """A colleague who runs groups at the site."""

    person = forms.ChoiceField(
        label="Colleague", widget=forms.Select(attrs={"class": "input"}), error_messages={"required": "Choose who."}
    )

    def prepare(self) -> None:
        """Whoever runs groups at the site."""
        found = staff_of(self.desk.site, self.desk.now)
        self.offer("person", [("", "Choose"), *((str(pk), name) for pk, name in found)])


class GuestForm(DeskForm):
    """Someone who was asked, also where they are not in care any more."""

    client = forms.IntegerField(error_messages={"required": "Choose who.", "invalid": "Choose who."})


class LeaderForm(DeskForm):
    """Someone who runs it, also where they may not any more."""

    person = forms.IntegerField(error_messages={"required": "Choose who.", "invalid": "Choose who."})


def first_when(series: Series, now: datetime, asked: str = "") -> dict[str, Any]:
    """What a change of a series begins with: how it meets on the date that is asked (today where none is), from then on."""
    today = now.astimezone(series.site.tz).date()
    try:
        on = max(date.fromisoformat(asked), today)
    except ValueError:
        on = today
    pattern = series.patterns.filter(begins_on__lte=on).order_by("begins_on").last() or series.patterns.first()
    if pattern is None:
        return {"from_on": on}
    picks = picks_of(pattern.rule) or Picks(())
    return {
        "from_on": max(on, pattern.begins_on), "days": picks.days, "every": picks.every, "until": picks.until,
        "starts": pattern.starts, "minutes": pattern.minutes, "room": pattern.room, "by_video": pattern.by_video,
        "leads": [str(pk) for pk in pattern.leads.values_list("pk", flat=True)],
    }  # fmt: skip


def first_like(series: Series, now: datetime) -> dict[str, Any]:
    """What a new group like another one begins with."""
    facts = facts_of(series)
    return first_when(series, now) | {
        "name": facts.name, "size_limit": facts.size_limit, "credentials": facts.credentials, "service": series.service,
        "by_choice": series.by_choice, "meets_on_holidays": facts.meets_on_holidays, "topics": "\n".join(facts.topics),
        "programs": [str(pk) for pk in series.programs.values_list("pk", flat=True)],
    }  # fmt: skip


def first_facts(series: Series) -> dict[str, Any]:
    """What saying otherwise begins with: as it is, and that as ``seen``."""
    facts = facts_of(series)
    return asdict(facts) | {"topics": "\n".join(facts.topics), "seen": json.dumps(list(asdict(facts).values()))}


def first_move(session: Session) -> dict[str, Any]:
    """What moving a session begins with: as it is planned now."""
    minutes = int((session.ended_at - session.started_at).total_seconds() // 60)
    return {"starts": session.started_at, "minutes": minutes, "room": session.room, "by_video": session.by_video}
