-- Entries get their numbers before they are committed, so number 2 may be there to be read while number 1 is not. Whoever
-- follows the ledger by its numbers must not be shown 2 before 1 has come or has been given up: it would never see 1.

-- Each transaction that writes entries says, before its first one gets a number, what the last number was: by a shared
-- advisory lock, which goes away after the transaction, however that ends, and its entries can be read by then. Nobody waits
-- for it. Once a transaction, which the setting notes: a transaction of very many statements would fill the table of locks.
CREATE FUNCTION announce_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('session_engine.entries_announced', true), '') = '' THEN
        PERFORM pg_advisory_xact_lock_shared(
                TG_RELID::bigint::bit(32)::integer,
                coalesce(pg_sequence_last_value('ledger_entries_id_seq'), 0)::bit(32)::integer
            ), set_config('session_engine.entries_announced', 'yes', true);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_announced BEFORE INSERT ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION announce_entries();

-- Up to this number no entry can appear any more. The last number is read before the locks: a transaction that is not
-- among them gets later ones. What is to be read up to here must be asked by a later statement, whose picture is younger.
CREATE FUNCTION ledger_complete_to() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    last_number bigint := coalesce(pg_sequence_last_value('ledger_entries_id_seq'), 0);
BEGIN
    -- A lock holds the lower 32 bits of a number that is at most the last one.
    RETURN (
        SELECT least(last_number, min(last_number - ((last_number - objid::bigint) & 4294967295)))
        FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 'ledger_entries'::regclass
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    );
END $$;
