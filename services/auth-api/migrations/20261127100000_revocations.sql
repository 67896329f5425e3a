-- The list of revocations, so that none is forgotten when Redis loses its data.

-- Up Migration

CREATE TABLE auth.revocations (
  kind text NOT NULL,
  id text NOT NULL,
  -- Milliseconds since 1970, as in tokens.
  not_before_ms bigint NOT NULL,
  -- No token that it revokes lives longer.
  expires_at timestamptz NOT NULL,
  -- Replicas ask for what is newer than what they know.
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kind, id)
);

CREATE INDEX revocations_written_at ON auth.revocations (written_at);
CREATE INDEX revocations_expires_at ON auth.revocations (expires_at);

-- One row. Redis holds the same value: a Redis with another one, or without one, has lost revocations.
CREATE TABLE auth.revocation_epoch (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  epoch text NOT NULL
);

-- Down Migration

DROP TABLE auth.revocation_epoch;
DROP TABLE auth.revocations;
