-- The ledger of a period, in the order in which its entries were due.
CREATE INDEX CONCURRENTLY ledger_effective_idx ON ledger_entries (effective_at, id);
