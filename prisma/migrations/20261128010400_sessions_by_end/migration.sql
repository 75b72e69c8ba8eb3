-- How many sessions ended on a day, by reason, without a look at the sessions.
CREATE INDEX CONCURRENTLY sessions_ended_idx
    ON text_appointment_sessions (ended_at) INCLUDE (end_reason, doctor_id) WHERE ended_at IS NOT NULL;
