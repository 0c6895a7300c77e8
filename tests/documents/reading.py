"""Reads a rendered document back: pages as text, and every printed string and rectangle with its place."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader

from documents.typeface import width


@dataclass(frozen=True)
class Printed:
    """A string on a page: its left and right edge and its baseline, in points from the lower left corner."""

    text: str
    left: float
    right: float
    base: float


def reader(pdf: bytes) -> PdfReader:
    """The document as pypdf sees it."""
    return PdfReader(BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of every page."""
    return [page.extract_text() for page in reader(pdf).pages]


def words(pdf: bytes) -> str:
    """The text of all pages with every break as one space."""
    return " ".join(" ".join(pages(pdf)).split())


def printed(page: PageObject) -> list[Printed]:
    """What is printed on `page`, in the order it is drawn. Only for text that one subset of the font holds."""
    found: list[Printed] = []

    def visit(text: str, at: list[float], line: list[float], font: dict[str, Any] | None, size: float) -> None:
        shown = text.strip("\n")
        if shown.strip():
            bold = bool(font and "Bold" in str(font["/BaseFont"]))
            left, base = at[4] + line[4], at[5] + line[5]
            found.append(Printed(shown, left, left + width(shown, size, bold=bold), base))

    page.extract_text(visitor_text=visit)
    return found


def rectangles(page: PageObject) -> list[tuple[float, float]]:
    """The left and right edge of every rectangle on `page`, in points."""
    found: list[tuple[float, float]] = []

    def visit(operator: bytes, given: Any, at: list[float], _: list[float]) -> None:
        if operator == b"re":
            left, wide = float(given[0]), float(given[2])
            found.append((at[4] + at[0] * left, at[4] + at[0] * (left + wide)))

    page.extract_text(visitor_operand_before=visit)
    return found
