"""Form fields that every room asks with."""

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

WRITTEN = "%Y-%m-%dT%H:%M"


class WallClock(forms.DateTimeField):
    """A date and hour on the site's wall clock (the current time zone), answered as an aware instant.

    An hour that the clock skips is refused with a sentence. One that comes twice, when the clock goes back, is the second:
    what is kept or awaited until then is kept too long by an hour rather than too short.
    """

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
        there = naive.replace(tzinfo=timezone.get_current_timezone(), fold=1)
        if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != naive:
            sentence = f"The clock goes forward and skips {naive:%H:%M} on {naive:%-d %B}. Choose a later hour."
            raise ValidationError(sentence, code="skipped")
        return there.astimezone(UTC)

    def prepare_value(self, value: object) -> object:
        """What stands in the field: the wall clock."""
        if isinstance(value, datetime) and timezone.is_aware(value):
            return timezone.localtime(value).replace(tzinfo=None)
        return value
