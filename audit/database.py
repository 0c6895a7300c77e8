"""Migration operations that make the database the last guard."""

from django.db.migrations.operations import RunSQL

REFUSE_CHANGE = """
CREATE FUNCTION stepwell_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: add a correcting row', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
"""


def define_append_only() -> RunSQL:
    """Create the trigger function that AppendOnly uses (once, in audit's first migration)."""
    return RunSQL(REFUSE_CHANGE, "DROP FUNCTION stepwell_append_only()")


def append_only(table: str) -> RunSQL:
    """Make ``table`` refuse UPDATE and DELETE, whoever asks."""
    return RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION stepwell_append_only()",
        f"DROP TRIGGER {table}_append_only ON {table}",
    )


def sealed_when(table: str, condition: str) -> RunSQL:
    """Make rows of ``table`` refuse UPDATE and DELETE once ``condition`` (SQL over OLD) holds, e.g. once signed."""
    return RunSQL(
        f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION stepwell_append_only()",
        f"DROP TRIGGER {table}_sealed ON {table}",
    )


def kept_but(table: str, *columns: str) -> RunSQL:
    """Make rows of ``table`` refuse DELETE, and every UPDATE of anything but these columns."""
    named = ", ".join(columns)
    old, new = (f"to_jsonb({row}) - '{{{named}}}'::text[]" for row in ("OLD", "NEW"))
    return RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION stepwell_append_only(); "
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION stepwell_append_only()",
        f"DROP TRIGGER {table}_kept ON {table}; DROP TRIGGER {table}_append_only ON {table}",
    )
