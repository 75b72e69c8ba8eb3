-- The tables of the session engine, and the promises that hold whatever the code does
-- (docs/rules.md, "What the database guarantees"). Finished by hand: checks, partial indexes,
-- triggers and fill factors are beyond what a Prisma schema can say.

-- R1: the one clock. Everything that needs the time asks this function, inside the database, so that
-- every process agrees. Milliseconds, because that is what the HTTP contract shows.
CREATE FUNCTION session_clock() RETURNS timestamptz
    LANGUAGE sql VOLATILE PARALLEL SAFE
    AS $$ SELECT date_trunc('milliseconds', clock_timestamp()) $$;

-- Instants cross the border to the program as whole milliseconds since 1970. STABLE although they depend on nothing
-- else: what they are made of is not declared IMMUTABLE, and a function that claims more than its parts is called
-- one by one instead of becoming part of the statement, which costs more than all the rest of reading a row.
-- Floating point is exact here: milliseconds are whole numbers below 2^53, and the columns round to milliseconds.
CREATE FUNCTION epoch_ms(at timestamptz) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT (date_part('epoch', at) * 1000)::bigint $$;
CREATE FUNCTION instant(epoch_ms bigint) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT to_timestamp(epoch_ms / 1000.0::double precision) $$;

-- One row a patient: the unit of consistency and of locking. Whoever changes a patient's grants or
-- sessions holds this row's lock; rows are locked in ascending order.
CREATE TABLE accounts (
    patient_id bigint PRIMARY KEY,
    created_at timestamptz(3) NOT NULL DEFAULT session_clock(),
    CONSTRAINT accounts_patient_id_positive CHECK (patient_id > 0)
);

CREATE TABLE appointments (
    id           bigint PRIMARY KEY,
    patient_id   bigint NOT NULL REFERENCES accounts (patient_id) ON DELETE RESTRICT,
    doctor_id    bigint NOT NULL,
    type         text NOT NULL,
    status       text NOT NULL,
    scheduled_at timestamptz(3) NOT NULL,
    time_zone    text,
    created_at   timestamptz(3) NOT NULL DEFAULT session_clock(),
    updated_at   timestamptz(3) NOT NULL DEFAULT session_clock(),
    CONSTRAINT appointments_id_positive CHECK (id > 0),
    CONSTRAINT appointments_two_people CHECK (doctor_id > 0 AND doctor_id <> patient_id),
    CONSTRAINT appointments_type_known CHECK (type IN ('text', 'audio', 'video')),
    CONSTRAINT appointments_status_known CHECK (status IN ('pending', 'confirmed', 'cancelled', 'completed'))
);
CREATE INDEX appointments_patient_idx ON appointments (patient_id);

-- A grant is a subscription: units for one patient. `remaining` is the sum of its ledger entries;
-- `held` is set aside for blocks in progress; what can still be spent is the difference. `units_subscribed`
-- is what the clinic's system last said was bought; `units_total` adds the corrections.
CREATE TABLE grants (
    id          bigint PRIMARY KEY,
    patient_id  bigint NOT NULL REFERENCES accounts (patient_id) ON DELETE RESTRICT,
    units_subscribed integer NOT NULL,
    units_total integer NOT NULL,
    remaining   integer NOT NULL,
    held        integer NOT NULL DEFAULT 0,
    starts_at   timestamptz(3) NOT NULL,
    expires_at  timestamptz(3),
    created_at  timestamptz(3) NOT NULL DEFAULT session_clock(),
    updated_at  timestamptz(3) NOT NULL DEFAULT session_clock(),
    CONSTRAINT grants_id_positive CHECK (id > 0),
    CONSTRAINT grants_units_within_bounds CHECK (units_subscribed >= 0 AND 0 <= held AND held <= remaining AND remaining <= units_total),
    CONSTRAINT grants_validity_not_empty CHECK (expires_at IS NULL OR starts_at < expires_at)
) WITH (fillfactor = 50);
CREATE INDEX grants_patient_idx ON grants (patient_id, id);

CREATE SEQUENCE text_appointment_sessions_id_seq AS bigint;

