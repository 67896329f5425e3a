-- contract: nothing since 0.1.0 uses auth.managed_clients
-- Administrators and receivers of signals have documents too. No release has had the table of clients alone.

-- Up Migration

CREATE TABLE auth.managed_documents (
  kind text NOT NULL,
  -- The client id, the sub of an administrator, the address of a receiver.
  id text NOT NULL,
  -- The owner that has made it, and may delete it. Absent: it was there before.
  made_by text,
  -- {field: owner}
  fields jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
  -- HMAC of the secret of the document under a key of the installation, and the stored hash that was made of it.
  secret_mac bytea,
  secret_hash text,
  PRIMARY KEY (kind, id),
  CHECK ((secret_mac IS NULL) = (secret_hash IS NULL))
);
INSERT INTO auth.managed_documents (kind, id, made_by, fields, secret_mac, secret_hash)
  SELECT 'Client', client_id, made_by, fields, secret_mac, secret_hash FROM auth.managed_clients;
DROP TABLE auth.managed_clients;

-- Down Migration

CREATE TABLE auth.managed_clients (
  client_id text PRIMARY KEY,
  made_by text,
  fields jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
  secret_mac bytea,
  secret_hash text,
  CHECK ((secret_mac IS NULL) = (secret_hash IS NULL))
);
INSERT INTO auth.managed_clients (client_id, made_by, fields, secret_mac, secret_hash)
  SELECT id, made_by, fields, secret_mac, secret_hash FROM auth.managed_documents WHERE kind = 'Client';
DROP TABLE auth.managed_documents;
