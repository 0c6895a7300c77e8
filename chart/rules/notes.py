"""What is said of a note before it is signed: what it lacks, what was only copied, and whether its times can be.

A gap with severity STOP keeps a note from being signed; an OVERRIDE is signed over with a reason, which the note then shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from audit.rules.findings import Finding, override, stop
from chart.rules.note_templates import Template

LONGEST_NOTE = 150_000  # characters: 20,000 long words and some; what PostgreSQL can still index as one text
LONGEST_SESSION = timedelta(hours=12)
LATE = timedelta(hours=24)  # where an organisation says nothing else

NO_COPIES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Asked:
    """A note as it would be signed. Times are aware instants or None where not typed; ``objectives`` how many it names,
    ``open_objectives`` how many its client's plan has. ``copied``: words brought forward from an earlier note, by field."""

    template: Template
    fields: Mapping[str, str]
    about: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    objectives: int = 0
    open_objectives: int = 0
    copied: Mapping[str, str] = field(default_factory=lambda: NO_COPIES)


@dataclass(frozen=True)
class Around:
    """When it is signed, when its episode began, and what counts as late there."""

    at: datetime
    episode_started: datetime
    late_after: timedelta = LATE


def gaps(asked: Asked) -> list[Finding]:
    """What the note lacks, in the order of the form: length, fields, safety, time, objective, copies."""
    filled = {name: text for name, text in asked.fields.items() if text.strip()}
    known = [each for each in asked.template.fields if filled.get(each.name)]
    size = sum(len(text) for text in filled.values())
    found: list[Finding] = []
    if size > LONGEST_NOTE:
        found.append(too_long(size))
    if not known:
        found.append(stop("chart.note_empty", "The note is empty: write what happened."))
        return found
    for each in asked.template.fields:
        if each.name in filled:
            continue
        if each.risk:
            sentence = (
                f"{each.label} is empty: write what was asked about safety and what was said, or why it was not asked."
            )
            found.append(override("note.risk_missing", sentence, field=each.name))
        elif each.required:
            sentence = f"{each.label} is empty, and {asked.template.name} asks for it: write it."
            found.append(stop("note.field_missing", sentence, field=each.name))
    if asked.template.asks_times and (asked.started is None or asked.ended is None):
        found.append(stop("note.time_missing", "Write when it began and when it ended: its minutes come from that."))
    if asked.template.asks_goal and asked.open_objectives and not asked.objectives:
        sentence = "No objective of the plan is named: choose what it worked on, or say why it names none."
        found.append(override("note.goal_missing", sentence))
    same = unedited(asked.fields, asked.copied)
    labels = [each.label for each in asked.template.fields if each.name in same]
    if labels:
        sentence = (
            f"{_listed(labels)} {'stands' if len(labels) == 1 else 'stand'} as copied from an earlier note: edit the words, "
            "or say why they still hold."
        )
        found.append(override("note.copied", sentence, fields=tuple(sorted(same))))
    return found


def unedited(fields: Mapping[str, str], copied: Mapping[str, str]) -> frozenset[str]:
    """The fields whose words are still those that were brought forward, spaces at the ends aside."""
    return frozenset(
        name for name, text in copied.items() if text.strip() and fields.get(name, "").strip() == text.strip()
    )


def times(asked: Asked, around: Around) -> list[Finding]:
    """Whether its times can be: not to come, not before the episode, an end after the start, a session of at most 12 hours."""
    found = []
    for moment in (asked.about, asked.started, asked.ended):
        if moment is not None and moment > around.at:
            found.append(stop("chart.note_future", "It lies in the future: give the time at which it happened."))
            break
    first = min((moment for moment in (asked.about, asked.started) if moment is not None), default=None)
    if first is not None and first < around.episode_started:
        found.append(stop("chart.note_before", "It lies before this episode began: give a later time."))
    if asked.started is not None and asked.ended is not None:
        if asked.ended <= asked.started:
            found.append(stop("note.ends_first", "It ends before it begins: look at both times again."))
        elif asked.ended - asked.started > LONGEST_SESSION:
            hours = int((asked.ended - asked.started).total_seconds() // 3600)
            found.append(stop("note.hours", f"That would be {hours} hours in one session: look at both times again."))
    return found


def late(about: datetime, recorded: datetime, after: timedelta) -> bool:
    """Whether what is recorded then about that is a late entry."""
    return recorded - about > after


def late_entry(about: datetime, around: Around) -> list[Finding]:
    """A late entry says why it is late."""
    if not late(about, around.at, around.late_after):
        return []
    gone = around.at - about
    hours = int(gone.total_seconds() // 3600)
    ago = f"{hours} hours" if gone < timedelta(hours=72) else f"{gone.days} days"
    sentence = f"It happened {ago} ago, so this is a late entry: say why it is written now."
    return [override("note.late_entry", sentence)]


def too_long(size: int) -> Finding:
    """More characters than a note holds; the draft keeps them all."""
    sentence = (
        f"This note has {size:,} characters, and a note holds {LONGEST_NOTE:,}. Your draft is kept: sign what belongs together as one "
        "note, and write the rest as another."
    )
    return stop("chart.note_long", sentence)


def rendered(template: Template, fields: Mapping[str, str]) -> str:
    """The whole note as it reads: each filled field under its label; a note of one field is its words alone."""
    filled = [(each.label, fields.get(each.name, "").strip()) for each in template.fields]
    if len(template.fields) == 1:
        return filled[0][1]
    return "\n\n".join(f"{label}\n{text}" for label, text in filled if text)


def _listed(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
