"""From a description to the bytes of a PDF: blocks become flowables, which platypus sets on pages."""

from collections.abc import Iterable, Iterator
from io import BytesIO

from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, NextPageTemplate, PageBreak
from reportlab.platypus.doctemplate import LayoutError, NotAtTopPageBreak

from documents import flow
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
from documents.cards import Sheet, sheets
from documents.letterhead import LATER, SHEET, SIDE, Numbered, Size, templates
from documents.tables import Grid, table
from documents.typeface import REGULAR, printable, register


def render(document: Document) -> bytes:
    """The PDF of `document`: the same bytes for the same description, its text in reading order, title and language set.

    Raises ValueError, with a sentence, for a description that cannot be drawn.
    """
    register()
    page = document.paper.value[::-1] if document.landscape else document.paper.value
    pages = templates(document, page)
    story = list(_story(_without_idle_breaks(document.blocks), page))
    begins_with_cards = bool(story) and isinstance(story[0], Sheet)
    file = BytesIO()
    made = BaseDocTemplate(
        file, pagesize=page, pageTemplates=pages[::-1] if begins_with_cards else pages, invariant=1, pageCompression=1,
        lang=document.lang, initialFontName=REGULAR, displayDocTitle="true", creator="Stepwell",
        title=printable(document.title), author=printable(document.organisation), subject=printable(document.as_of),
    )  # fmt: skip
    try:
        made.build([NextPageTemplate(SHEET if begins_with_cards else LATER), *story], canvasmaker=Numbered)
    except LayoutError as error:
        raise ValueError("Something that stays in one piece is higher than a page: shorten it.") from error
    return file.getvalue()


def _without_idle_breaks(blocks: tuple[Block, ...]) -> list[Block]:
    """The blocks without the page breaks that break nothing: at either end, beside cards, beside another."""
    kept: list[Block] = [NewPage()]
    for block, after in zip(blocks, (*blocks[1:], NewPage()), strict=True):
        if not isinstance(block, NewPage) or not isinstance(kept[-1], NewPage | Cards) and not isinstance(after, NewPage | Cards):
            kept.append(block)
    return kept[1:]


def _story(blocks: Iterable[Block], page: Size) -> Iterator[Flowable]:
    """The flowables; before every heading a break, unless what follows it still has a beginning on the page."""
    story: list[Flowable] = []
    under = 0
    for block in blocks:
        if isinstance(block, Heading):
            story.append(flow.Title(block, under if block.level > 1 else 0))
            under = under or int(block.level == 1)
        elif isinstance(block, Cards):
            story += [NextPageTemplate(SHEET), PageBreak()] if story else []
            story += [*sheets(block, page), NextPageTemplate(LATER)]
        else:
            story += _of(block, page[0] - 2 * SIDE)
    needs, kept = 0.0, []
    for flowable in reversed(story):
        kept.append(flowable)
        if isinstance(flowable, flow.Title):
            needs = min(needs + flowable.wrap(page[0] - 2 * SIDE, 0)[1] + 12, page[1] / 2)
            kept.append(CondPageBreak(needs))
        else:
            needs = flowable.first_rows(page[0] - 2 * SIDE) if isinstance(flowable, Grid) else 50.0
    return reversed(kept)


def _of(block: Block, room: float) -> list[Flowable]:
    """The flowables of one block."""
    made: list[Flowable | None] = []
    match block:
        case Text():
            made = [flow.text(block, room)]
        case Notice():
            made = [flow.notice(block, room)]
        case Figures():
            made = [*flow.figures(block, room)]
        case Facts():
            made = [flow.facts(block, room)]
        case Table():
            made = [table(block, room)]
        case Signatures():
            made = [flow.signatures(block, room)]
        case Barcode():
            made = [flow.barcode(block, room)]
        case NewPage():
            made = [NotAtTopPageBreak()]
    return [one for one in made if one]
