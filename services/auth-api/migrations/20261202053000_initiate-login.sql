-- A client may register its page that begins a sign-in (OpenID Connect Core section 4).

-- Up Migration

ALTER TABLE auth.clients ADD COLUMN initiate_login_uri text;

-- Down Migration

ALTER TABLE auth.clients DROP COLUMN initiate_login_uri;
