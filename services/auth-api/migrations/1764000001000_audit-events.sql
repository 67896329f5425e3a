-- Security events. The id is made where the event happens, so that delivering an event twice leaves one row.
-- Only additions: no lock on anything that is in use.

-- Up Migration
CREATE TABLE auth.audit_events (
  id uuid PRIMARY KEY,
  -- Order of arrival, for whoever ships the rows onward.
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  at timestamptz NOT NULL,
  name text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('success', 'failure')),
  correlation_id text NOT NULL,
  sub text,
  client_id text,
  contact_center_id text,
  sid text,
  client_address text,
  fields jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX audit_events_at ON auth.audit_events (at);
-- "What did this user do": most administrative rows have no user.
CREATE INDEX audit_events_sub ON auth.audit_events (sub, at) WHERE sub IS NOT NULL;

-- Down Migration
DROP TABLE auth.audit_events;
