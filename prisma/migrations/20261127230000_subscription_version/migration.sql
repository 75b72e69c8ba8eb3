-- Which version of a subscription the clinic's system sent last, by its own numbers: one that arrives late takes nothing
-- away. Null where it sends none.
ALTER TABLE grants ADD COLUMN version bigint,
    ADD CONSTRAINT grants_version_not_negative CHECK (version >= 0);
