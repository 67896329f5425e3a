-- Up Migration
-- Environments whose people are in an LDAP directory or in our own store, and the numbers of people who have none by
-- themselves. The table of environments is small; writers wait while its rows are written anew for the generated column.

ALTER TABLE environment.environments
  ADD COLUMN directory text NOT NULL DEFAULT 'configServer' CHECK (directory IN ('configServer', 'ldap', 'people')),
  -- Servers, bases, filters and attributes, all with their values; the password of the bind account stands apart.
  ADD COLUMN ldap jsonb CHECK (jsonb_typeof(ldap) = 'object'),
  -- Sealed. A plain text does not pass.
  ADD COLUMN ldap_bind_password text
    CHECK (ldap_bind_password ~ '^v[0-9]+\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
  ADD COLUMN ldap_bind_password_key_id text GENERATED ALWAYS AS (split_part(ldap_bind_password, '.', 2)) STORED,
  -- Only Configuration Servers have a service account and tenants.
  ALTER COLUMN username DROP NOT NULL,
  ALTER COLUMN password DROP NOT NULL,
  ALTER COLUMN tenant DROP NOT NULL;

-- One sequence for all environments: a number is never given twice, also where a transaction fails or a row is deleted.
CREATE SEQUENCE environment.person_dbids AS integer MINVALUE 100 NO CYCLE;

-- Who is who: a directory knows people by an id of its own (entryUUID, objectGUID, SCIM id), tokens by a number.
CREATE TABLE environment.person_numbers (
  dbid integer PRIMARY KEY DEFAULT nextval('environment.person_dbids'),
  environment_id uuid NOT NULL REFERENCES environment.environments ON DELETE CASCADE,
  external_id text COLLATE "C" NOT NULL CHECK (length(external_id) BETWEEN 1 AND 255),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (environment_id, external_id)
);
CREATE INDEX person_numbers_by_environment ON environment.person_numbers (environment_id, dbid);

-- Down Migration
DROP TABLE environment.person_numbers;
DROP SEQUENCE environment.person_dbids;
ALTER TABLE environment.environments DROP COLUMN ldap_bind_password_key_id, DROP COLUMN ldap_bind_password,
  DROP COLUMN ldap, DROP COLUMN directory;
