"""Fields that several forms of controlled stock ask with."""

from django import forms


def amount(label: str, *, required: bool = True, hint: str = "") -> forms.DecimalField:
    """How many, in the unit of the line: the rules say which numbers can be kept."""
    return forms.DecimalField(
        label=label, required=required, help_text=hint, max_digits=12,
        error_messages={"required": "Enter how many.", "invalid": "Enter a number, such as 20 or 0.5.", "max_digits": "Enter a number."},
        widget=forms.TextInput(attrs={"class": "input input--short", "inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


def words(label: str, wanted: str = "", *, most: int = 300, hint: str = "") -> forms.CharField:
    """A line of text; ``wanted`` is what is said where it is empty ('': it may be)."""
    return forms.CharField(
        label=label, required=bool(wanted), max_length=most, help_text=hint, error_messages={"required": wanted},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )  # fmt: skip


def day(label: str) -> forms.DateField:
    """A date as it stands on a package."""
    return forms.DateField(
        label=label, error_messages={"required": "Enter the date on the package.", "invalid": "Enter a date."},
        widget=forms.DateInput(attrs={"class": "input input--short", "type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def choice(label: str, wanted: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    """One of several; none is chosen to begin with."""
    return forms.ChoiceField(
        label=label, choices=[("", "Choose"), *choices], widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": wanted, "invalid_choice": "Choose one from the list."},
    )  # fmt: skip
