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
    Pictures,
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
from documents.pictures import pictures
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
    Pictures: pictures,
    Barcode: flow.code,
    NewPage: lambda block, room: NotAtTopPageBreak(),
}

IN_HAND = 32  # flowables made ahead of the page that is set: platypus looks at the next few, to keep them together


def render(document: Document) -> bytes:
    """The PDF of `document`: the same bytes for the same description, its text in reading order, title and language set.

    Raises ValueError, with a sentence, for a description that cannot be drawn.
    """
    register()
    page = document.paper.value[::-1] if document.landscape else document.paper.value
    pages = templates(document, page)
    story = Ahead(_story(document.blocks, page))
    begins_with_cards = bool(story) and isinstance(story[0], Sheet | StripSheet)
    story.insert(0, NextPageTemplate(SHEET if begins_with_cards else LATER))
    file = BytesIO()
    made = BaseDocTemplate(
        file, pagesize=page, pageTemplates=pages[::-1] if begins_with_cards else pages, invariant=1, pageCompression=1,
        lang=document.lang, initialFontName=REGULAR, displayDocTitle=1, creator="Stepwell",
        title=printable(document.title), author=printable(document.organisation), subject=printable(document.as_of),
    )  # fmt: skip
    try:
        made.build(story, canvasmaker=Numbered)
    except LayoutError as error:
        raise ValueError("Something that stays in one piece is higher than a page: shorten it.") from error
    return file.getvalue()


def _story(blocks: Iterable[Block], page: Size) -> Iterator[Flowable]:
    """The flowables, made one by one as they are taken; before every heading a break, unless what follows it still has a beginning on
    the page."""
    room, titles = page[0] - 2 * SIDE, []
    for flowable in _without_breaks(_flowables(blocks, page)):
        if isinstance(flowable, flow.Title):
            titles.append(flowable)
            continue
        yield from _kept_with(titles, _needs(flowable, room), page)
        titles = []
        yield flowable
    yield from _kept_with(titles, 0.0, page)


def _flowables(blocks: Iterable[Block], page: Size) -> Iterator[Flowable]:
    room, under, begun = page[0] - 2 * SIDE, 0, False
    blocks = list(blocks)
    for block in blocks:
        if isinstance(block, Contents):
            titles = [each.text for each in blocks if isinstance(each, Heading) and each.level == 1]
            yield from (ContentsLine(title, place) for place, title in enumerate(titles))
        elif isinstance(block, Heading):
            yield flow.Title(block, under if block.level > 1 else 0)
            under = under or int(block.level == 1)
        elif isinstance(block, Cards | Strips):
            if begun:
                yield NextPageTemplate(SHEET)
                yield PageBreak()
            yield from sheets(block, page) if isinstance(block, Cards) else strip_sheets(block, page)
            yield NextPageTemplate(LATER)
        else:
            flows = FLOWS[type(block)](block, room)
            yield from flows if isinstance(flows, list) else [flows]
        begun = begun or not isinstance(block, NewPage)


def _kept_with(titles: list[Flowable], needs: float, page: Size) -> list[Flowable]:
    """Headings that stand together, each after a break that keeps it with what follows; ``needs``: the points of that."""
    kept: list[Flowable] = []
    for title in reversed(titles):
        needs = min(needs + title.wrap(page[0] - 2 * SIDE, 0)[1] + 12, page[1] / 2)
        kept += [title, CondPageBreak(needs)]
    return kept[::-1]


def _needs(flowable: Flowable, room: float) -> float:
    if isinstance(flowable, Paragraph):
        return min(30.0, float(flowable.wrap(room, 0)[1]))
    return float(flowable.first_rows(room)) if isinstance(flowable, Grid) else 50.0


def _without_breaks(flowables: Iterable[Flowable]) -> Iterator[Flowable]:
    """Without the page breaks before cards, which break the page themselves, and those at the end."""
    breaks: list[Flowable] = []
    for flowable in flowables:
        if isinstance(flowable, NotAtTopPageBreak):
            breaks.append(flowable)
            continue
        if not isinstance(flowable, NextPageTemplate | Sheet | StripSheet):
            yield from breaks
        breaks = []
        yield flowable


class Ahead(list[Flowable]):
    """A story of which a few flowables are in memory: as platypus takes them from the front, more are made."""

    def __init__(self, flowables: Iterator[Flowable]) -> None:
        """With the first of them."""
        super().__init__()
        self.coming = flowables
        self.fill()

    def fill(self) -> None:
        """Have some in hand."""
        while list.__len__(self) < IN_HAND:
            found = next(self.coming, None)
            if found is None:
                break
            self.append(found)

    def __len__(self) -> int:
        """How many are in hand, after more were taken where they run short: platypus asks before it takes each."""
        self.fill()
        return list.__len__(self)
