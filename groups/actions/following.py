"""Who is chosen for which groups when a step moves a client: several groups in one go, inside the act of a room above."""

from collections.abc import Collection
from datetime import datetime

from groups.models import Member, Series
from staff.models import Person


def follow(
    *, by: Person, at: datetime, client_id: int, joins: Collection[int] = (), leaves: Collection[int] = ()
) -> dict[int, Member]:
    """Choose a client for the series ``joins`` and end their choice for ``leaves`` (ids), from now on; the rows by series.

    Call it inside an act that holds the client's lock and writes the event. What they are in already, or are not in, stays as it
    is. At most three queries.
    """
    rows = {
        row.series_id: row
        for row in Member.objects.current(at).select_for_update(of=("self",))
        .filter(client_id=client_id, series__in=[*joins, *leaves]).order_by("pk")
    } if joins or leaves else {}  # fmt: skip
    ended = [rows[pk] for pk in leaves if pk in rows]
    for row in ended:
        row.ended_at = at
    if ended:
        Member.objects.bulk_update(ended, ["ended_at"])
    chosen = Series.objects.filter(pk__in=[pk for pk in joins if pk not in rows], by_choice=True) if joins else ()
    made = Member.objects.bulk_create(Member(series=each, client_id=client_id, started_at=at, by=by) for each in chosen)
    return {**{row.series_id: row for row in ended}, **{row.series_id: row for row in made}}
