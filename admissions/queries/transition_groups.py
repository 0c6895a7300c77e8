"""The groups of both sides of a step: what is left, joined and kept, what may be chosen, and when it meets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from admissions.rules.transition_groups import GroupNow
from groups.models import Member, Series, Session
from programs.models import Placement, Program

WEEK, AHEAD = timedelta(days=7), timedelta(days=28)  # sessions are written out four weeks ahead


@dataclass(frozen=True)
class Groups:
    """Names of the open groups by side, the first meeting of one that is joined ('': none), and every group with its meetings."""

    left: tuple[str, ...]
    joined: tuple[str, ...]
    kept: tuple[str, ...]
    first: str
    every: tuple[GroupNow, ...]


def groups_of(left: Placement, program: Program, at: datetime) -> Groups:
    """The groups that a step from ``left`` into ``program`` touches. Two queries."""
    rows = [row for row in _series(left, program, at) if row["serves"] or not row["by_choice"] or row["mine"]]
    serving = {row["pk"]: row["name"] for row in rows if row["serves"]}
    meetings: dict[int, list[tuple[datetime, datetime]]] = {}
    first = ""
    for series, begins, ends in _sessions(program, at):
        if not first and series in serving and not next(row for row in rows if row["pk"] == series)["by_choice"]:
            first = f"{serving[series]}, {begins.astimezone(program.site.tz):%a %-d %b %H:%M}"
        if begins < at + WEEK:
            meetings.setdefault(series, []).append((begins, ends))
    every = tuple(
        GroupNow(row["pk"], row["name"], row["serves"], row["by_choice"], row["mine"], row["taken"], row["size_limit"],
                 tuple(meetings.get(row["pk"], ())))
        for row in rows
    )  # fmt: skip
    plain = [row for row in rows if not row["by_choice"]]
    return Groups(
        tuple(row["name"] for row in plain if not row["serves"]),
        tuple(row["name"] for row in plain if row["serves"] and not row["leaves"]),
        tuple(row["name"] for row in plain if row["serves"] and row["leaves"]),
        first,
        every,
    )


def _series(left: Placement, program: Program, at: datetime) -> "QuerySet[Series, dict[str, Any]]":
    """The series of both programs that still meet; ``serves`` the one entered, ``leaves`` the one left."""
    through, today = (
        Series.programs.through.objects.filter(series=OuterRef("pk")),
        at.astimezone(program.site.tz).date(),
    )
    counts = Q(members__started_at__lte=at) & (Q(members__ended_at=None) | Q(members__ended_at__gt=at))
    mine = Member.objects.current(at).filter(series=OuterRef("pk"), client=left.episode.client_id)
    return (
        Series.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), site=program.site_id)
        .annotate(
            serves=Exists(through.filter(program=program)), leaves=Exists(through.filter(program=left.program_id)),
            mine=Exists(mine), taken=Count("members", filter=counts),
        )
        .filter(Q(serves=True) | Q(leaves=True))
        .order_by("name", "pk")
        .values("pk", "name", "by_choice", "size_limit", "serves", "leaves", "mine", "taken")
    )  # fmt: skip


def _sessions(program: Program, at: datetime) -> "QuerySet[Session, tuple[int, datetime, datetime]]":
    """The meetings of the program's series that are planned and still to come, the next first."""
    return (
        Session.objects.filter(
            series__programs=program, started_at__gt=at, started_at__lt=at + AHEAD, cancelled_at=None
        ).order_by("started_at", "pk").values_list("series_id", "started_at", "ended_at")
    )  # fmt: skip
