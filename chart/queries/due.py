"""Which scales are due, and which safety tasks are open. Derived, never stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from chart.models import Task
from chart.queries.scores import standing
from chart.rules.cadence import Due, Last, due
from chart.scales import scales
from programs.models import Episode
from programs.people import mine, theirs, whose
from programs.together import Asking, asks


def scales_due(episode_ids: Collection[int], at: datetime) -> Mapping[int, tuple[Due, ...]]:
    """What is next due in each of these episodes that goes on at ``at``, the soonest first; ``Due.at`` may lie ahead. Two queries."""
    return due_in(Episode.objects.filter(pk__in=list(episode_ids), started_at__lte=at), at)


@asks
def due_in(episodes: Iterable[Episode], at: datetime) -> Asking[Mapping[int, tuple[Due, ...]]]:
    """The same for episodes that are at hand. One query."""
    running = [each for each in episodes if each.ended_at is None or each.ended_at > at]
    scored = (
        standing(at).filter(theirs([each.client_id for each in running])).annotate(person_of=whose())
        .order_by("person_of", "scale", "-at", "-pk")
    )  # fmt: skip
    (rows,) = yield (scored.distinct("person_of", "scale").values_list("person_of", "scale", "at", "total"),)
    last: dict[int, dict[str, Last]] = defaultdict(dict)
    for client, code, when, total in rows:
        last[client][code] = Last(when, total)
    names = {code: each.name for code, each in scales().items()}
    found = {}
    for episode in running:
        all_due = [due(each, episode.started_at, last[episode.client_id], names) for each in scales().values()]
        found[episode.pk] = tuple(sorted((each for each in all_due if each is not None), key=lambda each: each.at))
    return found


@asks
def safety_open(client_id: int, at: datetime) -> Asking[tuple[Task, ...]]:
    """The safety tasks of a client that nobody has done by ``at``: a flag on the chart until somebody did. One query."""
    open_ones = Task.objects.filter(mine(client_id), kind="safety", raised_at__lte=at).exclude(done_at__lte=at)
    (rows,) = yield (open_ones.order_by("raised_at"),)
    return tuple(rows)
