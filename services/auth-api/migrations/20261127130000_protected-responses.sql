-- How authorization responses to a client are signed and encrypted (JARM section 3). Absent: they are plain.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN authorization_signed_response_alg text,
  ADD COLUMN authorization_encrypted_response_alg text,
  ADD COLUMN authorization_encrypted_response_enc text;

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN authorization_signed_response_alg,
  DROP COLUMN authorization_encrypted_response_alg,
  DROP COLUMN authorization_encrypted_response_enc;
