"""What is asked for a counseling note, and for a grant to read some."""

from collections.abc import Iterable

from django import forms

from privacy.forms.recipients import one_of
from privacy.rules.counseling import GRANTABLE
from programs.desk import Desk
from programs.forms import RuledForm, WallClock, text
from programs.models import Site
from staff.models import Person


class CounselingNoteForm(RuledForm):
    """When the session began, and the note."""

    about_at = WallClock(
        passed=True,
        label="When the session began",
        help_text="Only to tell sessions apart; the session itself is charted.",
        error_messages={"required": "Write when the session began."},
    )
    text = forms.CharField(
        label="Your note", strip=False, error_messages={"required": "Write the note."},
        help_text="Your own. It is encrypted, and is not in the chart, the search, papers, exports or releases.",
        widget=forms.Textarea(attrs={"class": "input", "rows": 14, "autocomplete": "off"}),
    )  # fmt: skip


class GrantForm(RuledForm):
    """Who may read whose notes of whom, on what, until when."""

    record = text("Record number", "Write the record number of the client.", "No name: the page keeps none.")
    author = one_of("Whose notes", [], "Choose who wrote the notes.")
    reader = one_of("Who may read them", [], "Choose who may read them.")
    basis = one_of(
        "On what", [(each.value, each.label) for each in GRANTABLE], "Choose the basis on which they are read.",
        "42 CFR 2.31(b)(1). Supervision outside training, quality, billing and payers are not among them.",
    )  # fmt: skip
    words = forms.CharField(
        label="What for", widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        help_text="The case, the order, the training; who asked.", error_messages={"required": "Write what it is for."},
    )  # fmt: skip
    until = WallClock(label="Until", error_messages={"required": "Write until when."})

    def __init__(
        self, desk: Desk, site: Site, authors: Iterable[Person], readers: Iterable[Person], *args: object, **kwargs: object
    ) -> None:  # fmt: skip
        super().__init__(desk, site, *args, **kwargs)
        for name, people in (("author", authors), ("reader", readers)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Choose"), *((str(each.pk), _named(each)) for each in people)]


def _named(person: Person) -> str:
    return f"{person.name}, {person.credentials}" if person.credentials else person.name
