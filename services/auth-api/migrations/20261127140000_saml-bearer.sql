-- Whose SAML assertions a client may turn into tokens (RFC 7522): nobody's, unless its registration names them.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN saml_bearer jsonb NOT NULL DEFAULT '{"issuers": []}';

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN saml_bearer;
