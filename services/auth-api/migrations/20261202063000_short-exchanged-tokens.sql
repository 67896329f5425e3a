-- Redis keeps what only we need of an exchanged JWT: clients that are there already keep the long form.

-- Up Migration

ALTER TABLE auth.clients ADD COLUMN short_exchanged_tokens boolean NOT NULL DEFAULT false;

-- Down Migration

ALTER TABLE auth.clients DROP COLUMN short_exchanged_tokens;
