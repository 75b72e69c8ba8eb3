-- How many sessions ended on a day, by reason, without a look at the sessions. Only a statement that speaks of the reason is
-- planned through it: the auditor asks by the end, too, and finds one patient's sessions by the patient.
CREATE INDEX CONCURRENTLY sessions_ended_idx
    ON text_appointment_sessions (ended_at) INCLUDE (end_reason, doctor_id) WHERE end_reason IS NOT NULL;
