"""What the database refuses whoever asks: a wrong balance, a locked line, a signature without a PIN, a difference without its lock."""

from django.db import migrations

from audit.database import append_only

APPEND_ONLY = (
    "emar_stockline", "emar_ownapproval", "emar_ledgerentry", "emar_countsigning", "emar_countnumber", "emar_keyhandover",
    "emar_resolution", "emar_variancereport",
)  # fmt: skip
ENDS = {"emar_count": ("ended_at", "dropped_why"), "emar_variance": ("ended_at",)}

REFUSE = """
CREATE FUNCTION emar_stock_refuse(wall text, words text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', words USING ERRCODE = 'check_violation', CONSTRAINT = wall;
END $$;
CREATE FUNCTION emar_stock_proof(proof bigint, person bigint, site bigint, wanted text, moment timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    who bigint;
BEGIN
    SELECT person_id INTO who FROM staff_proof
        WHERE id = proof AND site_id = site AND purpose = wanted AND used_at = moment;
    IF who IS NULL THEN
        PERFORM emar_stock_refuse('emar_stock_signed_by_pin', 'a second name stands on a PIN used for this, here and now');
    END IF;
    IF who = person THEN
        PERFORM emar_stock_refuse('emar_stock_second_is_another', 'the second person is another person');
    END IF;
    RETURN who;
END $$;
"""

# the newest entry is read under the lock of its line, so numbers and balances go up one by one
LEDGER = """
CREATE FUNCTION emar_ledger_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
    line record;
    found record;
    opened bigint;
    one bigint;
BEGIN
    SELECT each.owner_id, place.site_id INTO line FROM emar_stockline each
        JOIN emar_stocklocation place ON place.id = each.location_id
        WHERE each.id = NEW.line_id FOR NO KEY UPDATE OF each;
    SELECT number, balance INTO before FROM emar_ledgerentry WHERE line_id = NEW.line_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(before.number, 0) + 1 OR NEW.balance <> coalesce(before.balance, 0) + NEW.change THEN
        PERFORM emar_stock_refuse('emar_ledger_adds_up', 'an entry follows the one before it, and its balance adds up');
    END IF;
    SELECT id INTO opened FROM emar_variance WHERE line_id = NEW.line_id AND ended_at IS NULL;
    IF opened IS DISTINCT FROM NEW.variance_id THEN
        PERFORM emar_stock_refuse('emar_stock_line_locked', 'a line with an open difference takes its resolution alone');
    END IF;
    IF NEW.proof_id IS NOT NULL THEN
        one := emar_stock_proof(NEW.proof_id, NEW.by_id, line.site_id,
            'stock.' || CASE NEW.kind WHEN 'dose' THEN 'waste' ELSE NEW.kind END, NEW.at);
    END IF;
    IF NEW.second_proof_id IS NOT NULL
            AND emar_stock_proof(NEW.second_proof_id, NEW.by_id, line.site_id, 'stock.' || NEW.kind, NEW.at) = one THEN
        PERFORM emar_stock_refuse('emar_stock_second_is_another', 'two witnesses are two people');
    END IF;
    IF NEW.kind = 'dose' AND line.owner_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT 1 FROM emar_administration given JOIN emar_order asked ON asked.id = given.order_id
                WHERE given.id = NEW.administration_id AND asked.client_id = line.owner_id)
            OR NOT EXISTS (SELECT 1 FROM emar_ownapproval WHERE line_id = NEW.line_id) THEN
            PERFORM emar_stock_refuse('emar_stock_own_use', 'what a client brought is used for them, once approved');
        END IF;
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO found FROM emar_ledgerentry WHERE id = NEW.reverses_id;
        IF found.kind <> 'dose' OR found.line_id <> NEW.line_id OR found.given <> NEW.change THEN
            PERFORM emar_stock_refuse('emar_ledger_put_back_right', 'what was given of one dose is put back on its line');
        END IF;
    END IF;
    IF NEW.pair_id IS NOT NULL THEN
        SELECT * INTO found FROM emar_ledgerentry WHERE id = NEW.pair_id;
        IF found.kind <> 'transfer_out' OR found.line_id = NEW.line_id OR found.change <> -NEW.change THEN
            PERFORM emar_stock_refuse('emar_ledger_moved_right', 'what was moved in was moved out of another line');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emar_ledger_adds_up BEFORE INSERT ON emar_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION emar_ledger_adds_up();
"""

