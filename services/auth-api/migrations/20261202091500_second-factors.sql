-- Second factors of people. Contact centre and subject name a person, so a login name that is made again finds nothing of these.
-- New tables only: replicas of the release before do not see them.

-- Up Migration

-- A row is there for everybody who has, or had, a factor. Its lock orders the changes of one person.
CREATE TABLE auth.factor_epochs (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  -- A remembered device counts in the epoch in which it was granted.
  epoch integer NOT NULL DEFAULT 0,
  PRIMARY KEY (contact_center_id, sub)
);
-- A new password concerns every contact centre that knows the person by the subject.
CREATE INDEX factor_epochs_of_subject ON auth.factor_epochs (sub);

CREATE TABLE auth.totp (
  id uuid PRIMARY KEY,
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  name text NOT NULL,
  -- Sealed; bound to contact centre, subject and id.
  secret text NOT NULL,
  digits smallint NOT NULL CHECK (digits IN (6, 8)),
  algorithm text NOT NULL CHECK (algorithm IN ('SHA1', 'SHA256')),
  -- The time step of the last code that was accepted (RFC 6238 section 5.2).
  last_step bigint NOT NULL DEFAULT 0,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Absent: the person has not typed a code of it yet, so it counts for nothing.
  confirmed_at timestamptz,
  used_at timestamptz
);
CREATE INDEX totp_of_person ON auth.totp (contact_center_id, sub);
CREATE UNIQUE INDEX totp_waiting ON auth.totp (contact_center_id, sub) WHERE confirmed_at IS NULL;

CREATE TABLE auth.recovery_keys (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  -- Sealed; bound to contact centre and subject. Digests cannot be made anew when an encryption key is replaced; this key is sealed anew.
  key text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (contact_center_id, sub)
);

CREATE TABLE auth.recovery_codes (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  -- HMAC-SHA-256 under the key of the person.
  digest bytea NOT NULL,
  PRIMARY KEY (contact_center_id, sub, digest),
  FOREIGN KEY (contact_center_id, sub) REFERENCES auth.recovery_keys ON DELETE CASCADE
);

CREATE TABLE auth.remembered_devices (
  id uuid PRIMARY KEY,
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  -- SHA-256 of 256 random bits.
  secret_hash text NOT NULL,
  -- When the person gave the second factor.
  granted_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  epoch integer NOT NULL,
  user_agent text NOT NULL
);
CREATE INDEX remembered_devices_of_person ON auth.remembered_devices (contact_center_id, sub, granted_at);

CREATE TABLE auth.factor_attempts (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  kind text NOT NULL,
  -- Whether the browser gave a factor of the person before: strangers do not make it wait.
  is_known boolean NOT NULL,
  failures integer NOT NULL,
  -- Since the last right answer, however long ago (NIST SP 800-63B section 3.2.2).
  in_a_row integer NOT NULL DEFAULT 1,
  counted_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  PRIMARY KEY (contact_center_id, sub, kind, is_known)
);

-- One of a person: a new one replaces the one before.
CREATE TABLE auth.factor_invitations (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  -- HMAC-SHA-256 under a key that is made of the encryption key.
  digest bytea NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (contact_center_id, sub)
);

-- Which factors a person has had (NIST SP 800-63B). Rows are added, and deleted with the person alone.
CREATE TABLE auth.factor_history (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  change text NOT NULL,
  factor text NOT NULL,
  factor_id text,
  name text,
  -- Why the person could do it, or the reason of an administrator.
  reason text,
  -- The subject of the person, an administrator, or a part of this service.
  made_by text NOT NULL
);
CREATE INDEX factor_history_of_person ON auth.factor_history (contact_center_id, sub, id);

CREATE FUNCTION auth.refuse_changed_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of auth.factor_history are never changed';
END;
$$;
CREATE TRIGGER factor_history_is_kept BEFORE UPDATE ON auth.factor_history
  FOR EACH STATEMENT EXECUTE FUNCTION auth.refuse_changed_history();

-- Down Migration

DROP TABLE auth.factor_history, auth.factor_invitations, auth.factor_attempts, auth.remembered_devices, auth.recovery_codes,
  auth.recovery_keys, auth.totp, auth.factor_epochs;
DROP FUNCTION auth.refuse_changed_history();
