"""Encounter: one step of care (a placement), with the beds slept in and the leaves; and each group session for its member alone."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from beds.models import BedStay
from fhir_r4.mappings.episode_of_care import leaves_of
from fhir_r4.rules.elements import TERMS, Resource, clean, coding, extension, instant, own, period, ref
from fhir_r4.rules.spans import Span, pieces, statuses
from groups.models import Attendance
from groups.rules.minutes import AttendanceStatus
from programs.models import Episode, Placement, Program

CLASS = f"{TERMS}/v3-ActCode"
INPATIENT, AMBULATORY = coding(CLASS, "IMP", "inpatient encounter"), coding(CLASS, "AMB", "ambulatory")
Leaves = Sequence[tuple[str, Span]]
Stays = Sequence[tuple[int, Span]]


def encounter(row: Placement, stays: Stays, leaves: Leaves, at: datetime) -> Resource:
    """``stays`` are (bed, from when until when) of the episode, ``leaves`` its leaves: both are cut to this step."""
    whole = Span(row.started_at, row.ended_at)
    beds, away = pieces(stays, whole), [(kind, part) for kind, span in leaves if (part := span.within(whole))]
    history = statuses(whole, [span for _, span in away], running="in-progress", away="onleave")
    lives_in = row.level.startswith("3") or row.kind == Program.Kind.RESIDENCE or bool(beds)
    made: Resource = clean(
        {
            "resourceType": "Encounter",
            "id": str(row.pk),
            "extension": [_leave(kind, span) for kind, span in away],
            "status": _status(row, [span for _, span in away], at),
            "statusHistory": [{"status": name, "period": period(span.start, span.end)} for name, span in history],
            "class": INPATIENT if lives_in else AMBULATORY,
            "type": [
                own("level", row.level, f"Level {row.level}")
                if row.level
                else own("level", row.kind, row.get_kind_display())
            ],
            "serviceType": own("program", str(row.program_id), row.program.name),
            "subject": ref("Patient", row.episode.client_id),
            "episodeOfCare": [ref("EpisodeOfCare", row.episode_id)],
            "period": period(row.started_at, row.ended_at),
            "location": [
                {
                    "location": ref("Location", f"bed-{bed}"),
                    "status": "active" if span.end is None or span.end > at else "completed",
                    "period": period(span.start, span.end),
                }
                for bed, span in beds
            ]
            or [{"location": ref("Location", f"site-{row.program.site_id}")}],
            "serviceProvider": ref("Organization", row.program.site.organisation_id),
        }
    )
    return made


def _leave(kind: str, span: Span) -> Resource:
    when = {name: value for name, value in (("start", instant(span.start)), ("end", instant(span.end))) if value}
    return {
        "url": "urn:stepwell:leave",
        "extension": [{"url": "kind", "valueCode": kind}, {"url": "period", "valuePeriod": when}],
    }


def _status(row: Placement, away: Sequence[Span], at: datetime) -> str:
    if row.episode.ended_as == Episode.Outcome.MISTAKE:
        return "entered-in-error"
    if row.ended_at is not None and row.ended_at <= at:
        return "finished"
    return "onleave" if any(span.holds(at) for span in away) else "in-progress"


def encounters(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Three queries."""
    rows = (
        Placement.objects.filter(episode__client__in=client_ids)
        .select_related("episode", "program__site")
        .order_by("episode_id", "started_at", "pk")
    )
    leaves, stays, steps = leaves_of(client_ids), _stays(client_ids), defaultdict[int, list[Placement]](list)
    for row in rows:
        steps[row.episode_id].append(row)
    for episode_id, placed in steps.items():
        shared = split(placed, stays.get(episode_id, ()))
        for row in placed:
            yield encounter(row, shared.get(row.pk, ()), leaves.get(episode_id, ()), at)


def split(placed: Sequence[Placement], stays: Sequence[tuple[int, str, Span]]) -> Mapping[int, list[tuple[int, Span]]]:
    """Which step each stay (bed, kind of the unit's program, span) is told under: residence beds under the recovery residence
    where there is one, all others under treatment. So no night is told twice where somebody has both."""
    found: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    kinds = {row.kind for row in placed}
    for bed, kind, span in stays:
        told = kind if kind in kinds else Program.Kind.TREATMENT.value
        for row in placed:
            if row.kind == told or len(kinds) == 1:
                found[row.pk].append((bed, span))
    return found


def _stays(client_ids: Collection[int]) -> dict[int, list[tuple[int, str, Span]]]:
    found: dict[int, list[tuple[int, str, Span]]] = defaultdict(list)
    rows = BedStay.objects.filter(client__in=client_ids).order_by("episode_id", "started_at")
    wanted = ("episode_id", "bed_id", "bed__room__unit__program__kind", "started_at", "ended_at")
    for episode_id, bed_id, kind, start, end in rows.values_list(*wanted):
        found[episode_id].append((bed_id, kind, Span(start, end)))
    return found


ABSENT = {AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED}


def session_encounter(mark: Attendance) -> Resource:
    """One session for one member: never two clients on one resource."""
    session, away = mark.session, AttendanceStatus(mark.status) in ABSENT
    made: Resource = clean(
        {
            "resourceType": "Encounter",
            "id": f"session-{mark.pk}",
            "extension": [extension("attendance", valueCode=mark.status)],
            "status": "cancelled" if away else "finished",
            "class": coding(CLASS, "VR", "virtual") if session.by_video else AMBULATORY,
            "type": [own("session", session.kind, session.name)],
            "serviceType": {
                "coding": [coding("urn:stepwell:service", session.service)],
                "text": session.topic or session.name,
            },
            "subject": ref("Patient", mark.client_id),
            "period": period(mark.arrived_at or session.started_at, mark.left_at or session.ended_at),
            "serviceProvider": ref("Organization", session.site.organisation_id),
        }
    )
    return made


def session_encounters(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """The newest mark of each client in each session. One query."""
    marks = (
        Attendance.objects.filter(client__in=client_ids)
        .order_by("client_id", "session_id", "-version")
        .distinct("client_id", "session_id")
        .select_related("session__series", "session__site")
    )
    for mark in marks.iterator(chunk_size=1000):
        yield session_encounter(mark)