COUNTS = """
CREATE FUNCTION emar_count_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
BEGIN
    SELECT location.site_id INTO place FROM emar_count counting
        JOIN emar_stocklocation location ON location.id = counting.location_id
        WHERE counting.id = NEW.count_id AND counting.ended_at IS NULL;
    IF place IS NULL THEN
        PERFORM emar_stock_refuse('emar_count_open', 'numbers are for an open count');
    END IF;
    IF NEW.part = 2 AND NOT EXISTS (SELECT 1 FROM emar_countsigning WHERE count_id = NEW.count_id AND part = 1) THEN
        PERFORM emar_stock_refuse('emar_count_in_turn', 'the first person counts first');
    END IF;
    IF emar_stock_proof(NEW.proof_id, NULL, place, 'stock.count', NEW.at) <> NEW.person_id THEN
        PERFORM emar_stock_refuse('emar_stock_signed_by_pin', 'who counted is who entered the PIN');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emar_count_signed BEFORE INSERT ON emar_countsigning
    FOR EACH ROW EXECUTE FUNCTION emar_count_signed();

CREATE FUNCTION emar_count_number_true() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
BEGIN
    PERFORM 1 FROM emar_stockline WHERE id = NEW.line_id FOR NO KEY UPDATE;
    SELECT number, balance INTO before FROM emar_ledgerentry WHERE line_id = NEW.line_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(before.number, 0) OR NEW.balance <> coalesce(before.balance, 0) THEN
        PERFORM emar_stock_refuse('emar_count_number_true', 'a count stands beside the balance of its instant');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM emar_countsigning signing JOIN emar_count counting ON counting.id = signing.count_id
            WHERE signing.id = NEW.signing_id AND counting.asked @> to_jsonb(NEW.line_id)) THEN
        PERFORM emar_stock_refuse('emar_count_asked', 'only the lines of the sheet are counted');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emar_count_number_true BEFORE INSERT ON emar_countnumber
    FOR EACH ROW EXECUTE FUNCTION emar_count_number_true();

-- at the end of the transaction: every line of the sheet has its number, and every difference has a lock
CREATE FUNCTION emar_count_hides_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM emar_countnumber WHERE signing_id = NEW.id)
            <> (SELECT jsonb_array_length(asked) FROM emar_count WHERE id = NEW.count_id) THEN
        PERFORM emar_stock_refuse('emar_count_whole', 'every line of the sheet is counted');
    END IF;
    IF NEW.part = 2 AND EXISTS (
        SELECT 1 FROM emar_countnumber each JOIN emar_countsigning signing ON signing.id = each.signing_id
        WHERE signing.count_id = NEW.count_id AND each.counted <> each.balance AND NOT EXISTS (
            SELECT 1 FROM emar_variance known WHERE known.line_id = each.line_id
                AND (known.ended_at IS NULL OR known.count_id = NEW.count_id))
    ) THEN
        PERFORM emar_stock_refuse('emar_count_hides_nothing', 'a count that does not agree locks the line');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER emar_count_hides_nothing AFTER INSERT ON emar_countsigning
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION emar_count_hides_nothing();

CREATE FUNCTION emar_count_ended() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parts bigint;
BEGIN
    SELECT count(*) INTO parts FROM emar_countsigning WHERE count_id = NEW.id;
    IF NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL
            AND NOT (parts = 2 AND NEW.dropped_why = '' OR parts = 0 AND NEW.dropped_why <> '') THEN
        PERFORM emar_stock_refuse('emar_count_by_two', 'a count ends with two signatures, or before the first');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emar_count_by_two BEFORE UPDATE ON emar_count FOR EACH ROW EXECUTE FUNCTION emar_count_ended();

CREATE FUNCTION emar_variance_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM emar_ledgerentry entry JOIN emar_resolution why ON why.variance_id = entry.variance_id
        WHERE entry.variance_id = NEW.id AND entry.at = NEW.ended_at AND why.by_id = entry.by_id
    ) THEN
        PERFORM emar_stock_refuse('emar_variance_resolved', 'a difference ends with a cause, an entry and two names');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emar_variance_resolved BEFORE INSERT OR UPDATE ON emar_variance
    FOR EACH ROW EXECUTE FUNCTION emar_variance_ended();

CREATE FUNCTION emar_keys_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
BEGIN
    SELECT location.site_id INTO place FROM emar_stocklocation location
        JOIN emar_count counting ON counting.location_id = location.id AND counting.id = NEW.count_id
            AND counting.ended_at IS NOT NULL AND counting.dropped_why = ''
        WHERE location.id = NEW.location_id;
    IF place IS NULL THEN
        PERFORM emar_stock_refuse('emar_keys_on_a_count', 'keys change hands on a finished count of their place');
    END IF;
    IF emar_stock_proof(NEW.proof_id, NULL, place, 'stock.keys', NEW.at) <> NEW.to_person_id THEN
        PERFORM emar_stock_refuse('emar_stock_signed_by_pin', 'who takes the keys enters the PIN');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emar_keys_signed BEFORE INSERT ON emar_keyhandover FOR EACH ROW EXECUTE FUNCTION emar_keys_signed();
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
    dependencies = [("emar", "0012_withdrawal"), ("audit", "0002_append_only")]
    operations = [
        *(append_only(table) for table in APPEND_ONLY),
        *(ends_only(table, columns) for table, columns in ENDS.items()),
        migrations.RunSQL(
            REFUSE,
            "DROP FUNCTION emar_stock_proof(bigint, bigint, bigint, text, timestamptz), emar_stock_refuse(text, text)",
        ),
        migrations.RunSQL(
            LEDGER, "DROP TRIGGER emar_ledger_adds_up ON emar_ledgerentry; DROP FUNCTION emar_ledger_adds_up()"
        ),
        migrations.RunSQL(
            COUNTS,
            "DROP TRIGGER emar_count_signed ON emar_countsigning; DROP FUNCTION emar_count_signed();"
            "DROP TRIGGER emar_count_number_true ON emar_countnumber; DROP FUNCTION emar_count_number_true();"
            "DROP TRIGGER emar_count_hides_nothing ON emar_countsigning; DROP FUNCTION emar_count_hides_nothing();"
            "DROP TRIGGER emar_count_by_two ON emar_count; DROP FUNCTION emar_count_ended();"
            "DROP TRIGGER emar_variance_resolved ON emar_variance; DROP FUNCTION emar_variance_ended();"
            "DROP TRIGGER emar_keys_signed ON emar_keyhandover; DROP FUNCTION emar_keys_signed();",
        ),
    ]
