"""The floors: the same rows by one hand-written SELECT and fetchall; no objects, no words, no HTML."""

from collections.abc import Mapping
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


PASS = """
    SELECT o.*, m.*, c.first_name, c.last_name, c.born_on, u.name, r.name, b.label, a.id, a.outcome, a.given_at, p.name
    FROM beds_bedstay s
    JOIN beds_bed b ON b.id = s.bed_id JOIN beds_room r ON r.id = b.room_id JOIN beds_unit u ON u.id = r.unit_id
    JOIN programs_client c ON c.id = s.client_id
    JOIN emar_order o ON o.episode_id = s.episode_id AND o.started_at <= %(at)s AND (o.ended_at IS NULL OR o.ended_at > %(at)s)
    JOIN emar_medication m ON m.id = o.medication_id
    LEFT JOIN emar_administration a ON a.order_id = o.id AND a.due_at = %(at)s
    LEFT JOIN staff_person p ON p.id = a.by_id
    WHERE u.id = %(unit)s AND s.started_at <= %(at)s AND (s.ended_at IS NULL OR s.ended_at > %(at)s)
    ORDER BY r.position, b.label
"""
GROUPS = """
    SELECT s.*, e.name, f.person_id, m.client_id, m.status, c.first_name, c.last_name
    FROM groups_session s JOIN groups_series e ON e.id = s.series_id
    LEFT JOIN groups_facilitator f ON f.session_id = s.id AND f.removed_at IS NULL
    LEFT JOIN groups_attendance m ON m.session_id = s.id LEFT JOIN programs_client c ON c.id = m.client_id
    WHERE s.site_id = %(site)s AND s.started_at >= %(day)s AND s.started_at < %(tomorrow)s ORDER BY s.started_at
"""
REVIEWS = """
    SELECT p.*, e.*, c.*, g.name, a.at, a.recommendation, w.name
    FROM programs_placement p JOIN programs_episode e ON e.id = p.episode_id JOIN programs_client c ON c.id = e.client_id
    JOIN programs_program g ON g.id = p.program_id
    LEFT JOIN LATERAL (SELECT * FROM asam_assessment x WHERE x.episode_id = e.id AND x.at <= %(at)s ORDER BY x.at DESC LIMIT 1) a
         ON true
    LEFT JOIN staff_person w ON w.id = a.by_id
    WHERE g.site_id = %(site)s AND p.kind = 'treatment' AND p.started_at <= %(at)s AND (p.ended_at IS NULL OR p.ended_at > %(at)s)
"""
CHART = """
    SELECT n.about_at, n.text, n.by_id FROM chart_note n JOIN programs_episode e ON e.id = n.episode_id
        WHERE e.client_id = %(client)s AND n.about_at >= %(since)s
    UNION ALL SELECT at, scale, by_id FROM chart_score WHERE client_id = %(client)s AND at >= %(since)s
    UNION ALL SELECT at, note, by_id FROM chart_vitals WHERE client_id = %(client)s AND at >= %(since)s
    UNION ALL SELECT a.given_at, a.outcome, a.by_id FROM emar_administration a JOIN emar_order o ON o.id = a.order_id
        WHERE o.client_id = %(client)s AND a.given_at >= %(since)s
    UNION ALL SELECT s.started_at, m.status, m.by_id FROM groups_attendance m JOIN groups_session s ON s.id = m.session_id
        WHERE m.client_id = %(client)s AND s.started_at >= %(since)s
"""
MONTH = """
    SELECT o.*, m.*, a.*, p.name FROM emar_order o JOIN emar_medication m ON m.id = o.medication_id
    LEFT JOIN emar_administration a ON a.order_id = o.id AND a.given_at >= %(month)s
    LEFT JOIN staff_person p ON p.id = a.by_id
    WHERE o.client_id = %(client)s AND (o.ended_at IS NULL OR o.ended_at >= %(month)s)
"""
TRAIL = "SELECT * FROM audit_event WHERE site_id = %(site)s ORDER BY at DESC, id DESC LIMIT 50"


def board(site_id: int, at: datetime) -> list[tuple[object, ...]]:
    """The rows of every bed of the site at this instant."""
    return rows(BEDS, {"site": site_id, "at": at})


def census(site_id: int, since: datetime, at: datetime) -> list[tuple[object, ...]]:
    """The stays of the site between two instants."""
    return rows(CENSUS, {"site": site_id, "since": since, "at": at})


def rows(statement: str, values: Mapping[str, int | datetime]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found
