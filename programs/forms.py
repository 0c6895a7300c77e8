"""Form fields that every room asks with."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.rules.findings import Finding
from programs.desk import Desk
from programs.models import Site
from programs.rules.wall import happened, instants

WRITTEN = "%Y-%m-%dT%H:%M"
DATES = ["%Y-%m-%d", "%m/%d/%Y"]


def text(label: str, missing: str = "", hint: str = "", **attrs: str) -> forms.CharField:
    """A line of text, required where ``missing`` is said; its length is checked by the rules, so that nothing is cut off."""
    return forms.CharField(
        label=label, required=bool(missing), help_text=hint, error_messages={"required": missing},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attrs}),
    )  # fmt: skip


def day(label: str, missing: str = "", hint: str = "") -> forms.DateField:
    """A date, on the browser's own calendar."""
    return forms.DateField(
        label=label, required=bool(missing), help_text=hint, input_formats=DATES,
        error_messages={"required": missing, "invalid": "Write a date: year, month and day."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
    )  # fmt: skip


class RuledForm(forms.Form):
    """A form of a site whose values are judged by rules too. ``take`` puts a refusal where it belongs."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, desk: Desk, site: Site, *args: object, **kwargs: object) -> None:
        self.desk, self.site = desk, site
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["key"].initial = uuid4

    @property
    def today(self) -> date:
        """On the site's clock."""
        return self.desk.now.astimezone(self.site.tz).date()

    def take(self, findings: Iterable[Finding]) -> list[Finding]:
        """Put each finding beside the field it names; those that name none come back."""
        rest = []
        for finding in findings:
            field = str(finding.detail.get("field", ""))
            if field in self.fields:
                self.add_error(field, finding.message)
            else:
                rest.append(finding)
        return rest


class WallClock(forms.DateTimeField):
    """A date and hour on the site's wall clock (the current time zone), answered as an aware instant.

    An hour that the clock skips is refused with a sentence. One that comes twice, when the clock goes back, is the second:
    what is kept or awaited until then is kept too long by an hour rather than too short. Of what has ``passed`` it is the
    latest that has come: in the first of the two hours nobody means the other.
    """

    def __init__(self, *, passed: bool = False, **kwargs: Any) -> None:
        self.passed = passed
        super().__init__(**kwargs)

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}, format=WRITTEN)
    default_error_messages = {"invalid": "Write a date and an hour.", "required": "Write a date and an hour."}

    def to_python(self, value: object) -> datetime | None:
        """The instant. Raises ValidationError."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime) and timezone.is_aware(value):
            return value
        try:
            naive = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if timezone.is_aware(naive):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        tz = ZoneInfo(timezone.get_current_timezone_name())
        try:
            meant = instants(naive, tz)
        except OverflowError as error:  # the first and the last day that can be written
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if not meant:
            sentence = f"The clock goes forward and skips {naive:%H:%M} on {naive:%-d %B}. Choose a later hour."
            raise ValidationError(sentence, code="skipped")
        return happened(naive, tz, timezone.now()) if self.passed else meant[-1]

    def prepare_value(self, value: object) -> object:
        """What stands in the field: the wall clock."""
        if isinstance(value, datetime) and timezone.is_aware(value):
            return timezone.localtime(value).replace(tzinfo=None)
        return value
