"""The pass of 60 clients with 500 doses due: read, and as JSON over HTTP, beside a bare SELECT of the same rows."""

from contextlib import nullcontext

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.figures import HEAD, Figure, in_turns
from bench.ward import Ward
from bench.web import Tablet
from emar.queries import PassPage, pass_page

FLOOR, READ, SENT = "bare SELECT of the same rows", "pass: read", "pass: as JSON over HTTP"
ROWS = """
    SELECT o.*, m.*, c.first_name, c.last_name, c.born_on, u.name, r.name, b.label, a.id, a.outcome, a.given_at, p.name
    FROM beds_bedstay s
    JOIN beds_bed b ON b.id = s.bed_id JOIN beds_room r ON r.id = b.room_id JOIN beds_unit u ON u.id = r.unit_id
    JOIN programs_client c ON c.id = s.client_id
    JOIN emar_order o ON o.episode_id = s.episode_id AND o.started_at <= %(at)s AND (o.ended_at IS NULL OR o.ended_at > %(at)s)
    JOIN emar_medication m ON m.id = o.medication_id
    LEFT JOIN emar_administration a ON a.order_id = o.id AND a.due_at = %(due)s
    LEFT JOIN staff_person p ON p.id = a.by_id
    WHERE u.id = %(unit)s AND s.started_at <= %(at)s AND (s.ended_at IS NULL OR s.ended_at > %(at)s)
    ORDER BY r.position, b.label
"""


def bare(here: Ward) -> None:
    """The rows of the pass by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"at": timezone.now(), "due": here.at, "unit": here.unit.pk})
        cursor.fetchall()


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
