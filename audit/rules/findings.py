"""What a rule says: findings, worst first. A rule never raises and never asks a person anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})
LONGEST_REASON = 400  # characters


class Severity(StrEnum):
    """How much a finding weighs: refuse, may go on with a reason, or tell."""

    STOP = "stop"
    OVERRIDE = "override"
    NOTE = "note"


_ORDER = {Severity.STOP: 0, Severity.OVERRIDE: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class Finding:
    """One thing a rule has to say.

    ``code`` is stable (tests, API clients and reports use it); ``message`` is a sentence in the unit's own words that
    says what is wrong and what would make it right; ``detail`` carries the facts behind it, never shown raw.
    """

    code: str
    severity: Severity
    message: str
    detail: Mapping[str, object] = field(default_factory=lambda: NOTHING)


def stop(code: str, message: str, **detail: object) -> Finding:
    """A finding that refuses."""
    return Finding(code, Severity.STOP, message, detail)


def override(code: str, message: str, **detail: object) -> Finding:
    """A finding that may be overridden with a reason."""
    return Finding(code, Severity.OVERRIDE, message, detail)


def note(code: str, message: str, **detail: object) -> Finding:
    """A finding that only tells."""
    return Finding(code, Severity.NOTE, message, detail)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in order of severity; equal severities keep their order."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))


class Refused(Exception):
    """What an action raises when a rule refuses: nothing was written.

    ``findings`` holds at least one finding, worst first; ``str()`` is the first one's sentence.
    """

    def __init__(self, *findings: Finding) -> None:
        if not findings:
            raise ValueError("A refusal names at least one finding.")
        self.findings = worst_first(findings)
        super().__init__(self.findings[0].message)


def refuse_unless_overridden(findings: Iterable[Finding], reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return the findings that were overridden with a reason; raise Refused when any may not or was not.

    ``reasons`` maps a finding's code to the reason a person gave. Blank reasons do not count, and nobody reads a long one.
    """
    if any(len(reason) > LONGEST_REASON for reason in reasons.values()):
        raise Refused(stop("reason.long", f"Write the reason in at most {LONGEST_REASON} characters."))
    ordered = worst_first(findings)
    standing = [
        finding
        for finding in ordered
        if finding.severity is Severity.STOP
        or (finding.severity is Severity.OVERRIDE and not reasons.get(finding.code, "").strip())
    ]
    if standing:
        raise Refused(*standing)
    return tuple(finding for finding in ordered if finding.severity is Severity.OVERRIDE)