-- The seed's columns under the seed's names, then ours. No index holds a column that an activity changes, so that
-- update stays heap-only (HOT): half of each page is left free, so that all rows of a page can be updated by one batch.
-- An activity changes "last_activity_time" and nothing else: the log holds what lies between the first and the last byte
-- that changed. "updated_at", next to it, tells of every other change.
CREATE TABLE text_appointment_sessions (
    id                        bigint PRIMARY KEY DEFAULT nextval('text_appointment_sessions_id_seq'),
    appointment_id            bigint NOT NULL REFERENCES appointments (id) ON DELETE RESTRICT,
    patient_id                bigint NOT NULL REFERENCES accounts (patient_id) ON DELETE RESTRICT,
    doctor_id                 bigint NOT NULL,
    is_active                 boolean NOT NULL DEFAULT true,
    is_ended                  boolean NOT NULL DEFAULT false,
    has_patient_activity      boolean NOT NULL DEFAULT false,
    has_doctor_activity       boolean NOT NULL DEFAULT false,
    sessions_used             integer NOT NULL DEFAULT 0,
    block_no                  integer NOT NULL DEFAULT 0,
    event_count               integer NOT NULL DEFAULT 0,
    message_count             integer NOT NULL DEFAULT 0,
    last_activity_time        timestamptz(3),
    updated_at                timestamptz(3) NOT NULL DEFAULT session_clock(),
    start_time                timestamptz(3) NOT NULL,
    first_patient_activity_at timestamptz(3),
    next_deadline_at          timestamptz(3),
    hold_grant_id             bigint REFERENCES grants (id) ON DELETE RESTRICT,
    ended_at                  timestamptz(3),
    end_recorded_at           timestamptz(3),
    end_units                 integer,
    created_at                timestamptz(3) NOT NULL DEFAULT session_clock(),
    end_reason                text,
    policy                    jsonb NOT NULL,
    CONSTRAINT sessions_one_per_appointment UNIQUE (appointment_id),
    CONSTRAINT sessions_active_or_ended CHECK (is_active <> is_ended),
    CONSTRAINT sessions_counts_not_negative CHECK (
        sessions_used >= 0 AND block_no >= 0 AND event_count >= 0 AND message_count >= 0
    ),
    CONSTRAINT sessions_end_all_or_nothing CHECK (
        CASE WHEN is_ended
            THEN ended_at IS NOT NULL AND end_recorded_at IS NOT NULL AND end_units IS NOT NULL
                AND end_reason IS NOT NULL AND hold_grant_id IS NULL AND next_deadline_at IS NULL
            ELSE ended_at IS NULL AND end_recorded_at IS NULL AND end_units IS NULL
                AND end_reason IS NULL AND hold_grant_id IS NOT NULL AND next_deadline_at IS NOT NULL
        END
    ),
    CONSTRAINT sessions_end_not_before_start CHECK (ended_at IS NULL OR ended_at >= start_time),
    CONSTRAINT sessions_end_reason_known CHECK (end_reason IN (
        'manual_end', 'admin_end', 'no_activity', 'balance_exhausted', 'idle_timeout',
        'doctor_no_response', 'max_duration'
    ))
) WITH (fillfactor = 50);
CREATE INDEX sessions_next_deadline_idx ON text_appointment_sessions (next_deadline_at, id) WHERE is_active;
CREATE INDEX sessions_patient_idx ON text_appointment_sessions (patient_id, is_active, id);
CREATE INDEX sessions_doctor_idx ON text_appointment_sessions (doctor_id, is_active, id);

