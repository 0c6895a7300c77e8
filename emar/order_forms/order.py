"""An order as typed. The form parses; the rules judge what it says (``emar/rules/orders/check.py``)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django import forms
from django.http import QueryDict
from django.utils import timezone

from emar.order_forms.acts import LONGEST_WHY, TEXT, VerbalFields
from emar.order_forms.rows import Cells, rows_in
from emar.order_forms.schedule import DAYS, KINDS, clocks, fixed, taper
from emar.rules.orders import Comparison, Measure, Mode, Witness
from emar.rules.orders.facts import Sig
from emar.rules.orders.kinds import StartKind
from emar.rules.schedule.words import DAY_NAMES
from programs.forms import WallClock

STEPS, LIMITS = 12, 4
STEP = ("amount", "days", "times")
LIMIT = ("measure", "value", "comparison", "fresh", "strict")
NUMBER = {"class": "input", "inputmode": "decimal", "autocomplete": "off"}


def _number(label: str, said: str) -> forms.DecimalField:
    widget = forms.TextInput(attrs=NUMBER)
    messages = {"invalid": said, "max_digits": said, "max_decimal_places": said, "max_whole_digits": said}
    return forms.DecimalField(label=label, required=False, widget=widget, error_messages=messages)


def _whole(label: str, least: int, most: int) -> forms.IntegerField:
    said = f"Enter a whole number from {least} to {most:,}."
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most,
        widget=forms.TextInput(attrs=NUMBER | {"inputmode": "numeric"}),
        error_messages={"invalid": said, "min_value": said, "max_value": said},
    )  # fmt: skip


def _text(label: str, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=1000, widget=forms.TextInput(attrs=TEXT | attrs))


def _choice(label: str, choices: Iterable[tuple[str, str]], *, radio: bool = False) -> forms.ChoiceField:
    widget = forms.RadioSelect() if radio else forms.Select(attrs=TEXT)
    return forms.ChoiceField(label=label, choices=list(choices), required=False, widget=widget)


class OrderForm(VerbalFields):
    """One order. ``units``, ``routes`` and ``hours`` are what can be chosen for the medication and at the site."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Reload the page and send it again."})
    dose = _number("Dose", "Enter the dose as a number, such as 0.5.")
    dose_max = _number("up to", "Enter the top of the range as a number, such as 2.")
    unit = _choice("Unit", ())
    route = _choice("Route", ())
    kind = _choice("When", KINDS.items(), radio=True)
    times = forms.MultipleChoiceField(label="At", required=False, widget=forms.CheckboxSelectMultiple)
    own = _text("Other times", placeholder="07:30, 13:15", autocomplete="off")
    days = _choice("On which days", DAYS.items(), radio=True)
    every_n = _whole("Days between doses", 2, 366)
    weekdays = forms.MultipleChoiceField(
        label="Days of the week", required=False, choices=[(str(n), name) for n, name in enumerate(DAY_NAMES)],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    hours = _whole("Hours between doses", 1, 366 * 24)
    taper_total = _number("All steps add up to", "Enter the total as a number.")
    gap_hours = _whole("Hours", 0, 366 * 24)
    gap_minutes = _whole("and minutes", 0, 59)
    most_doses = _whole("Doses in 24 hours, at most", 1, 99)
    most = _number("Or as an amount in 24 hours", "Enter the amount as a number, such as 3000.")
    most_unit = _choice("Unit of the amount", ())
    reassess = _whole("Look again after, in minutes", 1, 9999)
    indication = _text("What it is for", autocomplete="off")
    instructions = _text("Instructions", autocomplete="off")
    start = WallClock(label="Start", required=False)
    until = WallClock(label="Stop", required=False)
    for_days = _whole("Or stop after, in days", 1, 366)
    mode = _choice("How it is taken", [(each.value, each.label) for each in Mode])
    protocol = _choice("Goes by a score", ())
    start_kind = _choice("Treatment of opioid use", [(each.value, each.label) for each in StartKind])
    witness = _choice("Witness", [(each.value, each.label) for each in Witness])
    time_critical = forms.BooleanField(
        label="Time-critical: given in the site's narrow window around its time", required=False
    )
    why = forms.CharField(
        label="Why is it changed?", max_length=LONGEST_WHY, widget=forms.TextInput(attrs=TEXT),
        error_messages={"required": f"Say why it is changed, in at most {LONGEST_WHY} characters."},
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, object], *, units: Sequence[str], routes: Sequence[str], hours: Sequence[str], at: datetime,
        changes: bool = False, prescribers: list[int] | None = None, protocols: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        super().__init__(data, prescribers=prescribers)
        self.at, self.changes = at, changes
        self.fields["protocol"].choices = [("", "No: the nurse decides within the range"), *protocols]  # type: ignore[attr-defined]
        for name, known in (("unit", units), ("route", routes), ("most_unit", units)):
            chosen = dict.fromkeys([*known, *filter(None, (str(data.get(name) or "")[:30],))])
            self.fields[name].choices = [(each, each) for each in chosen]  # type: ignore[attr-defined]
        ticked = data.getlist("times") if isinstance(data, QueryDict) else data.get("times", ())
        every = sorted({*hours, *(str(each) for each in ticked if clocks(str(each)) == [each])})  # type: ignore[attr-defined]
        self.fields["times"].choices = [(each, each) for each in every]  # type: ignore[attr-defined]
        for name in ("start",) if changes else ("why",):
            del self.fields[name]

    def clean(self) -> dict[str, object]:
        """A stop is an instant or a number of days, not both."""
        typed: dict[str, object] = super().clean() or self.cleaned_data
        if typed.get("until") and typed.get("for_days"):
            self.add_error("for_days", "Enter the stop or the number of days, not both.")
        return typed

    @property
    def steps(self) -> list[Cells]:
        """The rows of a taper."""
        return rows_in(self.data, "taper", STEP, most=self._many("taper", STEPS), first=2)

    @property
    def limits(self) -> list[Cells]:
        """The rows of hold limits."""
        return rows_in(
            self.data,
            "limit",
            LIMIT,
            most=self._many("limit", LIMITS),
            first=0,
            but=("measure", "comparison", "fresh", "strict"),
        )

    def _many(self, prefix: str, least: int) -> int:
        """How many rows there are: at least so many, and all of an order that has more."""
        numbers = [name.split("-")[1] for name in self.data if name.startswith(f"{prefix}-")]
        return max([least, *(int(number) + 1 for number in numbers if number.isdecimal() and len(number) < 3)])

    @property
    def chosen_kind(self) -> str:
        """The kind of schedule that is chosen."""
        kind = str(self.data.get("kind", ""))
        return kind if kind in KINDS else "fixed"

    def quiet(self) -> set[str]:
        """Findings about what nobody has come to yet: they are said on sending, not while typing."""
        typed, found = self.data, set()
        blank = {
            "order.dose": ("dose",), "order.prn_gap": ("gap_hours", "gap_minutes"), "order.prn_maximum": ("most_doses",),
            "order.prn_indication": ("indication",),
        }  # fmt: skip
        for code, names in blank.items():
            if not any(str(typed.get(name, "")).strip() for name in names):
                found.add(code)
        nothing = {"fixed": ("own", "times"), "hours": ("hours",), "taper": ("taper-0-amount",)}
        names = nothing.get(self.chosen_kind, ())
        if names and not any(str(typed.get(name, "")).strip() for name in names):
            found |= {"order.schedule", *({"order.dose"} if self.chosen_kind == "taper" else ())}
        return found

    def sig(self) -> Sig:
        """What is typed, as the rules take it. A field that cannot be read is left out: the form's own error says so."""
        typed = self.cleaned_data
        prn, tapers = self.chosen_kind == "prn", self.chosen_kind == "taper"
        return Sig(
            schedule=self._schedule(),
            dose=None if tapers else typed.get("dose"),
            dose_max=None if tapers else typed.get("dose_max"),
            unit=typed.get("unit", ""),
            route=typed.get("route", ""),
            indication=typed.get("indication", ""),
            instructions=typed.get("instructions", ""),
            most_in_24h=typed.get("most") if prn else None,
            most_unit=typed.get("most_unit", "") if prn and typed.get("most") is not None else "",
            reassess_minutes=typed.get("reassess") if prn else None,
            mode=typed.get("mode") or Mode.NURSE.value,
            witness=typed.get("witness", ""),
            time_critical=typed.get("time_critical", False),
            hold_limits=tuple(_limit(row.cells) for row in self.limits if row.shown),
            started_at=typed.get("start"),
            until=self._until(),
            taper_total=typed.get("taper_total") if tapers else None,
            protocol_id=int(typed["protocol"]) if prn and typed.get("protocol") else None,
            start_kind=typed.get("start_kind") or "",
        )

    def _schedule(self) -> Mapping[str, object]:
        typed = self.cleaned_data
        match self.chosen_kind:
            case "hours":
                return {"kind": "every_hours", "hours": typed.get("hours") or 0}
            case "once":
                return {"kind": "once"}
            case "taper":
                return taper([row.cells for row in self.steps if not row.empty])
            case "prn":
                gap = (typed.get("gap_hours") or 0) * 60 + (typed.get("gap_minutes") or 0)
                return {"kind": "as_needed", "min_gap_minutes": gap, "max_in_24h": typed.get("most_doses") or 0}
            case _:
                return fixed(
                    typed.get("times", []), typed.get("own", ""), typed.get("days", ""), typed.get("every_n"),
                    typed.get("weekdays", []),
                )  # fmt: skip

    def _until(self) -> datetime | None:
        """The stop: as typed, or so many local days after the start, at the same hour of the wall clock."""
        typed = self.cleaned_data
        if not typed.get("for_days"):
            return typed.get("until")
        start = timezone.localtime(typed.get("start") or self.at)
        return (start.replace(tzinfo=None) + timedelta(days=typed["for_days"])).replace(tzinfo=start.tzinfo)


def _limit(cells: Mapping[str, str]) -> dict[str, object]:
    """A row in the stored form of a hold limit; what is no number goes on as it is, for the rule to name it."""
    fresh = cells["fresh"] or "60"
    return {
        "measure": cells["measure"] if cells["measure"] in set(Measure) else Measure.SYSTOLIC.value,
        "comparison": cells["comparison"] if cells["comparison"] in set(Comparison) else Comparison.BELOW.value,
        "value": cells["value"],
        "fresh_minutes": int(fresh) if fresh.isdecimal() and len(fresh) < 6 else fresh,
        "strict": cells["strict"] != "no",
    }
