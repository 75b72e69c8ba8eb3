-- sessions_patient_started_idx has taken its place.
DROP INDEX CONCURRENTLY IF EXISTS sessions_patient_idx;
