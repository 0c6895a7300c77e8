"""What the database refuses whoever asks: added words and co-signatures never change, nor marks after the seal without a reason."""

from django.db import migrations

from audit.database import append_only, sealed_when

# A mark after the whole note, or this client's own part, was signed needs its reason.
AFTER_SEAL = """
CREATE FUNCTION groups_mark_after_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.why = '' AND (
        EXISTS (SELECT 1 FROM groups_session WHERE id = NEW.session_id AND completed_at <= NEW.at)
        OR EXISTS (SELECT 1 FROM groups_part
                   WHERE session_id = NEW.session_id AND client_id = NEW.client_id AND signed_at <= NEW.at))
    THEN
        RAISE EXCEPTION 'the note is signed: a later mark needs a reason'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_mark_after_seal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER groups_mark_after_seal BEFORE INSERT ON groups_attendance
    FOR EACH ROW EXECUTE FUNCTION groups_mark_after_seal();
"""
# Marks made before this migration get their counted minutes: the newest of each client, as the rule counts them.
PRESENCES = """
INSERT INTO groups_presence (session_id, client_id, mark_id, started_at, ended_at)
SELECT session_id, client_id, id, date_trunc('minute', begins), date_trunc('minute', ends) FROM (
    SELECT DISTINCT ON (m.client_id, m.session_id) m.*,
        GREATEST(s.started_at, COALESCE(m.arrived_at, s.started_at)) AS begins,
        LEAST(s.ended_at, COALESCE(m.left_at, s.ended_at)) AS ends
    FROM groups_attendance m JOIN groups_session s ON s.id = m.session_id
    ORDER BY m.client_id, m.session_id, m.version DESC
) newest
WHERE status NOT IN ('absent', 'excused') AND date_trunc('minute', begins) < date_trunc('minute', ends)
    AND NOT (status = 'late' AND arrived_at IS NULL) AND NOT (status = 'left_early' AND left_at IS NULL)
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0004_series_sessions_presence")]
    operations = [
        append_only("groups_addendum"),
        sealed_when("groups_cosign", "OLD.at IS NOT NULL"),
        migrations.RunSQL(PRESENCES, migrations.RunSQL.noop),
        migrations.RunSQL(
            AFTER_SEAL,
            "DROP TRIGGER groups_mark_after_seal ON groups_attendance; DROP FUNCTION groups_mark_after_seal()",
        ),
    ]