-- The ledger (R14). Append-only. A charge is known by (session, block number), which is what makes a
-- double charge impossible; a refund carries the number of the charge that it gives back.
-- Its references, and the audit log's, are NOT ENFORCED row by row: what they say is checked a statement at a time,
-- by refuse_stray_entries() and refuse_stray_events() below, and they say it for whoever reads the tables.
CREATE TABLE ledger_entries (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id      bigint NOT NULL REFERENCES accounts (patient_id) ON DELETE RESTRICT NOT ENFORCED,
    grant_id        bigint NOT NULL REFERENCES grants (id) ON DELETE RESTRICT NOT ENFORCED,
    session_id      bigint REFERENCES text_appointment_sessions (id) ON DELETE RESTRICT NOT ENFORCED,
    interval_no     integer,
    units           integer NOT NULL,
    balance_after   integer NOT NULL,
    effective_at    timestamptz(3) NOT NULL,
    recorded_at     timestamptz(3) NOT NULL,
    actor_id        bigint,
    kind            text NOT NULL,
    reason          text NOT NULL,
    actor_role      text NOT NULL,
    note            text,
    idempotency_key text,
    details         jsonb,
    CONSTRAINT ledger_balance_not_negative CHECK (balance_after >= 0),
    CONSTRAINT ledger_recorded_when_due_or_later CHECK (recorded_at >= effective_at),
    CONSTRAINT ledger_actor_known CHECK (
        actor_role IN ('system', 'patient', 'doctor', 'admin') AND (actor_role = 'system') = (actor_id IS NULL)
    ),
    CONSTRAINT ledger_kind_shape CHECK (
        CASE kind
            WHEN 'grant' THEN units >= 0 AND session_id IS NULL AND interval_no IS NULL
            WHEN 'adjustment' THEN session_id IS NULL AND interval_no IS NULL
            WHEN 'charge' THEN units = -1 AND session_id IS NOT NULL AND coalesce(interval_no, 0) >= 1
            WHEN 'refund' THEN units = 1 AND session_id IS NOT NULL AND coalesce(interval_no, 0) >= 1
            ELSE false
        END
    ),
    CONSTRAINT ledger_charge_reason_known CHECK (kind <> 'charge' OR reason IN (
        'interval', 'no_activity', 'manual_end', 'admin_end', 'idle_timeout', 'max_duration'
    ))
);
CREATE UNIQUE INDEX ledger_one_charge_per_block ON ledger_entries (session_id, interval_no) WHERE kind = 'charge';
CREATE UNIQUE INDEX ledger_one_refund_per_charge ON ledger_entries (session_id, interval_no) WHERE kind = 'refund';
CREATE UNIQUE INDEX ledger_one_creation_per_grant ON ledger_entries (grant_id) WHERE kind = 'grant';
CREATE UNIQUE INDEX ledger_idempotency_key ON ledger_entries (actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX ledger_patient_idx ON ledger_entries (patient_id, id);

-- A refund gives back a charge that was taken, to the grant that it was taken from.
CREATE FUNCTION refuse_refund_without_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entries
        WHERE kind = 'charge' AND session_id = NEW.session_id AND interval_no = NEW.interval_no AND grant_id = NEW.grant_id
    ) THEN
        RAISE EXCEPTION 'a refund needs the charge that it gives back, on the same grant'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_refund_has_charge';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_refund_has_charge AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.kind = 'refund')
    EXECUTE FUNCTION refuse_refund_without_charge();

-- The audit log: numbered per session without gaps. It holds the id of a message, never its text.
CREATE TABLE session_events (
    session_id   bigint NOT NULL REFERENCES text_appointment_sessions (id) ON DELETE RESTRICT NOT ENFORCED,
    event_no     integer NOT NULL,
    type         text NOT NULL,
    effective_at timestamptz(3) NOT NULL,
    recorded_at  timestamptz(3) NOT NULL,
    actor_role   text NOT NULL,
    actor_id     bigint,
    data         jsonb NOT NULL,
    PRIMARY KEY (session_id, event_no),
    CONSTRAINT events_number_positive CHECK (event_no >= 1),
    CONSTRAINT events_actor_known CHECK (
        actor_role IN ('system', 'patient', 'doctor', 'admin') AND (actor_role = 'system') = (actor_id IS NULL)
    )
);

CREATE TABLE messages (
    session_id        bigint NOT NULL REFERENCES text_appointment_sessions (id) ON DELETE RESTRICT,
    message_no        integer NOT NULL,
    client_message_id uuid NOT NULL,
    sender_id         bigint NOT NULL,
    sender_role       text NOT NULL,
    sent_at           timestamptz(3) NOT NULL,
    text              text NOT NULL,
    PRIMARY KEY (session_id, message_no),
    CONSTRAINT messages_one_per_client_id UNIQUE (session_id, client_message_id),
    CONSTRAINT messages_number_positive CHECK (message_no >= 1),
    CONSTRAINT messages_sender_known CHECK (sender_role IN ('patient', 'doctor')),
    CONSTRAINT messages_text_length CHECK (char_length(text) BETWEEN 1 AND 4000)
);

