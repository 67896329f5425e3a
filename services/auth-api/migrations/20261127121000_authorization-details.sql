-- Types of authorization details (RFC 9396): those that a client understands as a resource, and those that it may ask for. The release before
-- does not know the columns and leaves them alone.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN detail_types jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN authorization_details_types text[] NOT NULL DEFAULT '{}';

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN detail_types,
  DROP COLUMN authorization_details_types;
