-- Examples of refused requests to the OAuth endpoints, for seven days, and their numbers. Only additions.

-- Up Migration
CREATE TABLE auth.refusals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  -- Empty: a client that is not registered.
  client_id text NOT NULL,
  -- Of a client that serves one alone; otherwise empty.
  contact_center_id text NOT NULL,
  endpoint text NOT NULL,
  error text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  sent jsonb NOT NULL,
  registered jsonb NOT NULL,
  correlation_id text NOT NULL,
  client_address text NOT NULL
);
CREATE INDEX refusals_by_client ON auth.refusals (client_id, reason, id);
CREATE INDEX refusals_by_correlation ON auth.refusals (correlation_id);
CREATE INDEX refusals_by_contact_center ON auth.refusals (contact_center_id, id);
CREATE INDEX refusals_by_age ON auth.refusals (at);

CREATE TABLE auth.refusal_counts (
  client_id text NOT NULL,
  -- When the client was registered: a later one of the same id has numbers of its own.
  client_since timestamptz NOT NULL,
  contact_center_id text NOT NULL,
  reason text NOT NULL,
  day date NOT NULL,
  count bigint NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (client_id, client_since, contact_center_id, reason, day)
);

-- Down Migration
DROP TABLE auth.refusal_counts;
DROP TABLE auth.refusals;
