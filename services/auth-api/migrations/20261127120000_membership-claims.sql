-- Flat lists of roles and groups that the tokens of a client contain. The release before does not know the column and leaves it alone.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN membership_claims text[] NOT NULL DEFAULT '{}';

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN membership_claims;
