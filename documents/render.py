"""From a description to the bytes of a PDF: blocks become flowables, which platypus sets on pages."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, NextPageTemplate, PageBreak, Paragraph
from reportlab.platypus.doctemplate import LayoutError, NotAtTopPageBreak

from documents import flow
from documents.blocks import (
    Barcode,
    Block,
    Cards,
    Contents,
    Document,
    Drawn,
    Facts,
    Figures,
    Heading,
    NewPage,
    Notice,
    Ruled,
    Signatures,
    Strips,
    Table,
    Text,
)
from documents.cards import Sheet, sheets
from documents.contents import ContentsLine
from documents.drawings import drawn
from documents.letterhead import LATER, SHEET, SIDE, Numbered, Size, templates
from documents.ruled import ruled
from documents.strips import StripSheet, strip_sheets
from documents.tables import Grid, table
from documents.typeface import REGULAR, printable, register

FLOWS: dict[type[Block], Callable[[Any, float], list[Flowable] | Flowable]] = {
    Text: flow.text,
    Notice: flow.notice,
    Figures: flow.figures,
    Facts: flow.facts,
    Table: table,
    Ruled: ruled,
    Signatures: flow.signatures,
    Drawn: drawn,
    Barcode: flow.code,
    NewPage: lambda block, room: NotAtTopPageBreak(),
}


def render(document: Document) -> bytes:
    """The PDF of `document`: the same bytes for the same description, its text in reading order, title and language set.

    Raises ValueError, with a sentence, for a description that cannot be drawn.
    """
    register()
    page = document.paper.value[::-1] if document.landscape else document.paper.value
    pages = templates(document, page)
    story = list(_story(document.blocks, page))
    begins_with_cards = bool(story) and isinstance(story[0], Sheet | StripSheet)
    file = BytesIO()
    made = BaseDocTemplate(
        file, pagesize=page, pageTemplates=pages[::-1] if begins_with_cards else pages, invariant=1, pageCompression=1,
        lang=document.lang, initialFontName=REGULAR, displayDocTitle=1, creator="Stepwell",
        title=printable(document.title), author=printable(document.organisation), subject=printable(document.as_of),
    )  # fmt: skip
    try:
        made.build([NextPageTemplate(SHEET if begins_with_cards else LATER), *story], canvasmaker=Numbered)
    except LayoutError as error:
        raise ValueError("Something that stays in one piece is higher than a page: shorten it.") from error
    return file.getvalue()


def _story(blocks: Iterable[Block], page: Size) -> Iterator[Flowable]:
    """The flowables; before every heading a break, unless what follows it still has a beginning on the page."""
    story: list[Flowable] = []
    room, under = page[0] - 2 * SIDE, 0
    blocks = list(blocks)
    titles = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    for block in blocks:
        if isinstance(block, Contents):
            story += [ContentsLine(title, place) for place, title in enumerate(titles)]
        elif isinstance(block, Heading):
            story.append(flow.Title(block, under if block.level > 1 else 0))
            under = under or int(block.level == 1)
        elif isinstance(block, Cards | Strips):
            _drop_breaks(story)
            story += [NextPageTemplate(SHEET), PageBreak()] if story else []
            made = sheets(block, page) if isinstance(block, Cards) else strip_sheets(block, page)
            story += [*made, NextPageTemplate(LATER)]
        else:
            flows = FLOWS[type(block)](block, room)
            story += flows if isinstance(flows, list) else [flows]
    _drop_breaks(story)
    needs, kept = 0.0, []
    for flowable in reversed(story):
        kept.append(flowable)
        if isinstance(flowable, flow.Title):
            needs = min(needs + flowable.wrap(room, 0)[1] + 12, page[1] / 2)
            kept.append(CondPageBreak(needs))
        elif isinstance(flowable, Paragraph):
            needs = min(30.0, flowable.wrap(room, 0)[1])
        else:
            needs = flowable.first_rows(room) if isinstance(flowable, Grid) else 50.0
    return reversed(kept)


def _drop_breaks(story: list[Flowable]) -> None:
    """Forget the breaks at the end: before cards, which break the page themselves, and after everything."""
    while story and isinstance(story[-1], NotAtTopPageBreak):
        story.pop()
