"""What a release asks for: to whom, for what, which parts, how, and the PIN of whoever releases it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms

from privacy.models import Recipient
from privacy.queries.gate import Going
from privacy.queries.legal import ground_of, orders_of
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.disclosure import Attachment
from privacy.rules.grounds import OwnAccess
from privacy.rules.notices import Channel
from privacy.rules.sections import ON_PAPER
from programs.desk import Desk
from programs.forms import RuledForm, day, text
from programs.models import Client
from programs.people import ids_of

CLIENT = "client"
PURPOSES = (
    Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT, Purpose.PATRQT, Purpose.FAMRQT, Purpose.MONITOR, Purpose.HLEGAL, Purpose.REGISTRY,
    Purpose.PDMP, Purpose.HRESCH,
)  # fmt: skip
CHANNELS = (Channel.HANDED_OVER, Channel.FILE, Channel.LINK)
PARTS = tuple(each for each in InfoClass if each in ON_PAPER and each is not InfoClass.IDENTITY)
LASTS = ((24, "One day"), (72, "Three days"), (168, "Seven days"))
MOST_DAYS = 3 * 366


class ReleaseForm(RuledForm):
    """A release of a client's record. ``going`` is what it asks for, once valid."""

    to = forms.ChoiceField(
        label="To", error_messages={"required": "Choose who receives it.", "invalid_choice": "Choose someone from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    purpose = forms.ChoiceField(
        label="Purpose", choices=[("", "Choose what it is for"), *((each.value, each.label.capitalize()) for each in PURPOSES)],
        error_messages={"required": "Choose what it is for.", "invalid_choice": "Choose a purpose from the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    classes = forms.MultipleChoiceField(
        label="What", choices=[(each.value, each.label) for each in PARTS], required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    first = day("First day", "Choose the first day.")
    last = day("Last day", "Choose the last day.")
    channel = forms.ChoiceField(
        label="How",
        choices=[(each.value, each.label) for each in CHANNELS],
        widget=forms.Select(attrs={"class": "input"}),
    )
    attachment = forms.ChoiceField(
        label="With it goes", choices=[(each.value, each.label) for each in (Attachment.SCOPE, Attachment.COPY)],
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    proceeding = text("Proceeding", hint="For a proceeding: its docket or name, as in the consent.")
    order = forms.ChoiceField(
        label="Court order", required=False, help_text="Orders that counsel reviewed, with their mandate (42 CFR 2.61).",
        error_messages={"invalid_choice": "This order does not permit anything now. Look under Legal requests."},
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    request = text("The client's request", hint="For a client's own copy: when and how they asked.")
    hours = forms.TypedChoiceField(
        label="Link lasts",
        choices=LASTS,
        coerce=int,
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    openings = forms.TypedChoiceField(
        label="Opens", choices=[(1, "Once"), (2, "Twice"), (5, "Five times")], coerce=int, required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )  # fmt: skip
    reason = text("Why it is necessary", hint="Only where the gate asks for a reason.")

    def __init__(self, desk: Desk, client: Client, offered: Sequence[Recipient], *args: Any, **kwargs: Any) -> None:
        self.client, self.offered = client, {str(each.pk): each for each in offered}
        super().__init__(desk, desk.site, *args, **kwargs)
        people = [(pk, f"{each.name} ({each.get_kind_display()})") for pk, each in self.offered.items()]
        to = cast("forms.ChoiceField", self.fields["to"])
        to.choices = [("", "Choose who receives it"), *people, (CLIENT, f"{client.called}, in person: their own copy")]
        self.orders = {str(row.pk): row for row in orders_of(ids_of(client), desk.now)}
        named = [(pk, f"{row.court}, {row.docket} ({row.section})") for pk, row in self.orders.items()]
        cast("forms.ChoiceField", self.fields["order"]).choices = [("", "None"), *named]
        self.fields["last"].initial = self.today
        self.fields["first"].initial = self.today - timedelta(days=30)

    def clean(self) -> dict[str, Any]:
        """Refuse days that do not come one after the other, or have not come."""
        found = cast("dict[str, Any]", super().clean())
        first, last = found.get("first"), found.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last > self.today:
                self.add_error("last", "This day has not come yet. Choose today or an earlier one.")
            elif first > last:
                self.add_error("first", "The first day comes after the last. Choose an earlier one.")
            elif (last - first).days > MOST_DAYS:
                self.add_error("first", "One release covers at most three years. Choose fewer days.")
        return found

    @property
    def parts(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen) of each class that can be chosen."""
        chosen = set(self["classes"].value() or ())
        return [(each.value, each.label, each.value in chosen) for each in PARTS]

    @property
    def going(self) -> Going:
        """What is to leave. Names the client always: a record that says nothing of whom it is about is no record."""
        data = self.cleaned_data
        own, order = data["to"] == CLIENT, self.orders.get(data["order"])
        classes = frozenset({InfoClass.IDENTITY, *map(InfoClass, data["classes"])})
        names = "; ".join(each.label for each in InfoClass if each in classes)
        return Going(
            self.client, self.site, self.offered.get(data["to"]), Purpose(data["purpose"]), classes, Channel(data["channel"]),
            f"{names}, {data['first']:%-d %b %Y} to {data['last']:%-d %b %Y}"[:400],
            attachment=Attachment(data["attachment"]), first=data["first"],
            proceeding=data["proceeding"].strip()[:160] or (order.docket if order is not None else ""),
            ground=OwnAccess(data["request"].strip()[:300]) if own else ground_of(order) if order is not None else None,
        )  # fmt: skip
