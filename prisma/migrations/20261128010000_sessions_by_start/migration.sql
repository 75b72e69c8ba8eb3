-- Everybody's sessions, those that started last first: the active ones, those that ended, or both merged. By `is_ended`, and
-- the two below by `is_active`, which says the same the other way round: a statement that names a patient or a doctor cannot
-- be planned through everybody's.
-- Like each index below, built beside whatever goes on: that works only as the one statement of its migration. What is left
-- of one that was cut short is removed by the next `npm run migrate` (src/storage/unfinished-indexes.ts).
CREATE INDEX CONCURRENTLY sessions_started_idx ON text_appointment_sessions (is_ended, start_time DESC, id DESC);
