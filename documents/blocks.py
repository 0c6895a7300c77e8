"""What a document is made of: frozen descriptions, no drawing.

Every text is plain: no markup, a line feed is a line break. Instants come as text, already in the site's zone.
A description that contradicts itself is refused with a ValueError, as it is a mistake of the program.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Literal

CONFIDENTIAL = "Confidential. For use inside the program; not released. Shred it after use."
HANDED = "Confidential. For the hands it was given to. Keep it with you."

Value = str | int | Decimal | None
Row = tuple[Value, ...]


class Paper(Enum):
    """Width and height in points (1/72 inch), upright."""

    LETTER = (612.0, 792.0)
    A4 = (595.28, 841.89)


class Kind(Enum):
    """How a column is set: text to the left, numbers to the right, a box to tick by hand before any text."""

    TEXT = "text"
    STRONG = "strong"  # text whose first line is bold: what one looks for
    NUMBER = "number"
    TICK = "tick"


class Code(Enum):
    """What a scanner reads: bars for wristbands and old scanners, squares for telephones."""

    CODE128 = "code128"
    QR = "qr"


@dataclass(frozen=True)
class Heading:
    """A heading in the text and in the outline of the file. Level 1 or 2. Never the last line of a page."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Contents:
    """The headings of level 1 that follow, each with the page it stands on, and led to by a tap."""


@dataclass(frozen=True)
class Text:
    """A paragraph. `small` for explanations and sources."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Notice:
    """A boxed sentence after its word: Notice("Stop", "Two clients in room 4 are kept apart."). `strong` inverts the word."""

    word: str
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Figure:
    """One key figure: a small label, the value large, a small note under it."""

    label: str
    value: Value
    note: str = ""


@dataclass(frozen=True)
class Figures:
    """A strip of key figures, at most five side by side."""

    items: tuple[Figure, ...]


@dataclass(frozen=True)
class Fact:
    """A label and what is known."""

    label: str
    value: Value


@dataclass(frozen=True)
class Facts:
    """Labelled facts in columns, read down each row from left to right."""

    items: tuple[Fact, ...]
    columns: int = 2


@dataclass(frozen=True)
class Column:
    """A column's head, its kind, and its share of the width (0 to 1; 0: as wide as its content asks)."""

    head: str
    kind: Kind = Kind.TEXT
    share: float = 0.0


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own, which is said again where a page breaks, and a total of their own."""

    title: str
    rows: tuple[Row, ...]
    total: Row | None = None


@dataclass(frozen=True)
class Table:
    """Rows under a head that every page repeats. `groups` follow `rows`. With no row at all it says `empty`.

    A cell is text, a number, or None for nothing. Numbers get thousands separators; minus is a minus sign.
    `roomy` leaves space to write by hand; a column to tick does so by itself.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    groups: tuple[Group, ...] = ()
    total: Row | None = None
    empty: str = "Nothing to list."
    roomy: bool = False

    def __post_init__(self) -> None:
        """Refuses a row that is not as long as the head."""
        totals = (self.total, *(group.total for group in self.groups))
        rows = (*self.rows, *(row for group in self.groups for row in group.rows), *(row for row in totals if row))
        for row in rows:
            if len(row) != len(self.columns):
                raise ValueError(f"A row has {len(row)} cells and the table {len(self.columns)} columns: {row!r}")
        if not self.columns or sum(column.share for column in self.columns) > 1:
            raise ValueError("A table needs a column, and the shares of its columns add up to at most 1.")


@dataclass(frozen=True)
class Section:
    """What the rows of a `Ruled` belong to: its title in bold and text under it, beside rows of a label and a box each column.

    A box that is None is grey: nothing belongs there. A line feed in a box breaks its line.
    """

    title: str
    text: str
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True)
class Ruled:
    """A form of small boxes with all its lines, as for the days of a month: sections under a head that every page repeats.

    `mark` is the column that stands out (0 for the first). Made for landscape paper and about thirty columns.
    """

    head: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    mark: int | None = None

    def __post_init__(self) -> None:
        """Refuses a row that is not as long as the head."""
        for section in self.sections:
            for label, boxes in section.rows:
                if len(boxes) != len(self.columns):
                    raise ValueError(
                        f"The row '{label}' has {len(boxes)} boxes and the head {len(self.columns)} columns."
                    )


@dataclass(frozen=True)
class Signatures:
    """Lines to sign or fill in by hand, two side by side, each with its label under it."""

    labels: tuple[str, ...]


