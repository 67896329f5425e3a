-- The picture of a client (RFC 7591 section 2, logo_uri): where it was taken from, and the copy that pages show.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN logo_uri text,
  ADD COLUMN logo jsonb;

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN logo_uri,
  DROP COLUMN logo;
