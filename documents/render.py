"""From a description to the bytes of a PDF."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas as Pdf

from documents.blocks import (
    Barcode,
    Block,
    Cards,
    Document,
    Facts,
    Figures,
    Heading,
    NewPage,
    Notice,
    Signatures,
    Table,
    Text,
)
from documents.cards import MARGIN, MARK, card_strips
from documents.codes import barcode_strips
from documents.letterhead import BOTTOM, SIDE, TOP, foot, letterhead, running_head, sheet_foot
from documents.pages import Canvas, Page, Strip, paginate
from documents.pieces import fact_strips, figure_strips, heading_strips, notice_strips, signature_strips, text_strips
from documents.tables import table_strips
from documents.typeface import REGULAR, printable, register


def render(document: Document) -> bytes:
    """The PDF of `document`: the same bytes for the same description, its text in reading order, title and language set.

    Raises ValueError, with a sentence, for a description that cannot be drawn.
    """
    register()
    page = document.paper.value[::-1] if document.landscape else document.paper.value
    room = page[0] - 2 * SIDE
    first, later = letterhead(document, room), running_head(document, room)
    below = foot(document, room, 999, 999).height + BOTTOM + 10
    bodies = [page[1] - TOP - head.height - below for head in (first, later)]
    if min(bodies) < page[1] / 3:
        raise ValueError(
            "The letterhead or the foot leaves the page too little room: shorten the title or the sentence."
        )
    pages = paginate(_strips(document.blocks, room, min(bodies) / 2, page), *bodies)

    file = BytesIO()
    canvas = Pdf(file, pagesize=page, invariant=1, lang=document.lang, initialFontName=REGULAR, pageCompression=1)
    canvas.setTitle(printable(document.title))
    canvas.setAuthor(printable(document.organisation))
    canvas.setSubject(printable(document.as_of))
    canvas.setCreator("Stepwell")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for number, one in enumerate(pages, 1):
        _draw(canvas, document, one, page, first if number == 1 else later, number, len(pages))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(
    canvas: Canvas, document: Document, page: Page, size: tuple[float, float], head: Strip, number: int, of: int
) -> None:
    room, top = size[0] - 2 * SIDE, size[1] - TOP
    if page.sheet:
        page.strips[0].draw(canvas, 0.0, size[1])
        sheet_foot(document, size[0] - 2 * MARGIN, number, of).draw(canvas, MARGIN, MARGIN - MARK - 2)
        return
    for strip in (head, *page.strips):
        strip.draw(canvas, SIDE, top)
        top -= strip.height
    below = foot(document, room, number, of)
    below.draw(canvas, SIDE, BOTTOM + below.height)


def _strips(blocks: tuple[Block, ...], room: float, tallest: float, page: tuple[float, float]) -> list[Strip]:
    strips: list[Strip] = []
    under = 0
    for block in blocks:
        outline = under if isinstance(block, Heading) and block.level > 1 else 0
        under = 1 if isinstance(block, Heading) and block.level == 1 else under
        strips += _of(block, room, tallest, page, outline)
    return strips


def _of(block: Block, room: float, tallest: float, page: tuple[float, float], outline: int) -> list[Strip]:
    """The strips of one block. `tallest` is the most a single strip may take, half a page."""
    match block:
        case Heading():
            return heading_strips(block, room, outline)
        case Text():
            return text_strips(block, room)
        case Notice():
            return notice_strips(block, room, tallest)
        case Figures():
            return figure_strips(block, room)
        case Facts():
            return fact_strips(block, room, tallest)
        case Table():
            return table_strips(block, room, tallest)
        case Signatures():
            return signature_strips(block, room)
        case Barcode():
            return barcode_strips(block, room)
        case Cards():
            return card_strips(block, page)
        case NewPage():
            return [Strip(0.0, breaks=True, space=True)]
