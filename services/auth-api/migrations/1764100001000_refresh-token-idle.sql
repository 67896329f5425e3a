-- How long the refresh tokens of a client may lie unused. Without a default: a short lock, nothing is rewritten.

-- Up Migration

ALTER TABLE auth.clients
  -- Absent: as the installation says.
  ADD COLUMN refresh_token_idle_seconds integer CHECK (refresh_token_idle_seconds >= 1);

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN refresh_token_idle_seconds;
