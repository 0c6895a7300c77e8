"""How a file leaves as an answer: a PDF opens in the browser, a CSV is saved, and neither stays in a cache."""

from django.http import HttpResponse

HEADERS = {"Cache-Control": "private, no-store"}


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """A PDF (``documents.render``); ``name`` ends in '.pdf' and holds no quotation mark."""
    headers = HEADERS | {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def csv_file(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet (``documents.spreadsheet``); ``name`` ends in '.csv' and holds no quotation mark."""
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