-- Nothing about money is ever changed or deleted (R14), by any statement of anybody.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_not_truncated BEFORE TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON session_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_not_truncated BEFORE TRUNCATE ON session_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What an entry and an event speak of exists, and belongs together: the entry's patient has the grant, and has the
-- session. A foreign key asks this row by row, in a query each, which was a third of what a deduction cost the
-- database; here it is one query for all rows of a statement. What they refer to is never deleted and never
-- renumbered (below), so what holds when a row is written holds for good.
-- A scalar subquery for each row is a lookup by key whatever the planner believes; a join may become a scan.
CREATE FUNCTION refuse_stray_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM entered e
        WHERE (SELECT g.patient_id FROM grants g WHERE g.id = e.grant_id) IS DISTINCT FROM e.patient_id
    ) THEN
        RAISE EXCEPTION 'a ledger entry needs a grant of its patient'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entries_grant_id_fkey';
    END IF;
    IF EXISTS (
        SELECT FROM entered e
        WHERE e.session_id IS NOT NULL AND
            (SELECT s.patient_id FROM text_appointment_sessions s WHERE s.id = e.session_id) IS DISTINCT FROM e.patient_id
    ) THEN
        RAISE EXCEPTION 'a ledger entry needs a session of its patient'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'ledger_entries_session_id_fkey';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entries_belong AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION refuse_stray_entries();
CREATE FUNCTION refuse_stray_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM entered e
        WHERE (SELECT s.id FROM text_appointment_sessions s WHERE s.id = e.session_id) IS NULL
    ) THEN
        RAISE EXCEPTION 'an event needs a session'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'session_events_session_id_fkey';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER events_belong AFTER INSERT ON session_events
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION refuse_stray_events();

-- What the ledger and the audit log refer to stays, under its number and with its patient.
CREATE FUNCTION refuse_to_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% has rows that the ledger speaks of: they keep their number and their patient', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER grants_keep_number AFTER UPDATE OF id, patient_id ON grants
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.patient_id <> OLD.patient_id) EXECUTE FUNCTION refuse_to_part();
CREATE TRIGGER grants_never_deleted BEFORE DELETE ON grants
    FOR EACH ROW EXECUTE FUNCTION refuse_to_part();
CREATE TRIGGER grants_not_truncated BEFORE TRUNCATE ON grants
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_part();
CREATE TRIGGER sessions_keep_number AFTER UPDATE OF id, patient_id ON text_appointment_sessions
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.patient_id <> OLD.patient_id) EXECUTE FUNCTION refuse_to_part();
CREATE TRIGGER sessions_never_deleted BEFORE DELETE ON text_appointment_sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_to_part();
CREATE TRIGGER sessions_not_truncated BEFORE TRUNCATE ON text_appointment_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_part();

-- Ended is final (R16): after the end only a refund may still touch the row.
CREATE FUNCTION refuse_change_after_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'session % has ended: that is final', OLD.id
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sessions_ended_is_final';
END $$;
CREATE TRIGGER sessions_ended_is_final BEFORE UPDATE ON text_appointment_sessions
    FOR EACH ROW
    WHEN (OLD.is_ended AND (
        NEW.is_active OR NEW.ended_at IS DISTINCT FROM OLD.ended_at OR NEW.end_reason IS DISTINCT FROM OLD.end_reason
        OR NEW.end_units IS DISTINCT FROM OLD.end_units OR NEW.start_time IS DISTINCT FROM OLD.start_time
        OR NEW.last_activity_time IS DISTINCT FROM OLD.last_activity_time
        OR NEW.message_count IS DISTINCT FROM OLD.message_count OR NEW.sessions_used > OLD.sessions_used
    ))
    EXECUTE FUNCTION refuse_change_after_end();