@dataclass(frozen=True)
class Barcode:
    """A code to scan with its value readable under it (`caption` replaces it). Code 128 holds printable ASCII only."""

    value: str
    code: Code = Code.CODE128
    caption: str | None = None

    def __post_init__(self) -> None:
        """Refuses what the code cannot hold."""
        if not self.value:
            raise ValueError("A code needs a value.")
        if self.code is Code.CODE128 and not (self.value.isascii() and self.value.isprintable()):
            raise ValueError(f"Code 128 holds printable ASCII only, and not {self.value!r}: use Code.QR.")


@dataclass(frozen=True)
class Card:
    """A card to cut out: a small line, a large title, lines, a small foot, and a code in the lower right corner.

    ``bars`` are printed as Code 128 along the foot, for scanners that read no squares.
    """

    title: str
    above: str = ""
    lines: tuple[str, ...] = ()
    foot: str = ""
    barcode: Barcode | None = None
    bars: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards with cut marks, on pages of their own without letterhead: 1, 2, 3, 4, 6, 8, 10 or 28 to a page."""

    cards: tuple[Card, ...]
    to_a_page: int = 2
    empty: str = "No cards to print."


@dataclass(frozen=True)
class Strip:
    """A long narrow band: a large title and a line on the left, then squares, then bars with their code readable under them."""

    title: str
    line: str
    code: str
    caption: str


@dataclass(frozen=True)
class Strips:
    """Bands with marks where to cut, 26 mm high and as long as the sheet is wide, on pages of their own without letterhead."""

    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Drawn:
    """Something drawn by hand: lines of points inside a frame of ``width`` by ``height`` (the first point upper left), over a rule
    with its label. Printed at most 200 points wide, in black."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float
    label: str

    def __post_init__(self) -> None:
        """Refuses a frame without room."""
        if self.width <= 0 or self.height <= 0:
            raise ValueError("A drawing needs a frame with a width and a height.")


Tone = Literal["ink", "quiet", "pale", "paper"]
"""How dark a part of a picture is: what is read, what stands behind it, what fills, what is left white."""


@dataclass(frozen=True)
class Stroke:
    """A line through points of a picture."""

    points: tuple[tuple[float, float], ...]
    tone: Tone = "ink"
    width: float = 1.0
    broken: bool = False


@dataclass(frozen=True)
class Shape:
    """A closed outline through points of a picture, filled."""

    points: tuple[tuple[float, float], ...]
    fill: Tone = "pale"
    tone: Tone = "ink"


@dataclass(frozen=True)
class Word:
    """A few words in a picture, on the line at ``y``: from ``x`` on, around it, or up to it. ``size`` is in points on paper."""

    x: float
    y: float
    text: str
    size: float = 6.5
    anchor: Literal["start", "middle", "end"] = "start"
    tone: Tone = "ink"


@dataclass(frozen=True)
class Picture:
    """A drawing of lines, filled outlines and words in a frame of ``width`` by ``height`` (y from the top), under its title.

    ``said`` is all of it in words and is printed small under the picture ('' where a table beside it says the same).
    """

    width: float
    height: float
    parts: tuple[Stroke | Shape | Word, ...]
    title: str = ""
    said: str = ""

    def __post_init__(self) -> None:
        """Refuses a frame without room."""
        if self.width <= 0 or self.height <= 0:
            raise ValueError("A picture needs a frame with a width and a height.")


@dataclass(frozen=True)
class Pictures:
    """Pictures beside one another, ``across`` in a row, each as wide as its share of the page; a row stays in one piece."""

    items: tuple[Picture, ...]
    across: int = 1

    def __post_init__(self) -> None:
        """Refuses a row without room."""
        if not 1 <= self.across <= 6:
            raise ValueError("From one to six pictures stand beside one another.")


@dataclass(frozen=True)
class NewPage:
    """What follows begins a page."""


Block = (
    Heading
    | Contents
    | Text
    | Notice
    | Figures
    | Facts
    | Table
    | Ruled
    | Signatures
    | Drawn
    | Pictures
    | Barcode
    | Cards
    | Strips
    | NewPage
)


@dataclass(frozen=True)
class Document:
    """A whole document. `as_of` and `printed_by` are sentences of the caller: "As of Nov 21, 10:42 EST", "Printed by K. Osei"."""

    title: str
    organisation: str = ""
    site: str = ""
    as_of: str = ""
    printed_by: str = ""
    blocks: tuple[Block, ...] = field(default=())
    confidential: str = CONFIDENTIAL
    paper: Paper = Paper.LETTER
    landscape: bool = False
    lang: str = "en-US"
