"""When and how far a consent can be revoked (42 CFR 2.31(a)(6), 2.35(a)(2), (c))."""

from collections.abc import Collection
from datetime import date

from audit.rules.findings import Finding, stop
from privacy.rules.consents import ConsentType
from programs.rules.dates import said

WHOLE, RECIPIENT, KIND, CLASS = "whole", "recipient", "kind", "class"


def may_revoke(type: ConsentType, revocable_on: date | None, today: date) -> list[Finding]:
    """What stands against revoking on this day: a criminal-justice consent has a day before which it cannot be."""
    if type is not ConsentType.CRIMINAL_JUSTICE_REFERRAL or revocable_on is None or revocable_on <= today:
        return []
    words = (
        f"This consent is a condition of the client's case and can be revoked from {said(revocable_on)} on (42 CFR 2.35). "
        "Write down that they asked, and tell them so."
    )
    return [stop("consent.not_yet_revocable", words)]


def scope_findings(
    scope: str,
    recipient: int | None,
    kind: str,
    info_class: str,
    named: Collection[int],
    kinds: Collection[str],
    classes: Collection[str],
) -> list[Finding]:
    """What is wrong with the part that is taken out: it must be in the consent."""
    if scope == WHOLE:
        return []
    if scope == RECIPIENT and (recipient in named or (recipient is not None and kinds)):
        return []
    if (scope == KIND and kind in kinds) or (scope == CLASS and info_class in classes):
        return []
    field = {RECIPIENT: "recipient", KIND: "recipient_kind", CLASS: "info_class"}.get(scope, "scope")
    return [stop("consent.scope", "Choose what is taken out of the consent: something that stands in it.", field=field)]
