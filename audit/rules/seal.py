"""Words as they are kept, and the hash that seals what was signed. The same for every room."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence

KEPT = frozenset("\n\t")


def plain(text: str) -> str:
    """What was typed or pasted, as it is kept: one kind of line end, composed letters, and nothing invisible.

    Markup stays the characters it is: pages and documents show it, they never run it.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFC", lines)
    return "".join(
        char for char in composed if char in KEPT or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs"}
    )


def digest(content: Sequence[object]) -> str:
    """SHA-256 (hex) of what was signed: plain values in a fixed order, as JSON without spaces; names in objects are sorted."""
    whole = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()
