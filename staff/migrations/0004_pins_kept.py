"""What the database refuses whoever asks: PINs and tries are never changed, a proof rests on a right try and is used once."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from audit.database import append_only, sealed_when

ONCE = """
CREATE TRIGGER staff_proof_once BEFORE UPDATE ON staff_proof FOR EACH ROW WHEN (
    OLD.used_at IS NOT NULL
    OR (OLD.id, OLD.person_id, OLD.site_id, OLD.purpose, OLD.at, OLD.expires_at, OLD.attempt_id, OLD.key)
        IS DISTINCT FROM
       (NEW.id, NEW.person_id, NEW.site_id, NEW.purpose, NEW.at, NEW.expires_at, NEW.attempt_id, NEW.key)
) EXECUTE FUNCTION stepwell_append_only();
CREATE TRIGGER staff_proof_kept BEFORE DELETE ON staff_proof FOR EACH ROW EXECUTE FUNCTION stepwell_append_only();
"""

RIGHT = """
CREATE FUNCTION staff_proof_rests_on_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM staff_pintry WHERE id = NEW.attempt_id AND "right"
            AND person_id = NEW.person_id AND site_id = NEW.site_id AND at = NEW.at
    ) THEN
        RAISE EXCEPTION 'a proof rests on a right PIN of the same person, at the same site and instant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'staff_proof_rests_on_right';
    END IF;
    IF NEW.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'a proof is not used before it is made'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'staff_proof_rests_on_right';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER staff_proof_rests_on_right BEFORE INSERT ON staff_proof
    FOR EACH ROW EXECUTE FUNCTION staff_proof_rests_on_right();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_pins_and_duty"), ("audit", "0002_append_only")]
    operations = [
        append_only("staff_pin"),
        append_only("staff_pintry"),
        sealed_when("staff_duty", "OLD.ended_at IS NOT NULL"),
        RunSQL(ONCE, "DROP TRIGGER staff_proof_once ON staff_proof; DROP TRIGGER staff_proof_kept ON staff_proof"),
        RunSQL(
            RIGHT,
            "DROP TRIGGER staff_proof_rests_on_right ON staff_proof; DROP FUNCTION staff_proof_rests_on_right()",
        ),
    ]
