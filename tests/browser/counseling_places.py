"""The pages of counseling notes on the seeded demonstration, for ``test_every_page.py``."""

from collections.abc import Iterator

from privacy.models import CounselingNote


def counseling_places() -> Iterator[tuple[str, str]]:
    """Counseling notes: their author's pages, what a grant opens, and the officer's page."""
    kept = CounselingNote.objects.get(corrected=None)
    pages = f"/clients/{kept.client_id}/counseling/"
    yield from (
        ("facilitator", pages), ("facilitator", f"{pages}new/"), ("facilitator", f"{pages}{kept.pk}/"),
        ("facilitator", f"{pages}{kept.pk}/correct/"), ("prescriber", pages), ("director", pages),
        ("director", f"{pages}{kept.pk}/"), ("director", "/privacy/counseling/granted/"), ("nurse", "/privacy/counseling/granted/"),
        ("privacy", "/privacy/counseling/"),
    )  # fmt: skip
