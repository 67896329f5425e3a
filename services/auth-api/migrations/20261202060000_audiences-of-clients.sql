-- What the tokens of a client are for (RFC 8707): by its registration, and which addresses every client may ask for.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN audiences text[] NOT NULL DEFAULT '{}',
  ADD COLUMN open_resources boolean NOT NULL DEFAULT false;

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN audiences,
  DROP COLUMN open_resources;
