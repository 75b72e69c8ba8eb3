-- sessions_doctor_started_idx has taken its place.
DROP INDEX CONCURRENTLY IF EXISTS sessions_doctor_idx;
