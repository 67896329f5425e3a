-- How answers about tokens are signed and encrypted for a client that asks for JWTs (RFC 9701 section 6).

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN introspection_signed_response_alg text,
  ADD COLUMN introspection_encrypted_response_alg text,
  ADD COLUMN introspection_encrypted_response_enc text;

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN introspection_signed_response_alg,
  DROP COLUMN introspection_encrypted_response_alg,
  DROP COLUMN introspection_encrypted_response_enc;
