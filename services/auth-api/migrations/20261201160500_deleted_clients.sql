-- Deleted clients are kept for some days, so that they can be restored. They are in no other table.

-- Up Migration

CREATE TABLE auth.deleted_clients (
  id uuid PRIMARY KEY,
  -- Order of deletion.
  ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  client_id text NOT NULL,
  name text NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now(),
  deleted_by text NOT NULL,
  -- Whether it had a secret, whose value is not kept.
  loses_secret boolean NOT NULL,
  -- The registration without secrets.
  document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object')
);
CREATE INDEX deleted_clients_by_time ON auth.deleted_clients (deleted_at);

-- Down Migration

DROP TABLE auth.deleted_clients;
