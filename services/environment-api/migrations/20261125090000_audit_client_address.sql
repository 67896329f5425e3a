-- From where a change came. An addition: rows from before have none.

-- Up Migration

ALTER TABLE environment.audit ADD COLUMN client_address text;

-- Down Migration

ALTER TABLE environment.audit DROP COLUMN client_address;
