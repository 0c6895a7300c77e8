"""What is right in a group's note: no neighbour in it, no sentence twice, every name under it, and a seal."""

from groups.rules.notes.alike import Alike, alike
from groups.rules.notes.complete import NoteState, PartState, missing
from groups.rules.notes.naming import Mention, Named, mentions
from groups.rules.notes.saying import alike_findings, naming_findings
from groups.rules.notes.seal import digest, plain

__all__ = [
    "Alike",
    "Mention",
    "Named",
    "NoteState",
    "PartState",
    "alike",
    "alike_findings",
    "digest",
    "mentions",
    "missing",
    "naming_findings",
    "plain",
]
