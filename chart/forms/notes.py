"""What is typed of a note, of what amends one, of a search and of a template."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from chart.actions.drafts import TIMES, Typed, Which
from chart.models import Note
from chart.queries.note_search import LONGEST_QUERY
from chart.rules.note_templates import Field, Template, name_of
from programs.forms import WallClock
from staff.models import Person

FIELD, TIME = "f-", "t-"
BLANK_ROWS = 2


def typed_in(data: QueryDict) -> Typed:
    """Words, times and objectives as they stand in the form that was sent."""
    return Typed(
        fields={name.removeprefix(FIELD): str(text) for name, text in data.items() if name.startswith(FIELD)},
        times={name: data.get(f"{TIME}{name}", "") for name in TIMES},
        objectives=tuple(int(pk) for pk in data.getlist("objective") if pk.isdecimal() and len(pk) < 18),
    )


def which_in(data: Mapping[str, Any], episode_id: int, code: str) -> Which:
    """The draft and version that the form was drawn from."""
    draft, version = (str(data.get(name, "")) for name in ("draft", "version"))
    return Which(
        episode_id,
        code,
        int(draft) if draft.isdecimal() and len(draft) < 18 else None,
        int(version) if version.isdecimal() and len(version) < 9 else 0,
    )


class WhenForm(forms.Form):
    """When it happened, or when it began and ended, on the site's clock."""

    prefix = "t"
    about = WallClock(passed=True, label="When it happened", required=False, help_text="Empty: now, as you sign it")
    began = WallClock(passed=True, label="Began", required=False)
    ended = WallClock(passed=True, label="Ended", required=False)

    def add_prefix(self, field_name: str) -> str:
        """'t-began'."""
        return f"{TIME}{field_name}"


class AmendForm(forms.Form):
    """Why, the words, and when what is added happened."""

    reason = forms.CharField(
        label="Why", required=False, max_length=1000, widget=forms.TextInput(attrs={"class": "input", "maxlength": 400})
    )
    text = forms.CharField(
        label="What is added", required=False, widget=forms.Textarea(attrs={"class": "input", "rows": 5})
    )
    about_at = WallClock(passed=True, label="When it happened", required=False, help_text="Empty: now")


class SearchForm(forms.Form):
    """Words and filters."""

    q = forms.CharField(
        label="Words", max_length=LONGEST_QUERY, error_messages={"required": "Write the words to look for."},
        widget=forms.TextInput(attrs={"class": "input", "type": "search", "placeholder": "sleep, \"hard phone call\", -work"}),
    )  # fmt: skip
    who = forms.CharField(
        label="Client", required=False, max_length=80, help_text="Part of a name, or the record number",
        widget=forms.TextInput(attrs={"class": "input"}),
    )  # fmt: skip
    author = forms.ChoiceField(label="Written by", required=False, widget=forms.Select(attrs={"class": "input"}))
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All"), *Note.Kind.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"class": "input", "type": "date"})
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"class": "input", "type": "date"})
    )

    def __init__(self, data: Mapping[str, Any] | None, people: Iterable[Person]) -> None:
        super().__init__(data)
        field = self.fields["author"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Anyone"), *((str(who.pk), who.name) for who in people)]

    def clean_q(self) -> str:
        """Without what PostgreSQL cannot take."""
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()


def template_in(data: QueryDict, old: Template | None) -> Template:
    """A template as it was typed: one line a field; a line without label and help is taken out. Names of fields stay."""
    fields: list[Field] = []
    rows = zip(data.getlist("name"), data.getlist("label"), data.getlist("help"), data.getlist("needs"), strict=False)
    for name, label, told, needs in rows:
        if not label.strip() and not told.strip():
            continue
        held = [each.name for each in fields]
        kept = name if old is not None and old.field(name) is not None and name not in held else ""
        stable = kept or name_of(label, [*held, *(each.name for each in (old.fields if old else ()))])
        fields.append(Field(stable, label.strip(), told.strip(), required=needs == "required", risk=needs == "risk"))
    title = data.get("title", "").strip()
    return Template(
        code=old.code if old else name_of(title).replace("_", "-"),
        name=title,
        kind=data.get("kind", ""),
        line=data.get("line", "").strip(),
        fields=tuple(fields),
        asks_times="times" in data,
        asks_goal="goal" in data,
        version=(old.version + 1) if old else 1,
        in_use="use" in data,
    )
