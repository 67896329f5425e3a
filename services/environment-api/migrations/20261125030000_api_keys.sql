-- Up Migration
-- API keys of contact centres. New tables, which nobody waits for; the rule about names in the audit trail is changed
-- without reading its rows again (what passed the old rule passes the new one).

ALTER TABLE environment.audit DROP CONSTRAINT audit_entity_check;
ALTER TABLE environment.audit
  ADD CONSTRAINT audit_entity_format CHECK (entity ~ '^[a-z][a-z-]{0,31}$') NOT VALID;

-- Ranges of one value: an exclusion constraint compares them for equality without an extension of PostgreSQL, which
-- only a superuser might be able to install.
CREATE TYPE environment.uuid_range AS RANGE (subtype = uuid);
CREATE TYPE environment.text_range AS RANGE (subtype = text, collation = "C");

CREATE TABLE environment.api_keys (
  id uuid PRIMARY KEY,
  ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  contact_center_id uuid NOT NULL REFERENCES environment.contact_centers ON DELETE CASCADE,
  name environment.label NOT NULL,
  -- SHA-256 of a key of 256 random bits, base64url. The key itself is shown once and not kept.
  digest text COLLATE "C" NOT NULL UNIQUE CHECK (digest ~ '^[A-Za-z0-9_-]{43}$'),
  -- Its first characters, to recognise it by.
  prefix text NOT NULL CHECK (length(prefix) BETWEEN 4 AND 16),
  -- The key before the last rotation, which works until the moment beside it.
  previous_digest text COLLATE "C" UNIQUE CHECK (previous_digest ~ '^[A-Za-z0-9_-]{43}$'),
  previous_prefix text CHECK (length(previous_prefix) BETWEEN 4 AND 16),
  previous_until timestamptz,
  valid_from timestamptz NOT NULL,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  rotated_at timestamptz,
  CHECK (expires_at IS NULL OR expires_at > valid_from),
  CHECK (previous_digest IS DISTINCT FROM digest),
  CHECK ((previous_digest IS NULL) = (previous_until IS NULL) AND (previous_digest IS NULL) = (previous_prefix IS NULL)),
  -- One name means one key at any time: a successor begins when its predecessor ends.
  CONSTRAINT api_keys_do_not_overlap EXCLUDE USING gist (
    environment.uuid_range(contact_center_id, contact_center_id, '[]') WITH =,
    environment.text_range(lower(name), lower(name), '[]') WITH =,
    tstzrange(valid_from, expires_at) WITH &&
  )
);
CREATE INDEX api_keys_by_contact_center ON environment.api_keys (contact_center_id, ordinal);

-- When a key was last used, apart from the key: written in the background, at most once a minute.
CREATE TABLE environment.api_key_uses (
  api_key_id uuid PRIMARY KEY REFERENCES environment.api_keys ON DELETE CASCADE,
  used_at timestamptz NOT NULL
);

-- Down Migration
DROP TABLE environment.api_key_uses;
DROP TABLE environment.api_keys;
DROP TYPE environment.text_range;
DROP TYPE environment.uuid_range;
ALTER TABLE environment.audit DROP CONSTRAINT audit_entity_format;
ALTER TABLE environment.audit ADD CONSTRAINT audit_entity_check
  CHECK (entity IN ('environment', 'contact-center', 'setting', 'location')) NOT VALID;
