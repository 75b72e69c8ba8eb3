-- Warnings of a low balance (R17) are a new kind of event. While an older version still runs beside a newer one, some are
-- not written. From `since` on all are: then the auditor misses one that is not there. It is stored once no connection of
-- an older version is left; a database without sessions has never had one.
CREATE TABLE event_activations (
    type  text PRIMARY KEY,
    since timestamptz(3) NOT NULL
);
INSERT INTO event_activations (type, since)
SELECT 'low_balance', session_clock() WHERE NOT EXISTS (SELECT FROM text_appointment_sessions);
