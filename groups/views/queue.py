"""My notes: what waits for my words or my name."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from groups.queries import QueueLine, queue
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class Pile:
    """One kind of waiting: what brings a line and takes it away, and the word of its button."""

    slug: str
    title: str
    about: str
    empty: str
    act: str
    one: str
    lines: tuple[QueueLine, ...]


@require_safe
@at_desk(Capability.RUN_GROUPS)
def notes(request: DeskRequest) -> HttpResponse:
    """To sign first, as it is the shortest way; then to co-sign, then to write. What is overdue stands first in each."""
    found = queue(request.desk.person, request.desk.site, request.desk.now)
    piles = (
        Pile(
            "sign", "To sign", "Parts that you wrote and have not signed. Signing seals them.",
            "Nothing you wrote waits for your name.", "Sign", "part", _late_first(found.to_sign),
        ),
        Pile(
            "cosign", "To co-sign", "Signed by someone whose credential asks for a supervisor's name.",
            "Nothing waits for a co-signature.", "Co-sign", "part", _late_first(found.to_cosign),
        ),
        Pile(
            "write", "To write", "Parts that nobody has written, of groups that you run and that are over.",
            "Every part of your groups is written.", "Write", "part", _late_first(found.to_write),
        ),
    )  # fmt: skip
    context = {"queue": found, "piles": sorted(piles, key=lambda pile: not pile.lines)}
    return render(request, "groups/notes.html", context)


@require_safe
@at_desk(Capability.RUN_GROUPS)
def notes_line(request: DeskRequest) -> HttpResponse:
    """How much waits, in a line, for a page that does not wait for it; empty where nothing does."""
    found = queue(request.desk.person, request.desk.site, request.desk.now)
    return render(request, "groups/pieces/queue_line.html", {"queue": found})


def _late_first(lines: tuple[QueueLine, ...]) -> tuple[QueueLine, ...]:
    return tuple(sorted(lines, key=lambda line: not line.late))
