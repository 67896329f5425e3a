-- Keys of single sign-on: they sign requests to identity providers and open what those have encrypted. A new table.

-- Up Migration

CREATE TABLE auth.sso_keys (
  id text PRIMARY KEY,
  purpose text NOT NULL CHECK (purpose IN ('signing', 'encryption')),
  -- Self-signed, in PEM: identity providers know the key by it.
  certificate text NOT NULL,
  -- AES-256-GCM envelope of the PKCS#8 key, bound to this table, row and column.
  private_key text NOT NULL,
  -- next: published and not used yet; retired: still opens what was encrypted for it.
  state text NOT NULL CHECK (state IN ('next', 'active', 'retired')),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX sso_keys_one_active ON auth.sso_keys (purpose) WHERE state = 'active';
CREATE UNIQUE INDEX sso_keys_one_next ON auth.sso_keys (purpose) WHERE state = 'next';

-- Down Migration

DROP TABLE auth.sso_keys;
