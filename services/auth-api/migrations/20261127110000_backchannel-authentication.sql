-- Requests for the approval of a person who is elsewhere (OpenID CIBA): what a client registers, and the codes that people choose.
-- Columns with constant defaults: a short lock, nothing is rewritten.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN backchannel_token_delivery_mode text CHECK (backchannel_token_delivery_mode IN ('poll')),
  -- Absent: the client does not sign its requests.
  ADD COLUMN backchannel_authentication_request_signing_alg text,
  ADD COLUMN backchannel_user_code_parameter boolean NOT NULL DEFAULT false;

CREATE TABLE auth.user_codes (
  sub text PRIMARY KEY,
  -- argon2id
  hash text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- Down Migration

DROP TABLE auth.user_codes;

ALTER TABLE auth.clients
  DROP COLUMN backchannel_token_delivery_mode,
  DROP COLUMN backchannel_authentication_request_signing_alg,
  DROP COLUMN backchannel_user_code_parameter;
