"""What goes with a dose beside its amount: an as-needed dose's reason and score, a client who takes it themselves, a witness.

Emar-safety rules 15, 24 and 35. The score may be left out with a reason: a made-up one would be worse than none.
"""

from collections.abc import Iterable, Iterator, Mapping

from audit.rules.findings import Finding, Severity, note, override, stop
from emar.rules.administration.facts import AttemptFacts, DoseFacts
from emar.rules.administration.outcomes import Outcome
from emar.rules.administration.scales import SCALES
from emar.rules.orders.kinds import Mode, Witness

WATCHED = frozenset({"buprenorphine", "naltrexone"})
"""Ingredients after which the mouth is looked into when the client takes them by mouth."""

WATCHED_DOSE = "dose.witness"
"""What a second person's PIN is entered for who watched a dose that asks for a witness."""


def watch_mouth(names: Iterable[str], *, observed: bool, on_the_body: bool) -> bool:
    """Whether a dose asks for a look into the mouth: taken by the client, of a watched ingredient, and swallowed or dissolved."""
    return observed and not on_the_body and not WATCHED.isdisjoint(names)


def asked_findings(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    """What is still to be said about a dose that was taken."""
    if dose.prn is not None:
        yield from _as_needed(dose, attempt)
    yield from score_findings(attempt)
    yield from _self(dose, attempt)
    yield from _witness(dose, attempt)


def score_findings(attempt: AttemptFacts) -> Iterator[Finding]:
    """A score names its scale and lies on it."""
    if attempt.score is None and not attempt.scale:
        return
    if attempt.scale not in SCALES or attempt.score is None:
        yield stop("prn.score", "A score has a number and names its scale. Choose the scale, then enter the score.")
        return
    name, top = SCALES[attempt.scale]
    if not attempt.score.is_finite() or not 0 <= attempt.score <= top:
        yield stop("prn.score", f"{name} is scored from 0 to {top}. Enter the score again.")


def contact_findings(
    findings: Iterable[Finding], reasons: Mapping[str, str], *, contact: bool | None
) -> tuple[Finding, ...]:
    """Whoever goes past a finding that asks for the prescriber names whom they spoke to (rule 13).

    ``contact``: whether the person named writes orders here; None where nobody is named.
    """
    asks = any(
        finding.severity is Severity.OVERRIDE
        and finding.detail.get("ask") == "prescriber"
        and reasons.get(finding.code, "").strip()
        for finding in findings
    )
    if contact is False:
        return (stop("dose.contact_needed", "That person writes no orders here. Name the prescriber you spoke to."),)
    if asks and contact is None:
        return (stop("dose.contact_needed", "Name the prescriber you spoke to, then chart it again."),)
    return ()


def _as_needed(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    if not attempt.prn_reason.strip() and not attempt.note.strip():
        yield stop("prn.reason_needed", "Write what it is for, in the client's words: an as-needed dose has a reason.")
    if dose.scales and attempt.score is None and not attempt.scale:
        names = " or ".join(SCALES[each][0] for each in dose.scales)
        asked = names if names.isupper() or "-" in names else names.lower()
        yield override("prn.score_needed", f"Ask for the {asked} score before the dose, or say why there is none.")
    elif dose.scales and attempt.scale in SCALES and attempt.scale not in dose.scales:
        names = " or ".join(SCALES[each][0] for each in dose.scales)
        yield stop("prn.score", f"This dose asks for a score of {names}, not {SCALES[attempt.scale][0]}.")
    if dose.psychotropic and not attempt.tried_first.strip():
        yield stop("prn.tried_first", "Write what else was tried first, or that nothing could be, and why.")


def _self(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    themselves = attempt.outcome is Outcome.SELF_ADMINISTERED
    if themselves and dose.mode is Mode.NURSE:
        yield override("dose.by_client", "The order is for a nurse to give. Say why the client took it themselves.")
    if themselves and not attempt.attested_as.strip():
        yield stop("dose.attestation_needed", "The client signs for what they took: enter the name as they sign it.")
    if dose.watch_mouth and not attempt.mouth_checked:
        yield override("dose.mouth_check", "Look into the mouth until the medication is gone, or say why not.")


def _witness(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    if attempt.witnessed is False:
        words = "The witness is another person on the staff here who may chart doses. Choose another witness."
        yield stop("dose.witness", words)
    elif attempt.witnessed is None and dose.witness is Witness.REQUIRED:
        yield stop("dose.witness_needed", f"{dose.medication} needs a second person who watches and signs.")
    elif attempt.witnessed is None and dose.witness is Witness.RECOMMENDED:
        yield note("dose.witness_needed", f"A second person who watches is recommended for {dose.medication}.")
