-- Public keys of clients: by value, or the address they are read from.
-- Columns without a value of their own: a short lock, nothing is rewritten.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN jwks jsonb,
  ADD COLUMN jwks_uri text,
  ADD CONSTRAINT clients_one_key_source CHECK (jwks IS NULL OR jwks_uri IS NULL);

-- Down Migration

ALTER TABLE auth.clients DROP COLUMN jwks, DROP COLUMN jwks_uri;
