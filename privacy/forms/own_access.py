"""What is asked about a client's request for their own record: more time, or the answer."""

from collections.abc import Sequence
from typing import cast

from django import forms

from privacy.forms.duties import lines
from privacy.forms.recipients import one_of
from privacy.models import Disclosure
from privacy.rules.own_access import AccessStepKind
from programs.desk import Desk
from programs.forms import RuledForm, day
from programs.models import Site
from programs.rules.dates import said_at


class AccessStepForm(RuledForm):
    """``went``: the own copies that went since; what was given is one of them."""

    kind = one_of("What happened", [(each.value, each.label) for each in AccessStepKind], "Choose what happened.")
    until = day("New last day", hint="Where it is extended: the day the client was told in writing")
    disclosure = forms.ChoiceField(
        label="What was given", required=False, widget=forms.Select(attrs={"class": "input"}),
        help_text="Where it was given, whole or in part", error_messages={"invalid_choice": "Choose one of the list."},
    )  # fmt: skip
    reason = lines("Reason", hint="For more time, and for what is not given: as the client was told in writing")
    review = lines("How the client can have it reviewed", hint="For what is not given: by whom, and where to complain")

    def __init__(self, went: Sequence[Disclosure], desk: Desk, site: Site, *args: object, **kwargs: object) -> None:
        super().__init__(desk, site, *args, **kwargs)
        found = [(str(row.pk), f"{row.pk}, {said_at(row.at, site.tz)}: {row.summary}"[:110]) for row in went]
        cast("forms.ChoiceField", self.fields["disclosure"]).choices = [("", "Nothing"), *found]
