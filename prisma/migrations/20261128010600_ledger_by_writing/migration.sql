-- What was written in the last hour. Entries are only ever added, so it is enough to know which pages are how old.
CREATE INDEX CONCURRENTLY ledger_recorded_idx ON ledger_entries USING brin (recorded_at)
    WITH (pages_per_range = 32, autosummarize = on);
