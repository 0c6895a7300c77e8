"""Belongings: what may be written of an item, and how one may leave."""

from collections.abc import Mapping

from audit.rules.findings import Finding, stop
from programs.rules.words import check_words

MOST_COUNT = 10_000
MOST_ITEMS = 40


def check_item(item: Mapping[str, str], kinds: frozenset[str], prefix: str = "") -> list[Finding]:
    """What is wrong with one item as it was typed (kind, description, count, value, kept, bag, note), each under ``prefix`` and the
    name of its field."""
    found = []
    if item["kind"] not in kinds:
        found.append(stop("belonging.kind", "Choose what kind of thing it is.", field=f"{prefix}kind"))
    found += check_words(item["description"], f"{prefix}description", longest=160, missing="Say what it is.")
    count = item["count"].strip()
    if not (count.isascii() and count.isdigit() and len(count) < 6 and 1 <= int(count) <= MOST_COUNT):
        message = f"Count them: a number from 1 to {MOST_COUNT:,}."
        found.append(stop("belonging.count", message, field=f"{prefix}count"))
    found += check_words(item["value"], f"{prefix}value", longest=60)
    found += check_words(item["kept"], f"{prefix}kept", longest=80, missing="Say where it is kept.")
    found += check_words(item["bag"], f"{prefix}bag", longest=30)
    said = "Say what was done with it: contraband needs a word." if item["kind"] == "contraband" else ""
    found += check_words(item["note"], f"{prefix}note", longest=200, missing=said)
    return found


def check_end(how: str, *, to: str, signed_as: str, witnessed: bool, note: str) -> list[Finding]:
    """How an item may leave: signed by who takes it, or before a witness with a word why; disposal always before one."""
    found = []
    if how == "released":
        found += check_words(to, "to", longest=120, missing="Write who takes it.")
    if how == "disposed":
        found += check_words(note, "note", longest=200, missing="Say why and how it was disposed of.")
        if not witnessed:
            found.append(stop("belonging.dispose_witness", "A second person signs when something is disposed of."))
        return found
    found += check_words(signed_as, "signed_as", longest=80)
    if not signed_as.strip() and not witnessed:
        message = "Who takes it signs with their name, or a second person signs that they would not or could not."
        found.append(stop("belonging.unsigned", message, field="signed_as"))
    if not signed_as.strip() and witnessed:
        found += check_words(note, "note", longest=200, missing="Say why nobody signed for it.")
    return found
