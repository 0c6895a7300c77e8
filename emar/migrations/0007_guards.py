"""What the database refuses whoever asks: what was ordered, heard, signed or seen never changes; ends only come forward."""

from django.db import migrations

from audit.database import append_only

KEPT = {
    "emar_order": ("ended_at", "due_until", "stopped_at", "stopped_by_id", "stopped_why"),
    "emar_orderhold": ("ended_at", "ended_by_id"),
    "emar_passrun": ("ended_at", "ended_by_id"),
    "emar_emarpolicy": ("ended_at",),
}
GUARD = """
CREATE FUNCTION emar_ends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are never deleted: end them', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
    END IF;
    IF (to_jsonb(NEW) - TG_ARGV::text[]) IS DISTINCT FROM (to_jsonb(OLD) - TG_ARGV::text[]) THEN
        RAISE EXCEPTION 'of % only the end may change: write a new row', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
    END IF;
    IF OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at > OLD.ended_at) THEN
        RAISE EXCEPTION 'an end of % is only brought forward: write a new row', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_ends_forward';
    END IF;
    RETURN NEW;
END $$;
"""
SHAPES = """
CREATE FUNCTION emar_number(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_typeof(value) = 'string' AND (value #>> '{}') ~ '^[0-9]{1,9}([.][0-9]{1,6})?$', false)
$$;
CREATE FUNCTION emar_contents_ok(contents jsonb, main text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    item jsonb;
BEGIN
    IF jsonb_typeof(contents) <> 'array' THEN RETURN false; END IF;
    IF jsonb_array_length(contents) = 0 THEN RETURN true; END IF;
    IF contents -> 0 ->> 'name' IS DISTINCT FROM main THEN RETURN false; END IF;
    FOR item IN SELECT * FROM jsonb_array_elements(contents) LOOP
        IF jsonb_typeof(item) <> 'object' OR NOT emar_number(item -> 'amount') THEN RETURN false; END IF;
        IF (item ->> 'amount')::numeric <= 0 OR coalesce(item ->> 'unit', '') = '' THEN RETURN false; END IF;
        IF coalesce(item ->> 'name', '') = '' OR item ->> 'name' <> lower(item ->> 'name') THEN RETURN false; END IF;
    END LOOP;
    RETURN (SELECT count(DISTINCT each ->> 'name') = count(*) FROM jsonb_array_elements(contents) each);
END $$;
CREATE FUNCTION emar_limits_ok(limits jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    item jsonb;
BEGIN
    IF jsonb_typeof(limits) <> 'array' THEN RETURN false; END IF;
    FOR item IN SELECT * FROM jsonb_array_elements(limits) LOOP
        IF jsonb_typeof(item) <> 'object' OR NOT emar_number(item -> 'value') THEN RETURN false; END IF;
        IF coalesce(item ->> 'comparison', '') NOT IN ('below', 'above') THEN RETURN false; END IF;
        IF coalesce(item ->> 'measure', '') = '' OR coalesce(jsonb_typeof(item -> 'strict'), '') <> 'boolean'
            OR coalesce(jsonb_typeof(item -> 'fresh_minutes'), '') <> 'number' THEN RETURN false; END IF;
    END LOOP;
    RETURN true;
END $$;
CREATE FUNCTION emar_measures_ok(measures jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    item jsonb;
BEGIN
    IF jsonb_typeof(measures) <> 'array' THEN RETURN false; END IF;
    FOR item IN SELECT * FROM jsonb_array_elements(measures) LOOP
        IF jsonb_typeof(item) <> 'object' OR NOT emar_number(item -> 'value')
            OR coalesce(item ->> 'measure', '') = '' OR coalesce(item ->> 'taken_at', '') = '' THEN RETURN false; END IF;
    END LOOP;
    RETURN true;
END $$;
ALTER TABLE emar_medication ADD CONSTRAINT emar_contents_right CHECK (emar_contents_ok(contents, ingredient));
ALTER TABLE emar_order ADD CONSTRAINT emar_hold_limits_right CHECK (emar_limits_ok(hold_limits));
ALTER TABLE emar_administration ADD CONSTRAINT emar_measures_right CHECK (emar_measures_ok(measures));
"""
UNSHAPE = """
ALTER TABLE emar_medication DROP CONSTRAINT emar_contents_right;
ALTER TABLE emar_order DROP CONSTRAINT emar_hold_limits_right;
ALTER TABLE emar_administration DROP CONSTRAINT emar_measures_right;
DROP FUNCTION emar_contents_ok(jsonb, text), emar_limits_ok(jsonb), emar_measures_ok(jsonb), emar_number(jsonb);
"""


def ends_only(table: str, columns: tuple[str, ...]) -> migrations.RunSQL:
    """Let nothing but these columns of ``table`` change, ``ended_at`` only to an earlier instant, and no row go."""
    named = ", ".join(f"'{column}'" for column in columns)
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_ends_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION emar_ends_only({named})",
        f"DROP TRIGGER {table}_ends_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("emar", "0006_orders_and_doses"), ("audit", "0002_append_only")]
    operations = [
        append_only("emar_verbalorder"),
        append_only("emar_cosign"),
        append_only("emar_reassessment"),
        append_only("emar_reassessmentresult"),
        migrations.RunSQL(GUARD, "DROP FUNCTION emar_ends_only()"),
        *(ends_only(table, columns) for table, columns in KEPT.items()),
        migrations.RunSQL(SHAPES, UNSHAPE),
    ]
