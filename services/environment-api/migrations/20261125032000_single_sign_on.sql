-- Up Migration
-- Single sign-on of contact centres, per protocol and location. A new table, which nobody waits for.
CREATE TABLE environment.single_sign_on (
  contact_center_id uuid NOT NULL REFERENCES environment.contact_centers ON DELETE CASCADE,
  protocol text NOT NULL CHECK (protocol IN ('saml', 'oidc')),
  location environment.location NOT NULL,
  settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  -- The client secret at the identity provider, sealed. A plain text does not pass.
  secret text CHECK (secret ~ '^v[0-9]+\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (contact_center_id, protocol, location),
  CHECK (protocol = 'oidc' OR secret IS NULL)
);

-- Down Migration
DROP TABLE environment.single_sign_on;
