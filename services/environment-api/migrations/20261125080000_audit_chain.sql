-- The hash chain over the audit trail, the seal of each day, and how far it was shipped to Elasticsearch.
-- New tables; rows of the trail may now be deleted, but only by the retention, which says so in its transaction.

-- Up Migration

CREATE TABLE environment.audit_chain (
  position bigint PRIMARY KEY CHECK (position > 0),
  event_seq bigint NOT NULL UNIQUE REFERENCES environment.audit (id) ON DELETE CASCADE,
  day date NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  personal_salt bytea,
  personal_digest bytea NOT NULL CHECK (length(personal_digest) = 32)
);
CREATE INDEX audit_chain_day ON environment.audit_chain (day, position);

-- Numbers of rows become visible in another order than they are given out, so a reader cannot simply go on after
-- the last one it saw.
CREATE TABLE environment.audit_unchained (
  seq bigint PRIMARY KEY REFERENCES environment.audit (id) ON DELETE CASCADE
);

CREATE FUNCTION environment.enter_unchained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO environment.audit_unchained (seq) SELECT id FROM entered;
  RETURN NULL;
END;
$$;
CREATE TRIGGER audit_enters_chain AFTER INSERT ON environment.audit
  REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION environment.enter_unchained();
INSERT INTO environment.audit_unchained (seq) SELECT id FROM environment.audit;

CREATE TABLE environment.audit_days (
  day date PRIMARY KEY,
  last_position bigint NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  -- AES-256-GCM envelope of the hash, bound to the day.
  seal text NOT NULL
);

CREATE TABLE environment.audit_shipping (
  target text PRIMARY KEY,
  position bigint NOT NULL
);

CREATE TABLE environment.audit_set_aside (
  target text NOT NULL,
  position bigint NOT NULL REFERENCES environment.audit_chain (position) ON DELETE CASCADE,
  reason text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (target, position)
);

CREATE OR REPLACE FUNCTION environment.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('gatehouse.audit_retention', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;

-- Down Migration

CREATE OR REPLACE FUNCTION environment.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
DROP TABLE environment.audit_set_aside, environment.audit_shipping, environment.audit_days;
DROP TRIGGER audit_enters_chain ON environment.audit;
DROP FUNCTION environment.enter_unchained();
DROP TABLE environment.audit_unchained, environment.audit_chain;
