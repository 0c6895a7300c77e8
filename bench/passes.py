"""The pass of 60 clients with 500 doses due: read, and as JSON over HTTP, beside a bare SELECT of the same rows."""

from contextlib import nullcontext

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import floor
from bench.figures import HEAD, Figure, in_turns
from bench.ward import Ward
from bench.web import Tablet
from emar.queries import PassPage, pass_page

FLOOR, READ, SENT = "bare SELECT of the same rows", "pass: read", "pass: as JSON over HTTP"


def bare(here: Ward) -> None:
    """The rows of the pass by one statement."""
    floor.rows(floor.PASS, {"at": here.at, "unit": here.unit.pk})


def read(here: Ward) -> PassPage:
    """The read model of the page."""
    page = pass_page(here.site, here.unit.pk, here.at, at=timezone.now())
    assert page is not None
    return page


def table(here: Ward, tablet: Tablet, rounds: int) -> str:
    """Measure, and the lines as people read them."""
    address = f"/api/emar/pass/{here.unit.pk}"
    acts = {
        FLOOR: lambda: bare(here), READ: lambda: read(here),
        SENT: lambda: tablet.send("GET", address),
    }  # fmt: skip
    figures: dict[str, Figure] = in_turns(acts, rounds, lambda name: nullcontext())
    with CaptureQueriesContext(connection) as captured:
        page = read(here)
    title = f"A pass: {len(page.clients)} clients, {page.total} doses due"
    return "\n".join([
        f"{title:<46}{HEAD}",
        figures[FLOOR].line(),
        f"{figures[READ].line(figures[FLOOR])}   {len(captured)} queries",
        figures[SENT].line(figures[FLOOR]),
    ])  # fmt: skip
