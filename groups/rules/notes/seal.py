"""The words as they are kept, and the hash that seals them."""

import hashlib
import json
import unicodedata

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


def digest(session_id: int, section: str, client_id: int | None, text: str) -> str:
    """SHA-256 (hex) of a part: which session, which section, about whom, and its words."""
    whole = json.dumps([session_id, section, client_id, text], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()
