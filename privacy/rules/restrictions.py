"""What a client asks to keep back, and what the program may say to it (42 CFR 2.26). Examples: docs/rules/disclosure.md."""

from enum import StrEnum

from audit.rules.findings import Finding, stop
from privacy.rules.classes import TPO, InfoClass, Purpose, RecipientKind

KEPT_FROM_PLANS = frozenset({Purpose.HPAYMT, Purpose.HOPERAT})
"""What a mandatory restriction keeps a health plan from: 2.26(a)(6)."""


class How(StrEnum):
    """How the client asked."""

    WRITTEN = "written"
    ORAL = "oral"

    @property
    def label(self) -> str:
        """In words."""
        return {"written": "In writing", "oral": "By word"}[self.value]


class Step(StrEnum):
    """What happened to a request."""

    AGREED = "agreed"
    DECLINED = "declined"
    ENDED_WRITTEN = "ended_written"
    ENDED_ORAL = "ended_oral"
    ENDED_PROGRAM = "ended_program"

    @property
    def label(self) -> str:
        """In words."""
        return {
            "agreed": "Agreed", "declined": "Declined", "ended_written": "Ended by the client in writing",
            "ended_oral": "Ended by the client by word", "ended_program": "Ended by the program, for later records",
        }[self.value]  # fmt: skip


DECISIONS = frozenset({Step.AGREED, Step.DECLINED})
ENDS = frozenset({Step.ENDED_WRITTEN, Step.ENDED_ORAL, Step.ENDED_PROGRAM})


def asked(
    purposes: frozenset[Purpose], kind: RecipientKind | None, named: bool, classes: frozenset[InfoClass],
    paid_in_full: bool, evidence: str,
) -> list[Finding]:  # fmt: skip
    """What is wrong with a request: a purpose it cannot be about; paid in full without a health plan, or without evidence."""
    found = []
    if not purposes or purposes - TPO:
        words = "A restriction is about treatment, payment or health care operations. Choose at least one."
        found.append(stop("restriction.purposes", words, field="purposes"))
    if InfoClass.COUNSELING_NOTES in classes:
        words = "SUD counseling notes leave only under their own consent; they need no restriction. Leave them out."
        found.append(stop("restriction.counseling", words, field="classes"))
    if named and kind is not None:
        found.append(stop("restriction.both", "Choose one recipient, or a kind of them, not both.", field="kind"))
    if paid_in_full and (named or kind is not RecipientKind.HEALTH_PLAN or not purposes <= KEPT_FROM_PLANS):
        words = (
            "What was paid in full is kept from every health plan, for payment and operations (42 CFR 2.26(a)(6)). "
            "Choose that kind of recipient and those purposes."
        )
        found.append(stop("restriction.paid_from_plans", words, field="paid_in_full"))
    if paid_in_full and not evidence.strip():
        found.append(stop("restriction.evidence", "Say how it is known that it was paid in full.", field="evidence"))
    if evidence.strip() and not paid_in_full:
        words = "This belongs to what was paid in full. Tick that, or leave this empty."
        found.append(stop("restriction.evidence", words, field="evidence"))
    return found


def may_step(kind: Step, mandatory: bool, before: frozenset[Step], reason: str, paper: str) -> list[Finding]:
    """What stands against this step, after those ``before``."""
    found = []
    if kind in DECISIONS and before & DECISIONS:
        found.append(stop("restriction.decided", "Somebody decided that already. Reload the page to see it."))
    if kind in ENDS and Step.AGREED not in before:
        found.append(stop("restriction.not_agreed", "It was never agreed to, so there is nothing to end."))
    if kind in ENDS and (kind in before or before & {Step.ENDED_WRITTEN, Step.ENDED_ORAL}):
        found.append(stop("restriction.ended", "It has ended already. Reload the page to see it."))
    if mandatory and kind is Step.DECLINED:
        words = "It was paid in full: the program must agree to keep it from the health plan (42 CFR 2.26(a)(6))."
        found.append(stop("restriction.must_agree", words, field="decision"))
    if mandatory and kind is Step.ENDED_PROGRAM:
        words = "It was paid in full: only the client can end it (42 CFR 2.26(b))."
        found.append(stop("restriction.only_the_client", words, field="how"))
    if kind is Step.ENDED_WRITTEN and not paper.strip():
        found.append(stop("restriction.paper", "Say where the client's paper is kept.", field="paper"))
    if kind not in {Step.AGREED, Step.ENDED_WRITTEN} and not reason.strip():
        words = {
            Step.DECLINED: "Say why it is declined; the client is told.",
            Step.ENDED_ORAL: "Write down what the client said.",
        }.get(kind, "Say why the program ends it, and that the client was told.")
        found.append(stop("restriction.reason", words, field="reason"))
    return found
