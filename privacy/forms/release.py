"""What a release asks for: to whom, for what, which parts, how, and the PIN of whoever releases it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms

from privacy.forms.leaving import CHANNEL_OF, LeavingForm
from privacy.models import AccessRequest, Engagement, LegalRequest, Recipient
from privacy.queries.engagements import ground_of_engagement, running
from privacy.queries.gate import Going
from privacy.queries.legal import ground_of, orders_of
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.disclosure import Attachment
from privacy.rules.engagements import EngagementKind
from privacy.rules.grounds import Ground
from privacy.rules.notices import Channel
from privacy.rules.sections import ON_PAPER
from programs.desk import Desk
from programs.forms import day, text
from programs.models import Client
from programs.people import ids_of

PURPOSES = (
    Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT, Purpose.PATRQT, Purpose.FAMRQT, Purpose.MONITOR, Purpose.HLEGAL, Purpose.REGISTRY,
    Purpose.PDMP, Purpose.HRESCH, Purpose.AUDIT,
)  # fmt: skip
CHANNELS = (Channel.HANDED_OVER, Channel.FILE, Channel.LINK, Channel.SHOWN)
PARTS = tuple(each for each in InfoClass if each in ON_PAPER and each is not InfoClass.IDENTITY)
LASTS = ((24, "One day"), (72, "Three days"), (168, "Seven days"))
MOST_DAYS = 3 * 366
FOR = {EngagementKind.AUDIT.value: Purpose.AUDIT, EngagementKind.RESEARCH.value: Purpose.HRESCH}


class ReleaseForm(LeavingForm):
    """A release of a client's record. ``going`` is what it asks for, once valid."""

    PURPOSES, PARTS = PURPOSES, PARTS

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
    rests = forms.ChoiceField(
        label="Without consent, on", required=False, widget=forms.Select(attrs={"class": "input"}),
        help_text="Court orders that counsel reviewed, with their mandate (42 CFR 2.61); audits and research that run now (2.52, 2.53).",
        error_messages={"invalid_choice": "This permits nothing now. Look under Privacy."},
    )  # fmt: skip
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

    def __init__(self, desk: Desk, client: Client, offered: Sequence[Recipient], *args: Any, **kwargs: Any) -> None:
        super().__init__(desk, client, offered, *args, **kwargs)
        orders, engaged = orders_of(ids_of(client), desk.now), running(desk.site.pk, desk.now)
        self.resting: dict[str, LegalRequest | Engagement] = {f"order-{row.pk}": row for row in orders}
        self.resting |= {f"engagement-{row.pk}": row for row in engaged}
        self.offer(
            "rests", ("", "Nothing: a consent, or the client"), *((pk, _named(row)) for pk, row in self.resting.items())
        )
        self.fields["last"].initial = self.today
        self.fields["first"].initial = self.today - timedelta(days=30)

    def begin(self, pk: str) -> AccessRequest | None:
        """Also whole, and in the form in which the client wants it; who releases it takes out what they did not ask for."""
        row = super().begin(pk)
        if row is not None:
            self.fields["channel"].initial = CHANNEL_OF[row.wanted]
            self.fields["classes"].initial = [each.value for each in PARTS]
            self.fields["first"].initial = self.today - timedelta(days=MOST_DAYS)
        return row

    def clean(self) -> dict[str, Any]:
        """Refuse days that do not come one after the other, or have not come, and another purpose than that of an engagement."""
        found = cast("dict[str, Any]", super().clean())
        first, last = found.get("first"), found.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last > self.today:
                self.add_error("last", "This day has not come yet. Choose today or an earlier one.")
            elif first > last:
                self.add_error("first", "The first day comes after the last. Choose an earlier one.")
            elif (last - first).days > MOST_DAYS:
                self.add_error("first", "One release covers at most three years. Choose fewer days.")
        row = self.resting.get(found.get("rests", ""))
        if isinstance(row, Engagement) and found.get("purpose") and found["purpose"] != FOR[row.kind]:
            self.add_error("purpose", f"It rests on an engagement for {FOR[row.kind].label}. Choose this purpose.")
        return found

    @property
    def going(self) -> Going:
        """What is to leave."""
        data, classes = self.cleaned_data, self.chosen
        row = self.resting.get(data["rests"])
        names = "; ".join(each.label for each in InfoClass if each in classes)
        return Going(
            self.client, self.site, self.offered.get(data["to"]), Purpose(data["purpose"]), classes, Channel(data["channel"]),
            f"{names}, {data['first']:%-d %b %Y} to {data['last']:%-d %b %Y}"[:400],
            attachment=Attachment(data["attachment"]), first=data["first"],
            proceeding=data["proceeding"].strip()[:160] or (row.docket if isinstance(row, LegalRequest) else ""),
            ground=self.own or _ground(row),
        )  # fmt: skip


def _named(row: LegalRequest | Engagement) -> str:
    if isinstance(row, LegalRequest):
        return f"Order of {row.court}, {row.docket} ({row.section})"
    return f"{row.get_kind_display()} {row.pk}: {row.recipient.name}"


def _ground(row: LegalRequest | Engagement | None) -> Ground | None:
    if row is None:
        return None
    return ground_of(row) if isinstance(row, LegalRequest) else ground_of_engagement(row)
