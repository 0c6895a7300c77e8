"""Where each finding stands on the page: beside the field it is about, or on top; a reason is asked for once a code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from audit.rules.findings import Finding, Severity

BESIDE = {
    "order.dose": "dose", "order.range": "dose", "order.unit": "dose", "order.many": "dose", "order.part": "dose",
    "order.taper_dose": "dose", "order.route": "route", "order.schedule": "schedule", "order.never_due": "schedule",
    "order.taper_total": "schedule", "order.taper_sum": "schedule", "order.taper_first_day": "schedule",
    "order.prn_gap": "schedule", "order.prn_maximum": "schedule", "order.prn_never_reached": "schedule",
    "order.most": "schedule", "order.reassess": "schedule", "order.prn_indication": "indication", "order.start_past": "start",
    "order.start_far": "start", "order.change_now": "start", "order.stop_first": "stop", "order.stop_past": "stop",
    "order.taper_cut": "stop", "order.prn_psychotropic": "stop", "order.hold_limit": "limits", "order.mode": "mode",
    "order.controlled_unwatched": "mode", "order.witness": "witness", "order.witness_less": "witness", "order.why": "why",
    "order.protocol": "protocol", "order.start_kind": "start_kind",
    "order.prescriber": "verbal", "order.heard": "verbal", "order.read_back": "verbal",
}  # fmt: skip
"""Code to field; what is not here stands on top. Shorthand stands with the words it is in, which the rule does not name."""

NAMES = (
    "dose", "route", "schedule", "indication", "instructions", "start", "stop", "limits", "mode", "witness", "why", "verbal", "protocol",
    "start_kind",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A finding as it stands on the page. ``asks``: here is the field for the reason; ``reason`` what is typed in it."""

    finding: Finding
    asks: bool = False
    reason: str = ""

    @property
    def slug(self) -> str:
        """The code as a part of an id."""
        return self.finding.code.replace(".", "-")


@dataclass(frozen=True)
class Slots:
    """Findings beside their fields by its name, those on top, and those that want a reason."""

    beside: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    top: Sequence[Said] = ()
    reasons: Sequence[Said] = ()

    @property
    def every(self) -> list[tuple[str, Sequence[Said]]]:
        """Each field with what stands beside it, empty ones too: a repaired one is to become quiet."""
        return [(name, self.beside.get(name, ())) for name in NAMES]


def slots_of(findings: Iterable[Finding], reasons: Mapping[str, str], quiet: Iterable[str] = ()) -> Slots:
    """Put every finding in its place; ``quiet`` codes are left out (a field that nobody came to yet)."""
    beside: dict[str, list[Said]] = {}
    top: list[Said] = []
    asked: dict[str, list[Said]] = {}
    for finding in findings:
        if finding.code in quiet:
            continue
        if finding.severity is Severity.OVERRIDE:
            mine = asked.setdefault(finding.code, [])
            mine.append(Said(finding, not mine, reasons.get(finding.code, "")))
            continue
        place = BESIDE.get(finding.code)
        beside.setdefault(place, []).append(Said(finding)) if place else top.append(Said(finding))
    return Slots(beside, top, [said for each in asked.values() for said in each])
