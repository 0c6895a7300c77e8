"""A stay never overlaps another person's hold or a closure of its bed, and the other way round.

Each write locks its bed first, so that two writes to different tables cannot miss each other.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION beds_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    period tstzrange := tstzrange(NEW.started_at, NEW.ended_at);
BEGIN
    PERFORM 1 FROM beds_bed WHERE id = NEW.bed_id FOR UPDATE;
    IF TG_TABLE_NAME = 'beds_bedstay' THEN
        IF EXISTS (SELECT 1 FROM beds_hold h WHERE h.bed_id = NEW.bed_id AND h.client_id <> NEW.client_id
                   AND tstzrange(h.started_at, h.ended_at) && period) THEN
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
                   AND tstzrange(s.started_at, s.ended_at) && period) THEN
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
CREATE TRIGGER beds_bedstay_guard BEFORE INSERT OR UPDATE ON beds_bedstay FOR EACH ROW EXECUTE FUNCTION beds_guard();
CREATE TRIGGER beds_hold_guard BEFORE INSERT OR UPDATE ON beds_hold FOR EACH ROW EXECUTE FUNCTION beds_guard();
CREATE TRIGGER beds_closure_guard BEFORE INSERT OR UPDATE ON beds_closure FOR EACH ROW EXECUTE FUNCTION beds_guard();
"""

DROP = """
DROP TRIGGER beds_bedstay_guard ON beds_bedstay;
DROP TRIGGER beds_hold_guard ON beds_hold;
DROP TRIGGER beds_closure_guard ON beds_closure;
DROP FUNCTION beds_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("beds", "0003_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
