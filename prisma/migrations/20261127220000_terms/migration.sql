-- What one appointment says otherwise than the settings (R13), as the program writes it; null: nothing. A session keeps what
-- it started under in its own "policy", so this is read once, at its start.
ALTER TABLE appointments ADD COLUMN terms jsonb;

-- Like the other functions that look into tables: into those of this schema, whoever calls it.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION note_sessions_of_appointments() SET search_path = %I, pg_temp', current_schema());
END $$;
