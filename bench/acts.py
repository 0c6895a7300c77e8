"""Assign a bed to someone and move someone, beside bare PostgreSQL commits of rows of the same size, on one connection."""

from collections.abc import Callable
from uuid import uuid4

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beds.actions import stays
from beds.board import Look
from beds.models import Bed, BedStay, Hold
from bench.board import fitting
from bench.figures import HEAD, Figure, clocked
from bench.history import History
from programs.models import Episode, Placement, PlacementRequest

WRITES = ("INSERT", "UPDATE", "DELETE")
Act = Callable[[], object]
EASY: dict[str, object] = {  # whom every bed of their level fits, also the one they left
    "client__housing_preference": "any", "client__precautions": None, "client__kept_apart_first": None,
    "client__kept_apart_second": None, "episode__leaves": None, "bed__lower_bunk": True,
}  # fmt: skip
SIZE = 160  # bytes of a row, about what a stay with its history row has


def table(history: History, runs: int) -> str:
    """Measure, and the lines as people read them."""
    with history.here():
        lines = [f"{'One connection, one process':<46}{HEAD}", f"  {history.title}"]
        for name, prepared in (("assign a bed (action)", _assigning), ("move (action)", _moving)):
            act, undo = prepared(history)
            with CaptureQueriesContext(connection) as captured:
                act()
            undo()
            writes = sum(query["sql"].startswith(WRITES) for query in captured.captured_queries)
            figure, floor = Figure(name), Figure(f"bare commit of {writes} such rows")
            commit = _bare(writes)
            for number in range(-3, runs):
                seconds, least = clocked(act), clocked(commit)
                undo()
                if number >= 0:
                    figure.seconds.append(seconds)
                    floor.seconds.append(least)
            lines += [floor.line(), f"{figure.line(floor)}   {len(captured)} queries"]
    return "\n".join(lines)


def someone_who_fits(history: History) -> tuple[PlacementRequest, int]:
    """A line of the placement list and a free bed that fits the person; nothing is held for them."""
    held = Hold.objects.current(timezone.now()).values("client_id")
    waiting = PlacementRequest.objects.filter(settled_at=None).exclude(client_id__in=held).order_by("pk")
    return next(
        (asks, bed) for asks in waiting for bed in fitting(Look(history.place.site.slug, chosen=asks.pk), history)
    )


def _assigning(history: History) -> tuple[Act, Act]:
    """Someone of the placement list comes to a free bed, and leaves it again; they may come back while nobody cleans it."""
    by, at = history.place.intake, timezone.now()
    asks, bed_id = someone_who_fits(history)
    program = Bed.objects.select_related("room__unit__program").get(pk=bed_id).room.unit.program
    episode = Episode.objects.create(client_id=asks.client_id, started_at=at)
    Placement.objects.create(episode=episode, program=program, kind=program.kind, level=program.level, started_at=at)

    def act() -> object:
        return stays.assign(by=by, at=timezone.now(), bed_id=bed_id, episode_id=episode.pk, key=uuid4())

    def undo() -> object:
        stay = BedStay.objects.get(episode=episode, ended_at=None)
        return stays.vacate(by=by, at=timezone.now(), stay_id=stay.pk)

    return act, undo


def _moving(history: History) -> tuple[Act, Act]:
    """Someone moves to a bed that fits them, and back the next time."""
    slug, by = history.place.site.slug, history.place.intake
    stay, there = next(
        (stay, bed)
        for stay in BedStay.objects.filter(ended_at=None, holds_after=None, **EASY).order_by("pk")
        for bed in fitting(Look(slug, moving=stay.pk), history)
    )
    stay_ids, ends = [stay.pk], [stay.bed_id, there]

    def act() -> object:
        ends.reverse()
        moved = stays.move(by=by, at=timezone.now(), stay_id=stay_ids[0], bed_id=ends[0], key=uuid4())
        stay_ids[0] = moved.pk
        return moved

    return act, lambda: None


def _bare(writes: int) -> Callable[[], None]:
    """One bare transaction of as many rows, and the topic's number."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, kind int, payload text)")

    def commit() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for kind in range(writes):
                cursor.execute("INSERT INTO bench_floor (kind, payload) VALUES (%s, %s)", [kind, "x" * SIZE])
            cursor.execute(
                "INSERT INTO live_topic (name, seq) VALUES ('bench.floor', 1) "
                "ON CONFLICT (name) DO UPDATE SET seq = live_topic.seq + 1"
            )

    return commit
