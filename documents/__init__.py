"""PDF documents and spreadsheets. Knows nothing of the other rooms.

    from documents import Document, Table, Column, Kind, render

A document is described by frozen dataclasses (`documents/blocks.py`); `render` turns it into bytes. docs/developers/documents.md.
"""

from documents.blocks import (
    Barcode,
    Card,
    Cards,
    Code,
    Column,
    Contents,
    Document,
    Drawn,
    Fact,
    Facts,
    Figure,
    Figures,
    Group,
    Heading,
    Kind,
    NewPage,
    Notice,
    Paper,
    Ruled,
    Section,
    Signatures,
    Strip,
    Strips,
    Table,
    Text,
)
from documents.render import render
from documents.spreadsheet import spreadsheet

__all__ = [
    "Barcode",
    "Card",
    "Cards",
    "Code",
    "Column",
    "Contents",
    "Document",
    "Drawn",
    "Fact",
    "Facts",
    "Figure",
    "Figures",
    "Group",
    "Heading",
    "Kind",
    "NewPage",
    "Notice",
    "Paper",
    "Ruled",
    "Section",
    "Signatures",
    "Strip",
    "Strips",
    "Table",
    "Text",
    "render",
    "spreadsheet",
]
