-- Functions that look into tables look into those of this schema, whoever calls them and with whatever search path: a
-- temporary table of the same name, which anybody may make, is not seen before them.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'refuse_refund_without_charge', 'refuse_stray_entries', 'refuse_stray_events', 'announce_entries', 'ledger_complete_to'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I() SET search_path = %I, pg_temp', name, current_schema());
    END LOOP;
END $$;
