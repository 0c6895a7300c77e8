"""Lines and letters on a canvas: black on white, nothing else."""

from collections.abc import Sequence
from decimal import Decimal

from documents.blocks import Value
from documents.pages import Canvas
from documents.typeface import BOLD, Face, width, wrap

BODY, STRONG, SMALL = Face(), Face(BOLD), Face(size=7.5)
RULE, HAIRLINE = 0.9, 0.5
GUTTER = 10.0


def written(value: Value) -> str:
    """A cell as text: numbers with thousands separators and a true minus sign, None as nothing. A year is given as text."""
    if isinstance(value, int | Decimal):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}")
    return value or ""


def write(canvas: Canvas, lines: Sequence[str], face: Face, left: float, top: float, *, right: float = 0.0) -> None:
    """Print lines downwards from `top`; flush to the edge `right` where one is given. The lines are printable (`wrap`)."""
    canvas.setFont(face.font, face.size)
    for number, line in enumerate(lines):
        base = top - number * face.leading - face.size
        if line and right:
            canvas.drawRightString(right, base, line)
        elif line:
            canvas.drawString(left, base, line)


def rule(canvas: Canvas, left: float, right: float, height: float, weight: float = HAIRLINE) -> None:
    """A line across; a hairline is grey, so that it guides the eye and does not fence it in."""
    canvas.setStrokeGray(0.55 if weight == HAIRLINE else 0)
    canvas.setLineWidth(weight)
    canvas.line(left, height, right, height)
    canvas.setStrokeGray(0)


def box(canvas: Canvas, left: float, top: float, side: float = 10.0) -> None:
    """An empty square to tick."""
    canvas.setLineWidth(0.8)
    canvas.rect(left, top - side, side, side)


def shrunk(text: str, face: Face, room: float, least: float) -> tuple[tuple[str, ...], Face]:
    """`text` in one line, smaller if need be but not below `least` points: then wrapped."""
    while face.size > least:
        lines = wrap(text, face, room)
        if all(width(part, face) <= room for part in lines) and len(lines) == text.count("\n") + 1:
            return lines, face
        face = face.at(max(least, face.size - 1))
    return wrap(text, face, room), face


def high(lines: Sequence[str], face: Face) -> float:
    """How much room lines take from top to bottom."""
    return len(lines) * face.leading
