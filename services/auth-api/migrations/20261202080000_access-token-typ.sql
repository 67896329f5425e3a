-- The JWT access tokens of a client may have the type JWT, for software that refuses at+jwt.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN access_token_typ text NOT NULL DEFAULT 'at+jwt' CHECK (access_token_typ IN ('at+jwt', 'JWT'));

-- Down Migration

ALTER TABLE auth.clients DROP COLUMN access_token_typ;
