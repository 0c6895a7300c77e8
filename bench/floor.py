"""The floors: the same rows by one hand-written SELECT and fetchall; no objects, no words, no HTML."""

from datetime import datetime

from django.db import connection

NOW = "{0}.started_at <= %(at)s AND ({0}.ended_at IS NULL OR {0}.ended_at > %(at)s)"

BEDS = f"""
    SELECT bed.*, room.*, unit.*, program.*, stay.*, client.*, episode.*, leave.*, placed.level, expected.*,
           hold.*, kept.*, closure.*, job.*, cleaner.name,
           ARRAY(SELECT p.kind FROM programs_precaution p WHERE p.client_id = stay.client_id AND {NOW.format("p")}),
           ARRAY(SELECT a.id FROM chart_allergy a WHERE a.client_id = stay.client_id AND a.noted_at <= %(at)s
                 AND (a.ended_at IS NULL OR a.ended_at > %(at)s)),
           ARRAY(SELECT k.id FROM programs_keepapart k
                 WHERE stay.client_id IN (k.first_id, k.second_id) AND {NOW.format("k")}),
           (SELECT max(a.at) FROM asam_assessment a WHERE a.episode_id = stay.episode_id AND a.at <= %(at)s)
    FROM beds_bed bed
    JOIN beds_room room ON room.id = bed.room_id
    JOIN beds_unit unit ON unit.id = room.unit_id
    JOIN programs_program program ON program.id = unit.program_id
    LEFT JOIN beds_bedstay stay ON stay.bed_id = bed.id AND {NOW.format("stay")}
    LEFT JOIN programs_client client ON client.id = stay.client_id
    LEFT JOIN programs_episode episode ON episode.id = stay.episode_id
    LEFT JOIN programs_leave leave ON leave.episode_id = stay.episode_id AND {NOW.format("leave")}
    LEFT JOIN programs_placement placed ON placed.episode_id = stay.episode_id AND placed.kind = 'treatment'
                                           AND {NOW.format("placed")}
    LEFT JOIN programs_expecteddischarge expected ON expected.episode_id = stay.episode_id
                                                     AND {NOW.format("expected")}
    LEFT JOIN beds_hold hold ON hold.bed_id = bed.id AND {NOW.format("hold")}
    LEFT JOIN programs_client kept ON kept.id = hold.client_id
    LEFT JOIN beds_closure closure ON closure.bed_id = bed.id AND {NOW.format("closure")}
    LEFT JOIN beds_cleaningjob job ON job.bed_id = bed.id AND {NOW.format("job")}
    LEFT JOIN staff_person cleaner ON cleaner.id = job.accepted_by_id
    WHERE unit.site_id = %(site)s
    ORDER BY unit.position, unit.id, room.position, room.id, bed.label
"""  # noqa: S608  only NOW is put in


CENSUS = """
    SELECT stay.bed_id, stay.episode_id, episode.payer, stay.started_at, stay.ended_at
    FROM beds_bedstay stay
    JOIN programs_episode episode ON episode.id = stay.episode_id
    JOIN beds_bed bed ON bed.id = stay.bed_id
    JOIN beds_room room ON room.id = bed.room_id
    JOIN beds_unit unit ON unit.id = room.unit_id
    WHERE unit.site_id = %(site)s AND stay.started_at <= %(at)s
          AND (stay.ended_at IS NULL OR stay.ended_at > %(since)s)
"""


def board(site_id: int, at: datetime) -> list[tuple[object, ...]]:
    """The rows of every bed of the site at this instant."""
    return _all(BEDS, {"site": site_id, "at": at})


def census(site_id: int, since: datetime, at: datetime) -> list[tuple[object, ...]]:
    """The stays of the site between two instants."""
    return _all(CENSUS, {"site": site_id, "since": since, "at": at})


def _all(statement: str, values: dict[str, int | datetime]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows
