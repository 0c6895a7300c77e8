"""What a consent covers, in a few sentences that go along with what is released on it (42 CFR 2.32(b))."""

from collections.abc import Collection, Sequence
from datetime import date

from privacy.rules.classes import ORDINARY, TPO_CLASS, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from programs.rules.dates import said

TPO_WORDS = "my treating providers, health plans, third-party payers, and people helping to operate this program"
"""The class wording of 42 CFR 2.31(a)(4)(i)."""


def listed(words: Sequence[str]) -> str:
    """'a, b and c'."""
    *others, last = words or ("nothing",)
    return f"{', '.join(others)} and {last}" if others else last


def recipients_said(names: Sequence[str], kinds: Collection[RecipientKind]) -> str:
    """Who may get it, in words."""
    classes = (
        TPO_WORDS
        if set(kinds) >= TPO_CLASS
        else listed([each.label.lower() for each in RecipientKind if each in kinds])
    )
    return "; ".join([*names, *([classes] if kinds else [])])


def classes_said(classes: Collection[InfoClass]) -> str:
    """What may be given, in words."""
    if set(classes) >= ORDINARY:
        return "the whole record, without SUD counseling notes"
    return "; ".join(each.label for each in InfoClass if each in classes)


def purposes_said(purposes: Collection[Purpose]) -> str:
    """What for, in words."""
    return listed([each.label for each in Purpose if each in purposes])


def end_said(expiry: ExpiryKind, on: date | None) -> str:
    """When it ends, in words."""
    return f"on {said(on)}" if expiry is ExpiryKind.DATE and on is not None else expiry.label


def scope_text(
    *,
    type: ConsentType,
    client: str,
    discloser: str,
    names: Sequence[str],
    kinds: Collection[RecipientKind],
    purposes: Collection[Purpose],
    classes: Collection[InfoClass],
    expiry: ExpiryKind,
    expires_on: date | None,
    signed_on: date | None,
    proceeding: str = "",
    scope_words: str = "",
) -> str:
    """The scope of a consent in short sentences, as of its signature: who, to whom, what, what for, until when."""
    sentences = [
        f"{client} consents that {discloser} gives to: {recipients_said(names, kinds)}.",
        f"Information: {classes_said(classes)}{f' ({scope_words})' if scope_words else ''}.",
        f"Purpose: {purposes_said(purposes)}{f', {proceeding}' if proceeding else ''}.",
        f"Signed on {said(signed_on)}." if signed_on else "Not signed yet.",
        f"It ends: {end_said(expiry, expires_on)}.",
    ]
    if type is not ConsentType.LEGAL_PROCEEDING:
        sentences.append(
            "It does not cover civil, criminal, administrative or legislative proceedings against the client."
        )
    return " ".join(sentences)
