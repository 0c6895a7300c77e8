"""What is said of a note before it is signed: a neighbour named in it, sentences that look cloned."""

from collections.abc import Hashable, Iterable, Mapping

from audit.rules.findings import Finding, override, stop
from groups.rules.notes.alike import Alike
from groups.rules.notes.naming import Mention

LONGEST = 60  # characters of a sentence that are quoted


def naming_findings(title: str, found: Iterable[Mention], names: Mapping[int, str]) -> list[Finding]:
    """A part that names another member is refused; one that perhaps does, needs the reason that it does not."""
    said = []
    for mention in found:
        who = names[mention.client_id]
        if mention.sure:
            message = (
                f"{title} names {who} ('{mention.words}'). Each chart receives only what is about its own client: "
                "write 'a member of the group' instead."
            )
            said.append(stop("note.names_member", message, client_id=mention.client_id))
        else:
            message = (
                f"{title} says '{mention.words}', and {who} is in this group. Write 'a member of the group' instead, or say "
                "who is meant."
            )
            said.append(override("note.names_perhaps", message, client_id=mention.client_id))
    return said


def alike_findings(found: Iterable[Alike], titles: Mapping[Hashable, str]) -> list[Finding]:
    """Sentences that stand in two members' parts are pointed out: payers read such notes as copies."""
    said = []
    for pair in found:
        quoted = pair.sentence if len(pair.sentence) <= LONGEST else f"{pair.sentence[: LONGEST - 1]}…"
        message = (
            f"{titles[pair.first]} and {titles[pair.second]} share a sentence: '{quoted}' Write what each of them did, or say "
            "why they are the same."
        )
        said.append(override("note.alike", message))
    return said
