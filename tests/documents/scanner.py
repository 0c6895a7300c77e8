"""Reads the barcodes of a rendered document as a scanner does: the page is drawn, the picture is read."""

from PIL import Image
from pypdfium2 import PdfDocument
from zxingcpp import read_barcodes

DPI = 200


def pictures(pdf: bytes) -> list[Image.Image]:
    """Every page, drawn in grey."""
    document = PdfDocument(pdf)
    drawn = [page.render(scale=DPI / 72).to_pil().convert("L") for page in document]
    document.close()
    return drawn


def codes(pdf: bytes) -> set[tuple[str, str]]:
    """Every code on the pages: ('Code 128', 'W84G7ZWYRD6S')."""
    return {(str(found.format), found.text) for page in pictures(pdf) for found in read_barcodes(page)}


def read(picture: Image.Image) -> list[str]:
    """The codes of one picture."""
    return [found.text for found in read_barcodes(picture)]
