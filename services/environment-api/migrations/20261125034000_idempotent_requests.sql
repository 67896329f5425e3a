-- Up Migration
-- Answers to POST requests that came with an Idempotency-Key, for a day. A new table, which nobody waits for.
CREATE TABLE environment.idempotent_requests (
  -- Whose key it is: two callers may choose the same.
  caller text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- SHA-256 of method, path and body.
  request_digest text NOT NULL,
  -- Sealed: it may hold a key that is shown once.
  outcome text CHECK (outcome ~ '^v[0-9]+\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX idempotent_requests_by_expiry ON environment.idempotent_requests (expires_at);

-- Down Migration
DROP TABLE environment.idempotent_requests;
