-- Everybody's sessions that ended for one reason.
CREATE INDEX CONCURRENTLY sessions_end_reason_idx
    ON text_appointment_sessions (end_reason, start_time DESC, id DESC) WHERE end_reason IS NOT NULL;
