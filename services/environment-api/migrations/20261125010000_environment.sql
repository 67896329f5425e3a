-- Up Migration
-- Environments, their Configuration Servers, contact centres, settings, the audit trail and the change log.
-- First migration of an empty schema: takes no lock that anybody waits for.

CREATE SCHEMA IF NOT EXISTS environment;

-- Versions come from one sequence, so that a row which is deleted and created again with the same id never
-- shows an entity tag that a cache has seen before.
CREATE SEQUENCE environment.versions AS bigint;

-- Locations are paths: `/` or `/USW1` or `/USW1/DC2`.
CREATE DOMAIN environment.location AS text COLLATE "C"
  CHECK (length(VALUE) <= 128 AND VALUE ~ '^(/|(/[A-Za-z0-9][A-Za-z0-9._-]*)+)$');

-- No control characters: names and addresses end in logs and headers.
CREATE DOMAIN environment.label AS text
  CHECK (length(VALUE) BETWEEN 1 AND 255 AND VALUE !~ '[\x01-\x1f\x7f]');

CREATE TABLE environment.environments (
  id uuid PRIMARY KEY,
  -- Order of creation: what the list pages by.
  ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  version bigint NOT NULL DEFAULT nextval('environment.versions'),
  username environment.label NOT NULL,
  -- Sealed: version.keyId.nonce.ciphertext. A plain text does not pass.
  password text NOT NULL CHECK (password ~ '^v[0-9]+\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
  connection_protocol text NOT NULL CHECK (connection_protocol IN ('addp')),
  local_timeout_seconds integer NOT NULL CHECK (local_timeout_seconds BETWEEN 0 AND 3600),
  remote_timeout_seconds integer NOT NULL CHECK (remote_timeout_seconds BETWEEN 0 AND 3600),
  trace_mode text NOT NULL CHECK (trace_mode IN ('off', 'local', 'remote', 'both')),
  tenant environment.label NOT NULL,
  app_name environment.label NOT NULL,
  tls_enabled boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE environment.config_servers (
  environment_id uuid NOT NULL REFERENCES environment.environments ON DELETE CASCADE,
  id uuid NOT NULL,
  -- Order in the list: the order in which servers are tried.
  position integer NOT NULL CHECK (position >= 0),
  primary_address environment.label NOT NULL,
  primary_port integer NOT NULL CHECK (primary_port BETWEEN 1 AND 65535),
  backup_address environment.label,
  backup_port integer CHECK (backup_port BETWEEN 1 AND 65535),
  read_only boolean NOT NULL,
  PRIMARY KEY (environment_id, id),
  CHECK ((backup_address IS NULL) = (backup_port IS NULL)),
  -- Deferred: a list may be put into another order in one transaction.
  UNIQUE (environment_id, position) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE environment.config_server_locations (
  environment_id uuid NOT NULL,
  config_server_id uuid NOT NULL,
  location environment.location NOT NULL,
  PRIMARY KEY (environment_id, config_server_id, location),
  FOREIGN KEY (environment_id, config_server_id) REFERENCES environment.config_servers ON DELETE CASCADE
);
-- Collation C: also answers "is anything at or below this location", by a range.
CREATE INDEX config_server_locations_by_location ON environment.config_server_locations (location);

-- Locations that operators name although no Configuration Server is given for them alone.
CREATE TABLE environment.declared_locations (
  location environment.location PRIMARY KEY CHECK (location <> '/'),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE environment.contact_centers (
  id uuid PRIMARY KEY,
  ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  version bigint NOT NULL DEFAULT nextval('environment.versions'),
  -- An environment in use cannot be deleted.
  environment_id uuid NOT NULL REFERENCES environment.environments ON DELETE RESTRICT,
  name environment.label NOT NULL,
  auth text NOT NULL CHECK (auth IN ('configServer')),
  status text NOT NULL CHECK (status IN ('active', 'disabled')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX contact_centers_by_environment ON environment.contact_centers (environment_id, ordinal);

CREATE TABLE environment.contact_center_domains (
  -- The domain in the form in which two spellings of one name are equal: unique over all contact centres.
  domain_key text COLLATE "C" PRIMARY KEY CHECK (length(domain_key) BETWEEN 1 AND 255 AND domain_key = lower(domain_key)),
  domain environment.label NOT NULL,
  contact_center_id uuid NOT NULL REFERENCES environment.contact_centers ON DELETE CASCADE,
  position integer NOT NULL CHECK (position >= 0),
  UNIQUE (contact_center_id, position) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE environment.settings (
  contact_center_id uuid NOT NULL REFERENCES environment.contact_centers ON DELETE CASCADE,
  name environment.label NOT NULL,
  location environment.location NOT NULL,
  value text NOT NULL CHECK (length(value) <= 32768),
  shared boolean NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (contact_center_id, name, location)
);

-- Who changed what. No foreign keys: the trail outlives what it tells about.
CREATE TABLE environment.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor_kind text NOT NULL CHECK (actor_kind IN ('ops', 'client', 'user')),
  actor text NOT NULL,
  action text NOT NULL CHECK (action IN ('create', 'update', 'delete')),
  entity text NOT NULL CHECK (entity IN ('environment', 'contact-center', 'setting', 'location')),
  entity_id text NOT NULL,
  contact_center_id uuid,
  request_id text NOT NULL,
  operation_id text,
  -- {field: {from, to}}; of a secret only that it changed.
  changes jsonb NOT NULL CHECK (jsonb_typeof(changes) = 'object')
);
CREATE INDEX audit_by_entity ON environment.audit (entity, entity_id, id);
CREATE INDEX audit_by_contact_center ON environment.audit (contact_center_id, id) WHERE contact_center_id IS NOT NULL;

-- Rows of the trail are written once.
CREATE FUNCTION environment.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON environment.audit
  FOR EACH STATEMENT EXECUTE FUNCTION environment.refuse_change();

-- The outbox: readers ask for what came after a number they have seen. Numbers follow the order of commits.
CREATE TABLE environment.changes (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  entity text NOT NULL,
  entity_id text NOT NULL,
  contact_center_id text,
  at timestamptz NOT NULL DEFAULT now()
);

-- Down Migration
DROP SCHEMA environment CASCADE;
