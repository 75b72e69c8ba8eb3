-- Participants list their own appointments. Those that nobody has started are found by their time: whether there is a
-- session stands beside it, because a clinic that never says `completed` leaves thousands of old ones `confirmed`.
ALTER TABLE appointments ADD COLUMN has_session boolean NOT NULL DEFAULT false;
UPDATE appointments SET has_session = true WHERE id IN (SELECT appointment_id FROM text_appointment_sessions);

-- For whatever starts a session, an older version too. It holds the lock of the account, so nobody changes the appointment.
CREATE FUNCTION note_sessions_of_appointments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE appointments SET has_session = true WHERE id = ANY (ARRAY(SELECT appointment_id FROM entered));
    RETURN NULL;
END $$;
CREATE TRIGGER sessions_noted AFTER INSERT ON text_appointment_sessions
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION note_sessions_of_appointments();

CREATE INDEX appointments_upcoming_patient_idx ON appointments (patient_id, scheduled_at, id)
    WHERE type = 'text' AND status IN ('pending', 'confirmed') AND NOT has_session;
CREATE INDEX appointments_upcoming_doctor_idx ON appointments (doctor_id, scheduled_at, id)
    WHERE type = 'text' AND status IN ('pending', 'confirmed') AND NOT has_session;
