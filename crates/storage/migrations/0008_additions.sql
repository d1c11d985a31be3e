-- The unit that took the report of a matter: whoever adds to it later is read there.
ALTER TABLE matters ADD COLUMN decided_by TEXT;
