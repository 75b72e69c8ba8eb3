-- What administrators did, which processes ran, and what a signed-in browser needs. Everything is added; nothing that an
-- older version reads or writes changes.

-- Who did what: append-only, as the ledger. What a change tells of is written in the statement that makes it.
CREATE TABLE admin_actions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz(3) NOT NULL DEFAULT session_clock(),
    actor_id    bigint NOT NULL,
    actor_role  text NOT NULL DEFAULT 'admin',
    action      text NOT NULL,
    target_kind text,
    target_id   bigint,
    patient_id  bigint,
    note        text,
    before      jsonb,
    after       jsonb,
    request_id  text,
    CONSTRAINT admin_actions_actor_known CHECK (actor_id > 0 AND actor_role = 'admin'),
    CONSTRAINT admin_actions_action_known CHECK (
        action IN (
            'session.ended', 'charge.refunded', 'refund.taken_back', 'grant.adjusted', 'grant.created', 'grant.changed',
            'appointment.created', 'appointment.changed', 'signed_in', 'signed_out', 'ledger.exported', 'actions.exported',
            'audit.run', 'audit.acknowledged', 'patient.viewed'
        ) OR action ~ '^queue\.[a-z_]{1,40}$'
    ),
    CONSTRAINT admin_actions_target_known CHECK (
        target_kind IN ('session', 'entry', 'grant', 'appointment', 'patient', 'queue', 'audit')
    ),
    CONSTRAINT admin_actions_target_named CHECK (target_id IS NULL OR target_kind IS NOT NULL)
);
CREATE INDEX admin_actions_time_idx ON admin_actions (recorded_at DESC, id DESC);
CREATE INDEX admin_actions_actor_idx ON admin_actions (actor_id, recorded_at DESC, id DESC);
CREATE INDEX admin_actions_action_idx ON admin_actions (action, recorded_at DESC, id DESC);
-- What somebody never did is not found by walking everything that they did.
CREATE INDEX admin_actions_actor_action_idx ON admin_actions (actor_id, action, recorded_at DESC, id DESC);
CREATE INDEX admin_actions_patient_idx ON admin_actions (patient_id, recorded_at DESC, id DESC) WHERE patient_id IS NOT NULL;
CREATE INDEX admin_actions_target_idx ON admin_actions (target_kind, target_id, recorded_at DESC, id DESC) WHERE target_id IS NOT NULL;
-- A person who looks at a patient is told once an hour.
CREATE UNIQUE INDEX admin_actions_one_view_an_hour
    ON admin_actions (actor_id, patient_id, date_trunc('hour', recorded_at AT TIME ZONE 'UTC')) WHERE action = 'patient.viewed';
CREATE TRIGGER admin_actions_append_only BEFORE UPDATE OR DELETE ON admin_actions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER admin_actions_not_truncated BEFORE TRUNCATE ON admin_actions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A row a process, seen every two seconds while it lives: whether a worker runs, which versions do, and whether one was
-- running when a deadline was due.
CREATE TABLE processes (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL,
    host       text NOT NULL,
    pid        integer NOT NULL,
    version    text NOT NULL,
    started_at timestamptz(3) NOT NULL DEFAULT session_clock(),
    seen_at    timestamptz(3) NOT NULL DEFAULT session_clock(),
    stopped_at timestamptz(3),
    CONSTRAINT processes_kind_known CHECK (kind IN ('api', 'worker')),
    CONSTRAINT processes_times_in_order CHECK (seen_at >= started_at AND stopped_at >= started_at)
) WITH (fillfactor = 50);
-- Not on what is written every two seconds: those updates stay heap-only.
CREATE INDEX processes_kind_started_idx ON processes (kind, started_at);

-- Differences of a night that somebody has taken note of.
ALTER TABLE audit_runs
    ADD COLUMN acknowledged_at timestamptz(3),
    ADD COLUMN acknowledged_by bigint,
    ADD COLUMN acknowledged_note text,
    ADD CONSTRAINT audit_runs_acknowledged_all_or_nothing CHECK (
        num_nulls(acknowledged_at, acknowledged_by, acknowledged_note) IN (0, 3)
    );

-- Tokens with a `jti` that have opened a session: each opens one. By their SHA-256, until the token itself has ended.
CREATE TABLE used_tokens (
    token_hash bytea PRIMARY KEY,
    ends_at    timestamptz(3) NOT NULL,
    CONSTRAINT used_tokens_hash_whole CHECK (length(token_hash) = 32)
);
CREATE INDEX used_tokens_ends_idx ON used_tokens (ends_at);

-- R15. The refund that an adjustment takes back: once each.
ALTER TABLE ledger_entries ADD COLUMN takes_back bigint,
    ADD CONSTRAINT ledger_take_back_shape CHECK (takes_back IS NULL OR (kind = 'adjustment' AND units = -1)) NOT VALID;
ALTER TABLE ledger_entries VALIDATE CONSTRAINT ledger_take_back_shape;
CREATE UNIQUE INDEX ledger_one_take_back_per_refund ON ledger_entries (takes_back) WHERE takes_back IS NOT NULL;
CREATE FUNCTION refuse_take_back_without_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entries WHERE id = NEW.takes_back AND kind = 'refund' AND grant_id = NEW.grant_id
    ) THEN
        RAISE EXCEPTION 'what is taken back must be a refund, on the same grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_take_back_has_refund';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_take_back_has_refund AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.takes_back IS NOT NULL)
    EXECUTE FUNCTION refuse_take_back_without_refund();
DO $$
BEGIN
    EXECUTE format(
        'ALTER FUNCTION refuse_take_back_without_refund() SET search_path = %I, pg_temp', current_schema()
    );
END $$;
