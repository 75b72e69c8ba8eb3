-- Who is signed in with a browser: a row each, gone at sign-out, worth nothing after `ends_at`. What the browser holds is
-- kept as its SHA-256 only, so nobody gets in with what a dump or a replica shows.
CREATE TABLE sign_ins (
    id_hash    bytea PRIMARY KEY,
    user_id    bigint NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT session_clock(),
    ends_at    timestamptz(3) NOT NULL,
    CONSTRAINT sign_ins_id_hash_whole CHECK (length(id_hash) = 32),
    CONSTRAINT sign_ins_user_id_positive CHECK (user_id > 0),
    CONSTRAINT sign_ins_end_after_start CHECK (ends_at > created_at)
);
CREATE INDEX sign_ins_ends_idx ON sign_ins (ends_at);
