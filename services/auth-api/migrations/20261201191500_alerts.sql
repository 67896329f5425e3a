-- Problems are told by webhook and e-mail: what was seen and said, what waits, and whether it arrives.

-- Up Migration

CREATE TABLE auth.alerts (
  id text PRIMARY KEY,
  location text NOT NULL,
  source text NOT NULL,
  problem jsonb NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  said_at timestamptz,
  said_severity text,
  solved_at timestamptz
);

CREATE TABLE auth.alert_watches (
  location text PRIMARY KEY,
  looked_at timestamptz NOT NULL
);

CREATE TABLE auth.alert_outbox (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL,
  channel text NOT NULL,
  alert jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  next_try_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0
);

CREATE TABLE auth.alert_channels (
  channel text PRIMARY KEY,
  delivered_at timestamptz,
  failed_at timestamptz,
  failure text
);

-- Down Migration

DROP TABLE auth.alert_channels;
DROP TABLE auth.alert_outbox;
DROP TABLE auth.alert_watches;
DROP TABLE auth.alerts;
