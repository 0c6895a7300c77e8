"""The whole board of a 200-bed site: read, and read and drawn, beside a bare SELECT of the same rows."""

from collections.abc import Mapping, Sequence

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beds.board import Look, page_of, snapshot
from beds.models import BedStay
from bench import floor
from bench.figures import HEAD, Figure, clocked
from bench.history import Acts, History, side_by_side
from programs.models import PlacementRequest

FLOOR = "bare SELECT of the same rows"
READ, DRAWN = "read", "read and drawn"


def looks(history: History) -> dict[str, Look]:
    """The board as it is, with a line of the placement list chosen, with someone moving, and with initials only."""
    slug = history.place.site.slug
    with history.here():
        request, stay = PlacementRequest.objects.order_by("pk")[2], BedStay.objects.filter(ended_at=None).latest("pk")
    return {
        "board": Look(slug), "board, one chosen": Look(slug, chosen=request.pk),
        "board, one moving": Look(slug, moving=stay.pk), "board, initials": Look(slug, names=False),
    }  # fmt: skip


def acts(history: History) -> Acts:
    """What is timed: the floor, the board read only, and each look read and drawn."""
    site = history.place.site
    found: Acts = {
        FLOOR: lambda: floor.board(site.pk, timezone.now()),
        f"board: {READ}": lambda: page_of(Look(site.slug), site, timezone.now()),
    }
    for name, look in looks(history).items():
        found[f"{name}: {DRAWN}"] = lambda look=look: snapshot(look, look.key)  # type: ignore[misc]
    return found


def table(histories: Sequence[History], rounds: int) -> str:
    """Measure, and the lines as people read them."""
    first = _first(histories[0])
    done = side_by_side(histories, acts, rounds)
    lines = [f"{'The whole board of 200 beds':<46}{HEAD}"]
    for history in histories:
        figures, queries = done[history.days], _queries(history)
        lines += [f"  {history.title}", figures[FLOOR].line()]
        for name, figure in figures.items():
            if name != FLOOR:
                lines.append(f"{figure.line(figures[FLOOR])}   {queries[name]} queries")
    lines.append(
        f"  the first drawing of this process (templates, icons not read yet): {first * 1e3:.0f} ms; no drawing is kept"
    )
    return "\n".join([*lines, *flat(done[histories[0].days], done[histories[-1].days])])


def flat(short: Mapping[str, Figure], long: Mapping[str, Figure]) -> list[str]:
    """What a long history costs beside a short one: by the median, and by the fastest (the machine's moods left out)."""
    return [
        f"  the longest history over the shortest: {name} {long[name].p50 / short[name].p50:.2f}x by the median, "
        f"{min(long[name].seconds) / min(short[name].seconds):.2f}x by the fastest"
        for name in short
    ]


def fitting(look: Look, history: History) -> list[int]:
    """Beds (their ids) that fit who is being placed, without a reason. Call it where the site's database is."""
    page = page_of(look, history.place.site, timezone.now())
    return [one.card.pk for unit in page.units for room in unit.rooms for one in room.beds if one.fit == "fits"]


def _first(history: History) -> float:
    look = Look(history.place.site.slug)
    with history.here():
        connection.ensure_connection()
        return clocked(lambda: snapshot(look, look.key))


def _queries(history: History) -> dict[str, int]:
    counted = {}
    with history.here():
        for name, act in acts(history).items():
            with CaptureQueriesContext(connection) as captured:
                act()
            counted[name] = len(captured)
    return counted
