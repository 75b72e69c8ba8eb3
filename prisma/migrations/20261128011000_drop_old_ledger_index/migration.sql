-- ledger_patient_entries_idx has taken its place.
DROP INDEX CONCURRENTLY IF EXISTS ledger_patient_idx;
