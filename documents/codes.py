"""Codes to scan, drawn by reportlab: Code 128 and QR. Who places one leaves white around it: 10 modules for bars, 4 for squares."""

from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing

from documents.blocks import Barcode, Code
from documents.ink import SMALL, high, write
from documents.pages import Canvas, Strip, gap
from documents.typeface import wrap

BARS, SQUARE = 34.0, 78.0
MODULE = 1.0  # width of the narrowest bar in points, 0.35 mm; narrower only where the room is


def barcode_strips(barcode: Barcode, room: float) -> list[Strip]:
    """The code in the text, its caption under it; the margin of the page is the white on its left."""
    return [gap(8), code_strip(barcode, room), gap(10)]


def code_strip(barcode: Barcode, room: float, height: float = 0.0, *, right: bool = False) -> Strip:
    """The code and its caption, no wider than `room`, flush left or `right`.

    `height` is that of the bars or the side of the square, in points; 0: as usual in a text.
    """
    squares = barcode.code is Code.QR
    height = min(height or SQUARE, room) if squares else height or BARS
    caption = wrap(barcode.value if barcode.caption is None else barcode.caption, SMALL, room)
    away = height * 0.14 if squares and any(caption) else 1.0

    def draw(canvas: Canvas, left: float, top: float) -> None:
        wide = height if squares else _bars(barcode.value, height, room).width
        draw_code(canvas, barcode, left + room - wide if right else left, top - height, room, height)
        write(canvas, caption, SMALL, left, top - height - away, right=left + room if right else 0.0)

    return Strip(height + (away + high(caption, SMALL) if any(caption) else 0.0), draw)


def draw_code(canvas: Canvas, barcode: Barcode, left: float, bottom: float, room: float, height: float) -> None:
    """Only the bars or squares, from the lower left corner, no wider than `room`."""
    if barcode.code is Code.CODE128:
        _bars(barcode.value, height, room).drawOn(canvas, left, bottom)
        return
    squares = QrCodeWidget(barcode.value, barLevel="M", barWidth=height, barHeight=height, barBorder=0)
    drawing = Drawing(height, height)
    drawing.add(squares)
    renderPDF.draw(drawing, canvas, left, bottom, showBoundary=False)


def _bars(value: str, height: float, room: float) -> Any:
    bars = Code128(value, barHeight=height, barWidth=MODULE, quiet=False)
    if bars.width > room:
        return Code128(value, barHeight=height, barWidth=MODULE * room / bars.width, quiet=False)
    return bars
