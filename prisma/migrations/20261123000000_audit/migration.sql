-- The auditor (docs/auditing.md). It reads; all that it ever writes is one row a night, here.

-- Sessions whose end was written down in a period: what is audited each night. Changed once in a session's life.
CREATE INDEX sessions_end_recorded_idx ON text_appointment_sessions (end_recorded_at, id) WHERE is_ended;

-- One row a night, so that of any number of workers one audits it. `claimed_at` is renewed while the audit goes on:
-- one that was given up long ago is taken over by another worker.
CREATE TABLE audit_runs (
    night       date PRIMARY KEY,
    claim       uuid NOT NULL,
    claimed_at  timestamptz(3) NOT NULL,
    started_at  timestamptz(3) NOT NULL,
    since       timestamptz(3),
    until       timestamptz(3) NOT NULL,
    finished_at timestamptz(3),
    accounts    integer NOT NULL DEFAULT 0,
    sessions    integer NOT NULL DEFAULT 0,
    entries     bigint NOT NULL DEFAULT 0,
    events      bigint NOT NULL DEFAULT 0,
    differences integer NOT NULL DEFAULT 0,
    drift       jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT audit_runs_period_not_empty CHECK (since IS NULL OR since <= until),
    CONSTRAINT audit_runs_counts_not_negative CHECK (
        accounts >= 0 AND sessions >= 0 AND entries >= 0 AND events >= 0 AND differences >= 0
    )
);
