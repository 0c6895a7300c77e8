"""Where a share link leads: one page for every address, and one answer to whatever does not open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from privacy.actions.links import open_link
from programs.files import pdf_file

LONGEST_CODE = 16


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the code, whatever the address; with the right one, of a link that stands, the file. Else the neutral 404."""
    if request.method != "POST":
        return render(request, "privacy/shared.html")
    code = "".join(request.POST.get("code", "")[:LONGEST_CODE].split())
    row = open_link(token=token[:64], code=code, at=timezone.now())
    if row is None or row.file is None:
        return render(request, "privacy/nothing.html", status=404)
    return pdf_file(bytes(row.file.content), "record.pdf")
