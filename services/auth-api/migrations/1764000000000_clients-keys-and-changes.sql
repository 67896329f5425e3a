-- What Auth API administers: OAuth clients, signing keys, and the log that tells the other replicas of a change.
-- All tables are new: nothing is locked.

-- Up Migration

CREATE TABLE auth.clients (
  client_id text PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  client_type text NOT NULL CHECK (client_type IN ('CONFIDENTIAL', 'PUBLIC')),
  internal_client boolean NOT NULL,
  -- [{"hash": …, "expiresAtMs": …}], the current secret first; hashes only.
  secrets jsonb NOT NULL,
  authorities text[] NOT NULL,
  scope text[] NOT NULL,
  grant_types text[] NOT NULL,
  redirect_uris text[] NOT NULL,
  post_logout_redirect_uris text[] NOT NULL,
  redirect_matching text NOT NULL CHECK (redirect_matching IN ('exact', 'origin')),
  require_pkce boolean NOT NULL,
  access_token_ttl_seconds integer NOT NULL CHECK (access_token_ttl_seconds > 0),
  refresh_token_ttl_seconds integer NOT NULL CHECK (refresh_token_ttl_seconds > 0),
  contact_center_ids text[] NOT NULL,
  token_endpoint_auth_method text,
  -- {"subjectClients": […], "audiences": […], "delegation": …}
  token_exchange jsonb NOT NULL,
  resources text[] NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- A token exchange names its audience by resource: that lookup must not read every client.
CREATE INDEX clients_resources ON auth.clients USING gin (resources);

CREATE TABLE auth.signing_keys (
  kid text PRIMARY KEY,
  algorithm text NOT NULL,
  public_jwk jsonb NOT NULL,
  -- AES-256-GCM envelope of the PKCS#8 key, bound to this table, row and column.
  private_key text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'retired')),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- One key signs; a second starter finds this one.
CREATE UNIQUE INDEX signing_keys_active ON auth.signing_keys (algorithm) WHERE state = 'active';

CREATE TABLE auth.changes (
  seq bigint PRIMARY KEY,
  entity text NOT NULL,
  entity_id text NOT NULL,
  contact_center_id text,
  at timestamptz NOT NULL DEFAULT now()
);

-- Down Migration

DROP TABLE auth.changes;
DROP TABLE auth.signing_keys;
DROP TABLE auth.clients;
