"""A hold may wait for the end of a stay; a stay never begins in the future.

What stood before: a hold's planned end is its end, and of two holds of one person the later one is let go.
"""

from django.db import migrations

CARRY = """
UPDATE beds_hold h SET ended_at = h.started_at WHERE EXISTS (
    SELECT 1 FROM beds_hold e WHERE e.client_id = h.client_id AND e.id < h.id
    AND tstzrange(e.started_at, e.ended_at) && tstzrange(h.started_at, h.ended_at));
UPDATE beds_hold SET until = ended_at;
"""

GUARD = """
CREATE OR REPLACE FUNCTION beds_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    period tstzrange := tstzrange(NEW.started_at, NEW.ended_at);
BEGIN
    PERFORM 1 FROM beds_bed WHERE id = NEW.bed_id FOR UPDATE;
    IF TG_TABLE_NAME = 'beds_bedstay' THEN
        IF TG_OP = 'INSERT' AND NEW.started_at > clock_timestamp() + interval '5 minutes' THEN
            RAISE EXCEPTION 'a stay of bed % begins in the future', NEW.bed_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'beds_stay_not_in_future';
        END IF;
        IF EXISTS (SELECT 1 FROM beds_hold h WHERE h.bed_id = NEW.bed_id AND h.client_id <> NEW.client_id
                   AND h.after_id IS DISTINCT FROM NEW.id AND tstzrange(h.started_at, h.ended_at) && period) THEN
            RAISE EXCEPTION 'bed % is held for someone else', NEW.bed_id
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'beds_stay_against_hold';
        END IF;
        IF EXISTS (SELECT 1 FROM beds_closure c WHERE c.bed_id = NEW.bed_id
                   AND tstzrange(c.started_at, c.ended_at) && period) THEN
            RAISE EXCEPTION 'bed % is out of service', NEW.bed_id
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'beds_stay_against_closure';
        END IF;
    ELSIF TG_TABLE_NAME = 'beds_hold' THEN
        IF EXISTS (SELECT 1 FROM beds_bedstay s WHERE s.bed_id = NEW.bed_id AND s.client_id <> NEW.client_id
                   AND s.id IS DISTINCT FROM NEW.after_id AND tstzrange(s.started_at, s.ended_at) && period) THEN
            RAISE EXCEPTION 'bed % is occupied', NEW.bed_id
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'beds_hold_against_stay';
        END IF;
    ELSE
        IF EXISTS (SELECT 1 FROM beds_bedstay s WHERE s.bed_id = NEW.bed_id
                   AND tstzrange(s.started_at, s.ended_at) && period) THEN
            RAISE EXCEPTION 'bed % is occupied', NEW.bed_id
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'beds_closure_against_stay';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("beds", "0005_pipeline_and_periods")]
    operations = [
        migrations.RunSQL(CARRY, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
