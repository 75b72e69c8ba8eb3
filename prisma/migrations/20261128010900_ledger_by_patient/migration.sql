-- A patient's entries by their numbers, with when they were due at hand: those of a month are found without a look at the
-- others. It does all that the index of the patient did.
CREATE INDEX CONCURRENTLY ledger_patient_entries_idx ON ledger_entries (patient_id, id, effective_at);
