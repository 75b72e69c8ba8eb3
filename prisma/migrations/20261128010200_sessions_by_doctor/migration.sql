-- A doctor's, likewise.
CREATE INDEX CONCURRENTLY sessions_doctor_started_idx
    ON text_appointment_sessions (doctor_id, is_active, start_time DESC, id DESC, end_reason);
