-- Receivers of shared signals (RFC 8935), and the signals that wait for them.
-- New tables only: replicas of the release before do not see them.

-- Up Migration

CREATE TABLE auth.signal_receivers (
  id uuid PRIMARY KEY,
  endpoint text NOT NULL,
  audience text NOT NULL,
  events text[] NOT NULL,
  -- Empty: all.
  contact_center_ids text[] NOT NULL DEFAULT '{}',
  -- Sealed. Absent: no Authorization header is sent.
  bearer_token text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.signal_outbox (
  jti text PRIMARY KEY,
  receiver_id uuid NOT NULL REFERENCES auth.signal_receivers ON DELETE CASCADE,
  claims jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  next_try_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0
);
CREATE INDEX signal_outbox_due ON auth.signal_outbox (next_try_at);
CREATE INDEX signal_outbox_receiver ON auth.signal_outbox (receiver_id);

-- Down Migration

DROP TABLE auth.signal_outbox;
DROP TABLE auth.signal_receivers;
