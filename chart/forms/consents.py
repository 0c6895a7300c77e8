"""What is asked for a new consent, and about one that is signed. Nothing is required here: the rules of ``privacy`` judge it whole."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms

from chart.forms.facts import FactForm, pick, words
from privacy.models import Consent, Recipient
from privacy.queries.proposing import Sketch
from privacy.queries.recipients import choosable
from privacy.rules.classes import InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.elements import Signer
from privacy.rules.shapes import NEVER_A_CONDITION, PARTICIPANTS, SHAPES
from programs.forms import RuledForm, day, text

CLASSED = "class"
SIGNING: Mapping[str, tuple[str, tuple[Signer, ...]]] = {
    "client": ("The client", (Signer.CLIENT,)),
    "both": ("The client and a parent or guardian", (Signer.CLIENT, Signer.GUARDIAN)),
    "alone": ("The client, under 18, alone: state law lets them", (Signer.CLIENT,)),
    "representative": ("A personal representative", (Signer.REPRESENTATIVE,)),
}
T, K = ConsentType, RecipientKind
ASKING = frozenset({K.PERSON, K.EMPLOYER, K.SCHOOL, K.LEGAL, K.CRIMINAL_JUSTICE, K.AGENCY, K.OTHER})
"""Who asks at the door and on the telephone."""

OF_TYPE = {
    "participants": (T.INTERMEDIARY,), "proceeding": (T.LEGAL_PROCEEDING, T.RESEARCH), "conditioned": NEVER_A_CONDITION,
    **dict.fromkeys(("required_by", "period_words", "revocable_on"), (T.CRIMINAL_JUSTICE_REFERRAL,)),
}  # fmt: skip


class Ticks(forms.MultipleChoiceField):
    """Any of a few, as boxes to tick."""

    def __init__(self, label: str, hint: str = "") -> None:
        super().__init__(label=label, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple)


class ConsentForm(RuledForm):
    """A consent of one type for one client, begun with what is usual for the type."""

    recipients = Ticks("Who may get it")
    new_name = text("Somebody who is not in the list", hint="First and last name")
    new_relation = text("Who they are to the client", hint="Mother, partner, employer")
    classes = Ticks("What may be given")
    scope_words = text(
        "Anything to add to that", hint="A period, a document: '2025 to today', 'the letter to the school'"
    )
    purposes = Ticks("What for")
    participants = pick("Which members of the exchange", list(PARTICIPANTS.items()))
    proceeding = text("Which proceeding", hint="Case, number, court")
    required_by = text("Who made treatment a condition", hint="Court and case, parole, pretrial services")
    period_words = text("Why it lasts as long as it does", hint="The length of the treatment and of the case")
    revocable_on = day("The client may revoke it from", hint="No later than the end of the case")
    conditioned = forms.BooleanField(label="A service, a payment or the place here depends on it", required=False)
    expiry = pick("It ends", [], "Say when it ends.")
    expires_on = day("Last day", hint="Where it ends on a date")
    everywhere = forms.BooleanField(label="Every site of the organisation may give it", required=False)
    signers = pick("Who signs", [(code, label) for code, (label, _) in SIGNING.items()], "Say who signs.", "client")
    replaces = forms.BooleanField(label="It takes the place of the one that counts now", required=False)

    def __init__(
        self, desk: Any, site: Any, client: Any, type: ConsentType, before: Consent | None, *args: object, **kwargs: object
    ) -> None:  # fmt: skip
        super().__init__(desk, site, *args, **kwargs)
        self.client, self.type, self.before, shape = client, type, before, SHAPES[type]
        rows = choosable(client, _kinds(type))
        own = [(str(row.pk), _called(row)) for row in rows]
        if shape.classed:
            own.insert(
                0, (CLASSED, "My treating providers, health plans, payers, and people helping to operate this program")
            )
        self._begin("recipients", own, [CLASSED] if shape.classed else [])
        self._begin(
            "classes", [(each.value, each.label) for each in InfoClass if each in shape.classes], sorted(shape.begun)
        )
        purposes = [(each.value, each.label[0].upper() + each.label[1:]) for each in Purpose if each in shape.purposes]
        begun = [each for each, _ in purposes] if type is T.TPO_SINGLE or len(purposes) == 1 else []
        self._begin("purposes", purposes, begun)
        ends = [(each.value, each.label[0].upper() + each.label[1:]) for each in shape.expiries]
        self._begin("expiry", ends, shape.expiries[0].value)
        self.fields["everywhere"].initial = type is T.TPO_SINGLE
        minor = client.age(self.today) < 18
        self._begin("signers", [
            (code, label) for code, (label, _) in SIGNING.items() if code == "representative" or (code == "client") is not minor
        ], "both" if minor else "client")  # fmt: skip
        if type is T.RESEARCH:
            self.fields["proceeding"].label, self.fields["proceeding"].help_text = "Which study", "Its name and number"
        for name, types in OF_TYPE.items():
            if type not in types:
                del self.fields[name]
        if before is None:
            del self.fields["replaces"]
        else:
            self.fields["replaces"].initial = type is not T.SPECIFIC

    def _begin(self, name: str, choices: list[tuple[str, str]], initial: object) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices
        self.fields[name].initial = initial

    def sketch(self, sent: Mapping[str, Any] | None = None) -> Sketch:
        """What is chosen so far, whatever else is wrong with the form (before it is sent: what it begins with)."""
        data = self.cleaned_data if self.is_bound else {name: field.initial for name, field in self.fields.items()}
        chosen = data.get("recipients") or []
        signing = data.get("signers") or "client"
        return Sketch(
            type=self.type, recipients=tuple(int(each) for each in chosen if each != CLASSED), classed=CLASSED in chosen,
            everywhere=bool(data.get("everywhere")), purposes=frozenset(map(Purpose, data.get("purposes") or ())),
            classes=frozenset(map(InfoClass, data.get("classes") or ())), scope_words=data.get("scope_words") or "",
            expiry=ExpiryKind(data["expiry"]) if data.get("expiry") else None, expires_on=data.get("expires_on"),
            participants=data.get("participants") or "", proceeding=data.get("proceeding") or "",
            required_by=data.get("required_by") or "", period_words=data.get("period_words") or "",
            revocable_on=data.get("revocable_on"), conditioned=bool(data.get("conditioned")),
            signers=SIGNING[signing][1], minor_alone=signing == "alone",
        )  # fmt: skip


def _called(row: Recipient) -> str:
    return f"{row.name} ({row.relation})" if row.relation else row.name


def _kinds(type: ConsentType) -> frozenset[RecipientKind]:
    """The kinds of recipient that are offered; everybody where the type says nothing of it."""
    if type is T.PRESENCE_ACK:
        return ASKING
    return frozenset() if type is T.INTERMEDIARY else SHAPES[type].kinds


class SignForm(FactForm):
    """A signature of somebody else than the client, or one that is on paper."""

    role = pick("Who signs", [], "Choose who signs.")
    name = text("Name", hint="As they sign; the client's own name where it is left empty")
    authority = text(
        "What lets them sign", hint="For a parent, guardian or representative: what they are, and where the paper is"
    )
    paper = text("Where the signed paper is", hint="For a signature on paper: the folder, the scan")
    signed_on = day("Signed on", hint="For a signature on paper: the day that stands on it")

    def prepare(self) -> None:
        """Who has still to sign."""
        row = cast("Consent", self.row)
        done = set(row.signatures.values_list("role", flat=True))
        asked = [(each, Signer(each).label) for each in row.signers if each not in done]
        cast("forms.ChoiceField", self.fields["role"]).choices = asked
        self.fields["role"].initial = asked[0][0] if asked else None


class RevokeForm(FactForm):
    """What the client takes back."""

    what = pick("What is revoked", [], "Choose what is revoked.", "whole")
    words = text("What the client said", hint="Where it matters")
    paper = text("Where the signed paper is", hint="Where it is not signed on the tablet")

    def prepare(self) -> None:
        """All of it, one recipient, a kind of recipient, or a class of information."""
        row = cast("Consent", self.row)
        parts = [("whole", "All of it")]
        named = list(row.named.select_related("recipient"))
        parts += [
            (f"recipient:{each.recipient_id}", f"For {each.name}") for each in named if len(named) > 1 or row.kinds
        ]
        parts += [(f"kind:{each}", f"For each {RecipientKind(each).label.lower()}") for each in row.kinds]
        parts += [(f"class:{each}", f"{InfoClass(each).label}") for each in row.classes if len(row.classes) > 1]
        cast("forms.ChoiceField", self.fields["what"]).choices = parts


class WordsForm(FactForm):
    """What was said or found."""

    words = words("What was said", "Write what was said, and to whom.")


class WhyForm(FactForm):
    """Why one is put away."""

    words = text("Why", hint="The client would not sign; written by mistake")


def taken_out(what: str) -> dict[str, Any]:
    """The arguments of ``revoke_consent`` for a choice of ``RevokeForm``."""
    scope, _, of = what.partition(":")
    pk = int(of) if scope == "recipient" and of.isdecimal() and len(of) < 13 else None
    return {
        "scope": scope,
        "recipient_id": pk,
        "recipient_kind": of if scope == "kind" else "",
        "info_class": of if scope == "class" else "",
    }
