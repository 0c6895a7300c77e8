"""Headings, paragraphs, notices, key figures, facts and lines to sign, as strips. Every one is as wide as `room`."""

from dataclasses import dataclass

from documents.blocks import Fact, Facts, Figure, Figures, Heading, Notice, Signatures, Text
from documents.ink import BODY, HAIRLINE, RULE, SMALL, STRONG, high, rule, shrunk, write, written
from documents.pages import Canvas, Strip, gap
from documents.typeface import BOLD, Face, printable, width, wrap

HEADINGS = {1: Face(BOLD, 13.0), 2: Face(BOLD, 10.5)}
FIGURE, WORD = Face(BOLD, 22.0), Face(BOLD, 9.0)
ABREAST, ASIDE = 5, 16.0


def heading_strips(heading: Heading, room: float, outline: int) -> list[Strip]:
    """The lines of a heading, kept with what follows; the first makes an entry at `outline` in the outline of the file."""
    face = HEADINGS[heading.level]
    return [
        gap(8 if heading.level == 1 else 4),
        *(
            _heading_line(line, face, heading.text if not number else "", outline)
            for number, line in enumerate(wrap(heading.text, face, room))
        ),
        Strip(3, keep=True),
    ]


def _heading_line(line: str, face: Face, entry: str, outline: int) -> Strip:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        if entry:
            key = f"{canvas.getPageNumber()}-{top:.1f}"
            canvas.bookmarkHorizontalAbsolute(key, top)
            canvas.addOutlineEntry(printable(entry), key, outline)
        write(canvas, (line,), face, left, top)

    return Strip(face.leading, draw, keep=True)


def text_strips(text: Text, room: float) -> list[Strip]:
    """A paragraph, line by line; its first two and its last two lines stay together."""
    face = SMALL if text.small else BODY
    lines = wrap(text.text, face, min(room, face.size * 62))
    kept = {0, len(lines) - 2} if len(lines) > 1 else set()
    return [*(_line(line, face, number in kept) for number, line in enumerate(lines)), gap(7)]


def _line(line: str, face: Face, keep: bool) -> Strip:
    return Strip(face.leading, lambda canvas, left, top: write(canvas, (line,), face, left, top), keep=keep)


def notice_strips(notice: Notice, room: float, tallest: float) -> list[Strip]:
    """A box with its word; a text too long for one is continued in another."""
    word = printable(notice.word)
    edge = width(word, WORD) + 22
    lines = wrap(notice.text, BODY, room - edge - 10)
    step = max(1, int((tallest - 12) // BODY.leading))
    parts = [lines[start : start + step] for start in range(0, len(lines), step)]
    return [*(_notice(notice.strong, word, part, room, edge) for part in parts), gap(10)]


def _notice(strong: bool, word: str, lines: tuple[str, ...], room: float, edge: float) -> Strip:
    deep = high(lines, BODY) + 10

    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setLineWidth(1.6 if strong else 0.8)
        canvas.rect(left, top - deep, room, deep)
        if strong:
            canvas.rect(left, top - deep, edge - 8, deep, fill=1)
            canvas.setFillGray(1)
        else:
            canvas.line(left + edge - 8, top, left + edge - 8, top - deep)
        write(canvas, (word,), WORD, left + 7, top - 5)
        canvas.setFillGray(0)
        write(canvas, lines, BODY, left + edge, top - 5)

    return Strip(deep, draw)


def figure_strips(figures: Figures, room: float) -> list[Strip]:
    """Key figures side by side on a line, at most five in a row."""
    items = figures.items
    rows = [items[start : start + ABREAST] for start in range(0, len(items), ABREAST)]
    return [*(_figures(row, room, min(len(items), ABREAST)) for row in rows), gap(10)]


@dataclass(frozen=True)
class _Set:
    label: tuple[str, ...]
    value: tuple[str, ...]
    face: Face
    note: tuple[str, ...]


def _set(figure: Figure, room: float) -> _Set:
    value, face = shrunk(written(figure.value), FIGURE, room, 10.0)
    note = wrap(figure.note, SMALL, room) if figure.note else ()
    return _Set(wrap(figure.label, SMALL.at(8), room), value, face, note)


def _figures(figures: tuple[Figure, ...], room: float, abreast: int) -> Strip:
    wide = room / abreast
    sets = [_set(figure, wide - 16) for figure in figures]
    labels = max(high(one.label, SMALL.at(8)) for one in sets)
    values = max(high(one.value, one.face) for one in sets)
    deep = labels + values + max(high(one.note, SMALL) for one in sets) + 10

    def draw(canvas: Canvas, left: float, top: float) -> None:
        for number, one in enumerate(sets):
            edge = left + number * wide + (8 if number else 0)
            if number:
                canvas.setLineWidth(HAIRLINE)
                canvas.line(edge - 8, top - 6, edge - 8, top - deep + 4)
            write(canvas, one.label, SMALL.at(8), edge, top - 5)
            write(canvas, one.value, one.face, edge, top - 5 - labels - (values - high(one.value, one.face)))
            write(canvas, one.note, SMALL, edge, top - 5 - labels - values)
        rule(canvas, left, left + room, top - deep, RULE)

    return Strip(deep, draw)


def fact_strips(facts: Facts, room: float, tallest: float) -> list[Strip]:
    """Facts in columns, the label small above what is known; one too long for a page goes on below."""
    count = max(1, facts.columns)
    wide = (room - ASIDE * (count - 1)) / count
    strips: list[Strip] = []
    for start in range(0, len(facts.items), count):
        strips += _facts(facts.items[start : start + count], wide, tallest)
    return [*strips, gap(8)]


def _facts(items: tuple[Fact, ...], wide: float, tallest: float) -> list[Strip]:
    labels = [wrap(fact.label, SMALL, wide) for fact in items]
    values = [wrap(written(fact.value), STRONG, wide) for fact in items]
    step = max(1, int(tallest // STRONG.leading))
    top_row = max(high(lines, SMALL) for lines in labels)
    strips = [_abreast(labels, SMALL, wide, top_row, keep=True)]
    for start in range(0, max(len(lines) for lines in values), step):
        part = [lines[start : start + step] for lines in values]
        strips.append(_abreast(part, STRONG, wide, max(high(lines, STRONG) for lines in part), keep=False))
    return [*strips, gap(4)]


def _abreast(cells: list[tuple[str, ...]], face: Face, wide: float, deep: float, *, keep: bool) -> Strip:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        for number, lines in enumerate(cells):
            write(canvas, lines, face, left + number * (wide + ASIDE), top)

    return Strip(deep, draw, keep=keep)


def signature_strips(signatures: Signatures, room: float) -> list[Strip]:
    """Lines to write on, two side by side, each with its label under it; all on one page."""
    wide = (room - ASIDE) / 2
    pairs = [signatures.labels[start : start + 2] for start in range(0, len(signatures.labels), 2)]
    last = len(pairs) - 1
    return [gap(4), *(_lines_to_sign(pair, wide, keep=number < last) for number, pair in enumerate(pairs)), gap(8)]


def _lines_to_sign(labels: tuple[str, ...], wide: float, *, keep: bool) -> Strip:
    cells = [wrap(label, SMALL, wide) for label in labels]

    def draw(canvas: Canvas, left: float, top: float) -> None:
        for number, lines in enumerate(cells):
            edge = left + number * (wide + ASIDE)
            rule(canvas, edge, edge + wide, top - 34, 0.6)
            write(canvas, lines, SMALL, edge, top - 35)

    return Strip(36 + max(high(lines, SMALL) for lines in cells), draw, keep=keep)
