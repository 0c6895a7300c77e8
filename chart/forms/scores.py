"""What is typed into a scale: the answers that were pressed, when, and the reasons for what is doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms

from audit.rules.findings import Finding, Refused, stop
from chart.rules.scales import Item, Scale
from programs.forms import WallClock

WHY = "why-"
ITEM = "item-"


class ScoreForm(forms.Form):
    """What is typed beside the answers: when (the site's clock, empty: now; a day too where the scale may be late) and a note."""

    key = forms.UUIDField(
        error_messages={"required": "Reload the page and send it again.", "invalid": "Reload the page."}
    )
    note = forms.CharField(required=False, max_length=1000)

    def __init__(self, scale: Scale, sent: Mapping[str, str]) -> None:
        super().__init__(sent)
        clock = forms.TimeField(required=False, error_messages={"invalid": "Enter the time as 08:10."})
        self.fields["about_at"] = clock if by_clock(scale) else WallClock(passed=True, required=False)

    def read(self, now: datetime) -> tuple[datetime | None, str]:
        """When the client was looked at (None: now) and the note; ``now`` on the site's clock. Raises Refused."""
        if not self.is_valid():
            raise Refused(*(stop("score.form", str(each)) for errors in self.errors.values() for each in errors))
        at = self.cleaned_data["about_at"]
        if at is not None and not isinstance(at, datetime):
            at = _instant(now, at.hour, at.minute)
        return at, self.cleaned_data["note"]


@dataclass(frozen=True)
class Choice:
    """An item with its buttons; ``chosen`` is the value pressed, None where none is. ``missing``: sent without one; ``off``: not
    asked after what was pressed before."""

    item: Item
    chosen: int | None
    missing: bool
    off: bool

    @property
    def buttons(self) -> list[tuple[int, str, int]]:
        """Value, what stands on the button, and what it is worth."""
        return [(value, self.item.said(value), self.item.points(value)) for value in self.item.values]


def by_clock(scale: Scale) -> bool:
    """Whether a time of day is enough to say when: the scale is entered within the day."""
    return scale.late <= timedelta(hours=12)


def choices(scale: Scale, answers: Mapping[str, int], findings: tuple[Finding, ...]) -> list[Choice]:
    """The items as the page shows them."""
    named = [each.detail.get("items") for each in findings]
    missing = {str(code) for items in named if isinstance(items, list) for code in items}
    off = scale.skipped(answers)
    return [Choice(each, answers.get(each.code), each.code in missing, each.code in off) for each in scale.items]


def answers_in(scale: Scale, sent: Mapping[str, str]) -> dict[str, int]:
    """What was pressed, as numbers; what is no number is left out, so that it is told as missing, and so is what is not asked."""
    found = {}
    for item in scale.items:
        value = str(sent.get(f"{ITEM}{item.code}", "")).strip()
        if value.isdecimal() and value.isascii() and len(value) < 4:
            found[item.code] = int(value)
    off = scale.skipped(found)
    return {code: value for code, value in found.items() if code not in off}


def reasons_in(sent: Mapping[str, str]) -> dict[str, str]:
    """The reasons that were given, by the code of the finding."""
    return {
        name.removeprefix(WHY): str(value).strip()[:500]
        for name, value in sent.items()
        if name.startswith(WHY) and str(value).strip()
    }


def _instant(local: datetime, hour: int, minute: int) -> datetime:
    """The last time the site's wall showed it; a little ahead is left for the rule to name."""
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return found - timedelta(days=1) if found - local > timedelta(hours=12) else found
