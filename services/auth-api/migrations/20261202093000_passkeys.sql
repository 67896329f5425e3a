-- Passkeys (WebAuthn level 3). A person is known to authenticators by a random handle, which says nothing and is never given to anybody else.
-- The id of a passkey is unique in the installation: whoever registers it again does not take it over. installation_facts holds the RP ID of
-- the stored passkeys: under another public host no browser offers them.

-- Up Migration

CREATE TABLE auth.installation_facts (
  name text PRIMARY KEY,
  value text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.webauthn_users (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  handle bytea NOT NULL UNIQUE CHECK (octet_length(handle) = 64),
  -- By which the directory finds the person of a sign-in without a name.
  dbid integer NOT NULL,
  PRIMARY KEY (contact_center_id, sub)
);

CREATE TABLE auth.passkeys (
  -- At most 1023 bytes: WebAuthn section 4, "Credential ID".
  id bytea PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 1023),
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  name text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  clone_warning boolean NOT NULL DEFAULT false,
  eligible boolean NOT NULL,
  synced boolean NOT NULL,
  verified_at_creation boolean NOT NULL,
  attested boolean NOT NULL,
  aaguid uuid NOT NULL,
  transports text[] NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  FOREIGN KEY (contact_center_id, sub) REFERENCES auth.webauthn_users ON DELETE CASCADE
);
CREATE INDEX passkeys_person ON auth.passkeys (contact_center_id, sub);

-- Down Migration

DROP TABLE auth.passkeys;
DROP TABLE auth.webauthn_users;
DROP TABLE auth.installation_facts;
