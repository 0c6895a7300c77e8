"""What stands against a step as it was settled, line by line, and what changed since somebody looked. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from admissions.rules.transition import NO, Choice, Facts, Line, Settled
from asam.rules.transition_kinds import Kind, Kit
from audit.rules.findings import Finding, stop

LONGEST = 300
ASKS = {
    "reason": "Say why.", "bed": "Choose the bed.", "place": "Choose the place.", "name": "The client signs with their name.",
    "dose": "Write the new dose as a number.",
}  # fmt: skip


@dataclass(frozen=True)
class Handoff:
    """How a client who leaves residential care is handed on, as it was typed: '' and None where nothing was said yet."""

    receiving: str = ""
    accepted_on: date | None = None
    first_visit_at: datetime | None = None
    bridge: str = ""
    next_dose: str = ""
    kit: str = ""
    triggers: str = ""
    caller: str = ""

    @property
    def blank(self) -> bool:
        """True where nothing was said."""
        return self == Handoff()


MISSING = {
    "receiving": "Say which program takes the client, and who there.",
    "accepted_on": "Say on which date the program accepted the client.",
    "first_visit_at": "Say when the first appointment is.",
    "bridge": "Say which medication bridges the time until the first appointment, or that none is needed.",
    "next_dose": "Say when and where the next dose is, or that there is none.",
    "kit": "Say whether the client leaves with an overdose-reversal kit.",
    "triggers": "Write what brings the client back to more care.",
    "caller": "Say who calls if the first appointment is missed.",
}


def unfit(found: Iterable[Line], settled: Settled) -> list[Finding]:
    """Choices that are not on offer (any more): a bed that somebody else has by now. A dose follows its order."""
    return [
        stop(
            "transition.not_offered",
            f"{line.what}: what was chosen cannot be had any more. Choose again.",
            line=line.key,
        )
        for line in found
        if line.kind is not Kind.DOSE and settled.get(line.key, NO).choice and not line.option(settled[line.key].choice)
    ]


def judge(found: Iterable[Line], chosen: Settled) -> list[Finding]:
    """What stands against these choices; each finding names its ``line``."""
    return [finding for line in found for finding in _line(line, chosen.get(line.key, NO))]


def _line(line: Line, said: Choice) -> Iterator[Finding]:
    option = line.option(said.choice)
    if option is None:
        yield stop("transition.choose", f"{line.what}: choose what becomes of it.", line=line.key)
        return
    if len(said.reason) > LONGEST or "\x00" in said.reason or "\x00" in said.value:
        yield stop("transition.long", f"{line.what}: say it in at most {LONGEST} plain characters.", line=line.key)
    if option.asks == "reason" and not said.reason.strip():
        yield stop("transition.reason", f"{line.loud or line.what + '.'} {ASKS['reason']}", line=line.key)
    if option.asks in ("bed", "place") and said.value not in dict(line.picks):
        gone = f"{line.what}: what was chosen is not free any more. " if said.value else f"{line.what}: "
        yield stop("transition.pick", f"{gone}{ASKS[option.asks]}", line=line.key)
    warning = dict(line.warned).get(said.value, "") if option.asks == "bed" else ""
    if warning and not said.reason.strip():
        yield stop("transition.bed_reason", f"{warning} Say why it is right all the same.", line=line.key)
    if option.asks == "name" and not 0 < len(said.value.strip()) <= 80:
        yield stop("transition.name", f"{line.what}: {ASKS['name']}", line=line.key)
    if option.asks == "dose" and amount(said.value) is None:
        yield stop("transition.dose", f"{line.what}: {ASKS['dose']}", line=line.key)
    if line.kind is Kind.DOSE and said.choice == "before":
        yield stop(
            "transition.dose_waits", f"{line.what} is not charted yet. Chart it first, then step.", line=line.key
        )


def amount(text: str) -> Decimal | None:
    """A dose as it was typed; None where it is none."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 < found < 1_000_000 else None


def judge_handoff(facts: Facts, handoff: Handoff, today: date) -> list[Finding]:
    """What is missing of the warm hand-off: all of it is asked for on a step out of residential care (5.3), and what was begun is
    finished."""
    if not facts.out and handoff.blank:
        return []
    found = [
        stop("transition.handoff", sentence, line="handoff", field=name)
        for name, sentence in MISSING.items()
        if not getattr(handoff, name)
    ]
    if handoff.kit and handoff.kit not in set(Kit):
        found.append(stop("transition.handoff", MISSING["kit"], line="handoff", field="kit"))
    if handoff.accepted_on and handoff.accepted_on > today:
        words = "The program cannot have accepted the client on a day to come. Correct the date."
        found.append(stop("transition.accepted", words, line="handoff", field="accepted_on"))
    if handoff.first_visit_at and handoff.first_visit_at <= facts.at:
        words = "The first appointment lies in the past. Write the one that is to come."
        found.append(stop("transition.first_visit", words, line="handoff", field="first_visit_at"))
    return found


def marks(found: Iterable[Line]) -> dict[str, str]:
    """What the page showed of each line. Doses come and go with the clock and are not among them."""
    return {line.key: line.mark for line in found if line.kind is not Kind.DOSE and line.mark}


def changed(found: Iterable[Line], seen: Mapping[str, str]) -> list[Finding]:
    """Which lines are not as they were seen. Nothing was seen: nothing is compared."""
    if not seen:
        return []
    now = {line.key: line for line in found if line.mark and line.kind is not Kind.DOSE}
    findings = []
    for key, line in now.items():
        if key not in seen:
            findings.append(stop("transition.new_line", f"{line.what} is new since you looked. Settle it.", line=key))
        elif seen[key] != line.mark:
            findings.append(
                stop("transition.line_changed", f"{line.what} changed since you looked. Look again.", line=key)
            )
    findings += [stop("transition.line_gone", GONE[_kind(key)], line=key, gone=True) for key in seen if key not in now]
    return findings


def _kind(key: str) -> str:
    return key.partition("-")[0]


_GONE = "This was taken away since you looked. Look again."
_WORDS = {"order": "A medication order was stopped or changed since you looked. Look at the orders again.",
        "stock": "Medication of the client's own was taken out since you looked. Look again."}  # fmt: skip
GONE = {
    name: _WORDS.get(name, _GONE)
    for name in ("order", "stock", "bed", "groups", "group", "placement", "plan", "paid", "residence", "consent")
}


def needs_reconciling(facts: Facts) -> bool:
    """A prescriber signs what becomes of the medication wherever an order runs."""
    return bool(facts.orders)


def needs_nurse(found: Iterable[Line], chosen: Settled) -> tuple[int, ...]:
    """The lines of stock that somebody who keeps stock signs for, by their ids."""
    return tuple(
        line.subject_id
        for line in found
        if line.kind in (Kind.STOCK, Kind.OWN) and chosen.get(line.key, NO).choice in ("hand", "move")
    )
