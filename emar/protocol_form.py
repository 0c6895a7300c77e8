"""A protocol as typed: a row a band. The form parses; the rules judge what it says (``emar/rules/protocols.py``)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import uuid4

from django import forms

from chart.scales import withdrawal_scales
from emar.models import Protocol
from emar.rules.administration import plain_number
from emar.rules.protocols import Band, Stretch

ROWS, STEPS = 6, 3
INPUT = {"class": "input", "autocomplete": "off"}
NUMBER = INPUT | {"inputmode": "numeric"}


@dataclass(frozen=True)
class Line:
    """A row as it stands in the form: its number and what is typed in each cell."""

    number: int
    cells: Mapping[str, str]


class ProtocolForm(forms.Form):
    """A protocol's words and numbers; bands and steps are read from cells ``band-0-from`` and ``step-0-times``."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Reload the page and send it again."})
    name = forms.CharField(label="Name", max_length=200, required=False, widget=forms.TextInput(attrs=INPUT))
    scale = forms.ChoiceField(label="Scale", required=False, widget=forms.Select(attrs={"class": "input"}))
    ingredient = forms.CharField(
        label="Ingredient, as the formulary has it", max_length=200, required=False,
        widget=forms.TextInput(attrs=INPUT),
    )  # fmt: skip
    unit = forms.CharField(label="Unit", max_length=200, required=False, widget=forms.TextInput(attrs=INPUT))
    low = forms.IntegerField(
        label="A score is low under", required=False, min_value=0, max_value=999, widget=forms.TextInput(attrs=NUMBER)
    )
    end_hours = forms.IntegerField(
        label="Scoring ends after so many hours of low scores", required=False, min_value=0, max_value=9999,
        widget=forms.TextInput(attrs=NUMBER),
    )  # fmt: skip
    source = forms.CharField(
        label="Where the numbers come from", max_length=1000, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    attested = forms.BooleanField(label="I have read this table and attest it for use at this site.", required=False)

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        choices = [(each.code, f"{each.name}, 0 to {each.top}") for each in withdrawal_scales().values()]
        self.fields["scale"].choices = choices  # type: ignore[attr-defined]
        self.wrong: list[str] = []

    @property
    def bands_typed(self) -> list[Line]:
        """The rows of the table."""
        return self._lines("band", ("from", "to", "amount", "recheck", "call"), ROWS)

    @property
    def steps_typed(self) -> list[Line]:
        """The steps after low scores."""
        return self._lines("step", ("times", "recheck"), STEPS)

    def bands(self) -> tuple[Band, ...]:
        """The rows in which something stands; what is no number is named in ``wrong``."""
        return tuple(self._bands())

    def stretches(self) -> tuple[Stretch, ...]:
        """The steps in which something stands."""
        found = []
        for line in self.steps_typed:
            if any(line.cells.values()):
                times, recheck = self._whole(line.cells["times"]), self._whole(line.cells["recheck"])
                found.append(Stretch(times, recheck))
        return tuple(found)

    def _bands(self) -> Iterator[Band]:
        for line in self.bands_typed:
            cells = line.cells
            if not any(cells[name] for name in ("from", "to", "amount", "recheck")):
                continue
            amount = None
            if cells["amount"]:
                try:
                    amount = Decimal(cells["amount"])
                except InvalidOperation:
                    self.wrong.append(f"'{cells['amount'][:20]}' is no dose. Enter a number such as 50, or nothing.")
            yield Band(
                self._whole(cells["from"]), self._whole(cells["to"]), amount, self._whole(cells["recheck"]),
                bool(cells["call"]),
            )  # fmt: skip

    def _whole(self, text: str) -> int:
        if text.isdecimal() and len(text) < 6:
            return int(text)
        self.wrong.append(f"'{text[:20]}' is no whole number. Fill every cell of a row, or none.")
        return 0

    def _lines(self, prefix: str, names: tuple[str, ...], most: int) -> list[Line]:
        return [
            Line(n, {name: str(self.data.get(f"{prefix}-{n}-{name}", "")).strip() for name in names})
            for n in range(most)
        ]


def filled_from(row: Protocol) -> dict[str, object]:
    """The form of a change: the protocol as it stands, not yet attested again."""
    return _filled(
        {
            "name": row.name, "scale": row.scale, "ingredient": row.ingredient, "unit": row.unit, "low": row.low,
            "end_hours": row.end_hours, "source": row.source, "bands": row.bands, "stretches": row.stretches,
        }
    )  # fmt: skip


def filled_example(example: Mapping[str, object]) -> dict[str, object]:
    """The form of a new protocol that begins from an example."""
    return _filled(example)


def _filled(data: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {"key": uuid4()}
    for name in ("name", "scale", "ingredient", "unit", "low", "end_hours", "source"):
        value = data.get(name)
        found[name] = "" if value is None else value
    bands, steps = data.get("bands"), data.get("stretches")
    for number, band in enumerate(bands if isinstance(bands, list) else []):
        amount = band.get("amount")
        found |= {
            f"band-{number}-from": band["from"], f"band-{number}-to": band["to"],
            f"band-{number}-amount": "" if amount is None else plain_number(Decimal(str(amount))),
            f"band-{number}-recheck": band["recheck_minutes"], f"band-{number}-call": "yes" if band.get("call") else "",
        }  # fmt: skip
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        found |= {f"step-{number}-times": step["times"], f"step-{number}-recheck": step["recheck_minutes"]}
    return found
