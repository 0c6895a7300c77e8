"""What the medication room adds to a client's timeline.

A line for each dose off pattern, and one a day for all that were taken.
"""

from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Subquery

from emar.models import UNDONE, Administration
from emar.queries.load import mark_of
from emar.rules.administration import TAKEN
from emar.rules.administration.words import say_amount
from programs.contributions import Entry
from programs.models import Placement
from programs.together import Asking, asks

_LOOKS = {
    "refused": ("hand", "off"),
    "held": ("pause", "held"),
    "partial": ("pill", "caution"),
    "vomited": ("pill", "caution"),
}


@asks
def timeline(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """Doses of ``since <= t < until``: refused, held, missing, part given or corrected stand alone; given ones are one line a day
    of the client's site. One query."""
    placed = Placement.objects.filter(episode__client=client_id, started_at__lte=at).order_by("-started_at")
    charted = (
        Administration.objects.filter(
            order__client=client_id, given_at__gte=since, given_at__lt=until, given_at__lte=at, corrected_by=None
        )
        .exclude(outcome=UNDONE)
        .select_related("by", "witnessed_by", "order__medication")
        .annotate(zone=Subquery(placed.values("program__site__time_zone")[:1]))
        .order_by("-given_at")
    )
    (rows,) = yield (charted,)
    entries: list[Entry] = []
    given: dict[date, list[Administration]] = defaultdict(list)
    for row in rows:
        if row.outcome in ("given", "self_administered") and row.corrects_id is None:
            given[row.given_at.astimezone(ZoneInfo(row.zone)).date()].append(row)
        else:
            entries.append(_alone(row))
    return entries + [_day(same_day) for same_day in given.values()]


def _alone(row: Administration) -> Entry:
    mark = mark_of(row)
    icon, tone = _LOOKS.get(mark.outcome.value, ("pill", "free" if mark.outcome in TAKEN else "caution"))
    dose = f"{row.order.medication.name} {say_amount(row.order.dose, row.order.unit)}"
    title = f"{dose} {'corrected: ' if mark.corrected else ''}{mark.outcome.past}"
    line = " · ".join(part for part in (mark.reason, mark.note) if part)
    return Entry(row.given_at, "dose", title, line, mark.by, icon, tone)


def _day(rows: list[Administration]) -> Entry:
    """``rows`` are one local day's, newest first."""
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        counted[row.order.medication.name] += 1
    names = ", ".join(name if count == 1 else f"{name} {count} times" for name, count in sorted(counted.items()))
    title = "1 dose given" if len(rows) == 1 else f"{len(rows)} doses given"
    by = ", ".join(sorted({row.by.signature for row in rows}))
    return Entry(rows[0].given_at, "dose", title, names, by, "pill", "free")
