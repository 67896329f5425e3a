-- The hash chain over security events, the seal of each day, and how far they were shipped to Elasticsearch.
-- New tables. The events there are get their place in the chain after the migration, in the background.

-- Up Migration

ALTER TABLE auth.audit_events ADD COLUMN erased_at timestamptz;

CREATE TABLE auth.audit_chain (
  position bigint PRIMARY KEY CHECK (position > 0),
  event_seq bigint NOT NULL UNIQUE REFERENCES auth.audit_events (seq) ON DELETE CASCADE,
  day date NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  -- Gone when the personal part of the event was erased.
  personal_salt bytea,
  personal_digest bytea NOT NULL CHECK (length(personal_digest) = 32)
);
-- What is past its time is found by its day.
CREATE INDEX audit_chain_day ON auth.audit_chain (day, position);

-- Numbers of events become visible in another order than they are given out, so a reader cannot simply go on
-- after the last one it saw. Who writes an event enters it here, in the same transaction.
CREATE TABLE auth.audit_unchained (seq bigint PRIMARY KEY REFERENCES auth.audit_events (seq) ON DELETE CASCADE);

CREATE FUNCTION auth.enter_unchained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO auth.audit_unchained (seq) SELECT seq FROM entered;
  RETURN NULL;
END;
$$;
CREATE TRIGGER audit_enters_chain AFTER INSERT ON auth.audit_events
  REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION auth.enter_unchained();
INSERT INTO auth.audit_unchained (seq) SELECT seq FROM auth.audit_events;

CREATE TABLE auth.audit_days (
  day date PRIMARY KEY,
  last_position bigint NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  -- AES-256-GCM envelope of the hash, bound to the day.
  seal text NOT NULL
);

CREATE TABLE auth.audit_shipping (
  target text PRIMARY KEY,
  position bigint NOT NULL
);

-- Events that a target refused for what they are; they are tried again on demand.
CREATE TABLE auth.audit_set_aside (
  target text NOT NULL,
  position bigint NOT NULL REFERENCES auth.audit_chain (position) ON DELETE CASCADE,
  reason text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (target, position)
);

-- "What did this user do", "what did this request leave behind", "what happened in this contact centre".
CREATE INDEX audit_events_user_name ON auth.audit_events (lower(fields->>'userName'), seq)
  WHERE fields ? 'userName';
CREATE INDEX audit_events_correlation ON auth.audit_events (correlation_id);
CREATE INDEX audit_events_contact_center ON auth.audit_events (contact_center_id, seq)
  WHERE contact_center_id IS NOT NULL;

-- Down Migration

DROP INDEX auth.audit_events_user_name, auth.audit_events_correlation, auth.audit_events_contact_center;

DROP TABLE auth.audit_set_aside, auth.audit_shipping, auth.audit_days;
DROP TRIGGER audit_enters_chain ON auth.audit_events;
DROP FUNCTION auth.enter_unchained();
DROP TABLE auth.audit_unchained, auth.audit_chain;
ALTER TABLE auth.audit_events DROP COLUMN erased_at;
