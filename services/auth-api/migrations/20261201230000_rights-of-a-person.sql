-- A person may have several rights in one contact centre: an agent of the help desk may be its auditor, too.
-- Empty in entries of a replica from before the column, which writes and reads "right": the first of the rights.

-- Up Migration

ALTER TABLE auth.contact_center_administrators ADD COLUMN rights text[];

-- Down Migration

ALTER TABLE auth.contact_center_administrators DROP COLUMN rights;
