"""Roboto, from its own package: every Latin letter with its marks, Greek and Cyrillic; figures of one width.

Registered once per process; no font of the machine is read. What Roboto lacks (Chinese, Arabic, emoji ...) is printed as its
code, `[U+738B]`: never as '?', so that two names never look alike, and the same on every machine.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Stepwell", "Stepwell-Bold"
_FILES = {REGULAR: "Roboto-Regular.ttf", BOLD: "Roboto-Bold.ttf"}
_INSTEAD = {0x2010: "-", 0x2011: "-", 0x202F: "\u00a0", 0x2192: "->"}
_lock = Lock()
_ready: dict[str, frozenset[int]] = {}


@dataclass(frozen=True)
class Face:
    """A font at a size, with the distance of its lines, in points."""

    font: str = REGULAR
    size: float = 9.0

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return round(self.size * 1.3, 2)

    def at(self, size: float) -> "Face":
        """The same font at another size."""
        return Face(self.font, size)


def register() -> None:
    """Make the fonts known to reportlab; the second call does nothing. Safe from several threads."""
    with _lock:
        for font, file in _FILES.items():
            if font not in _ready:
                made = TTFont(font, str(files("font_roboto") / "files" / file), shapable=False)
                pdfmetrics.registerFont(made)
                _ready[font] = frozenset(made.face.charToGlyph)


def printable(text: str) -> str:
    """`text` in letters that the typeface has: composed (NFC), without invisible characters; line feeds stay."""
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text.expandtabs(4)))


@cache
def _letter(letter: str) -> str:
    register()
    code = ord(letter)
    if letter == "\n":
        return letter
    if unicodedata.category(letter) in {"Cc", "Cf"} or 0xFE00 <= code <= 0xFE0F:  # controls, the invisible, variants
        return ""
    if code in _ready[REGULAR] and code in _ready[BOLD]:
        return letter
    if code in _INSTEAD:
        return _INSTEAD[code]
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and all(ord(part) in _ready[REGULAR] for part in plain):
        return plain
    return f"[U+{code:04X}]"


@lru_cache(maxsize=20_000)
def width(text: str, face: Face) -> float:
    """The width of one line in points. `text` is printable."""
    return float(pdfmetrics.stringWidth(text, face.font, face.size))


def wrap(text: str, face: Face, room: float) -> tuple[str, ...]:
    """`text` in lines no wider than `room`: between words, and inside a word only where it alone is too wide."""
    return tuple(line for part in printable(text).split("\n") for line in _fill(part, face, room))


def _fill(text: str, face: Face, room: float) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, face) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        while width(word, face) > room and len(word) > 1:
            cut = _fitting(word, face, room)
            lines.append(word[:cut])
            word = word[cut:]
        line = word
    return [*lines, line]


def _fitting(word: str, face: Face, room: float) -> int:
    """How many letters of `word` fit: at least one, never all."""
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(word[:middle], face) <= room else (low, middle - 1)
    return low
