-- Which owner of documents has set which field of a client, and whether a document has the stored secret. Only a new table: replicas of
-- the release before neither read nor write it.

-- Up Migration

CREATE TABLE auth.managed_clients (
  client_id text PRIMARY KEY,
  -- The owner that has made it, and may delete it. Absent: it was there before.
  made_by text,
  -- {field: owner}
  fields jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
  -- HMAC of the secret of the document under a key of the installation, and the stored hash that was made of it.
  secret_mac bytea,
  secret_hash text,
  CHECK ((secret_mac IS NULL) = (secret_hash IS NULL))
);

-- Down Migration

DROP TABLE auth.managed_clients;
