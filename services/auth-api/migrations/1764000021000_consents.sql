-- What users have agreed to, client by client: asked once, remembered until the client goes.
-- A new table: nothing is locked but, for a moment, auth.clients for the reference.

-- Up Migration

CREATE TABLE auth.consents (
  sub text NOT NULL,
  client_id text NOT NULL REFERENCES auth.clients ON DELETE CASCADE,
  scope text[] NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sub, client_id)
);

-- A client that is deleted takes its consents along without reading all of them.
CREATE INDEX consents_client ON auth.consents (client_id);

-- Down Migration

DROP TABLE auth.consents;
