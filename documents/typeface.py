"""Roboto, from its own package: every Latin letter with its marks, Greek and Cyrillic; figures of one width.

Registered once per process; no font of the machine is read. What Roboto lacks (Chinese, Arabic, emoji ...) is printed as its
code, `[U+738B]`: never as '?', so that two names never look alike, and the same on every machine.
"""

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from documents.blocks import Value

REGULAR, BOLD = "Stepwell", "Stepwell-Bold"
BODY, SMALL = 9.0, 7.5
LEADING = 11.5  # of the body, in points
_FILES = {REGULAR: "Roboto-Regular.ttf", BOLD: "Roboto-Bold.ttf"}
_INSTEAD = {0x2010: "-", 0x2011: "-", 0x202F: "\u00a0", 0x2192: "->"}
_lock = Lock()
_ready: dict[str, frozenset[int]] = {}


def register() -> None:
    """Make the fonts known to reportlab; the second call does nothing. Safe from several threads."""
    with _lock:
        for font, file in _FILES.items():
            if font not in _ready:
                made = TTFont(font, str(files("font_roboto") / "files" / file), shapable=False)
                pdfmetrics.registerFont(made)
                _ready[font] = frozenset(made.face.charToGlyph)
        pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)


@lru_cache(maxsize=20_000)
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


def written(value: Value) -> str:
    """A value as printable text: thousands separators, a true minus sign, None as nothing. A year is given as text."""
    return printable(value or "") if value is None or isinstance(value, str) else f"{value:,}".replace("-", "\u2212")


def markup(text: str) -> str:
    """`text` for a Paragraph, in which nothing is markup and a line feed breaks the line."""
    return escape(printable(text)).replace("\n", "<br/>")


def width(text: str, size: float = BODY, *, bold: bool = False) -> float:
    """The width in points of the widest line of a printable `text`."""
    font = BOLD if bold else REGULAR
    return max(float(pdfmetrics.stringWidth(line, font, size)) for line in text.split("\n"))


@lru_cache(maxsize=500)
def style(
    size: float = BODY, *, bold: bool = False, right: bool = False, middle: bool = False, **more: Any
) -> ParagraphStyle:
    """How a paragraph is set; `more` are settings of ParagraphStyle."""
    font, leading = BOLD if bold else REGULAR, round(size * LEADING / BODY, 2)
    side = TA_RIGHT if right else TA_CENTER if middle else TA_LEFT
    return ParagraphStyle("", fontName=font, fontSize=size, leading=leading, alignment=side, **more)


def paragraph(text: str, size: float = BODY, **how: Any) -> Paragraph:
    """Plain text as a paragraph; a word wider than its column is broken."""
    return Paragraph(markup(text), style(size, **how))
