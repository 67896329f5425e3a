-- How ID tokens and UserInfo are encrypted for a client (OpenID Connect Registration section 2). Absent: they are not.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN id_token_encrypted_response_alg text,
  ADD COLUMN id_token_encrypted_response_enc text,
  ADD COLUMN userinfo_encrypted_response_alg text,
  ADD COLUMN userinfo_encrypted_response_enc text;

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN id_token_encrypted_response_alg,
  DROP COLUMN id_token_encrypted_response_enc,
  DROP COLUMN userinfo_encrypted_response_alg,
  DROP COLUMN userinfo_encrypted_response_enc;
