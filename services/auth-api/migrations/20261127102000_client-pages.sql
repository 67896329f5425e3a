-- Pages of a client that the sign-in and consent pages link to (RFC 7591 section 2).

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN client_uri text,
  ADD COLUMN policy_uri text,
  ADD COLUMN tos_uri text;

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN client_uri,
  DROP COLUMN policy_uri,
  DROP COLUMN tos_uri;
