-- What a client may say about its tokens, its sign-out, and the protection that it asks for.
-- Columns with constant defaults: a short lock, nothing is rewritten; then each client gets the response types of its grants.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN access_token_format text NOT NULL DEFAULT 'opaque' CHECK (access_token_format IN ('opaque', 'jwt')),
  ADD COLUMN access_token_signed_response_alg text NOT NULL DEFAULT 'RS256',
  ADD COLUMN id_token_signed_response_alg text NOT NULL DEFAULT 'RS256',
  -- Absent: userinfo answers in plain JSON.
  ADD COLUMN userinfo_signed_response_alg text,
  ADD COLUMN response_types text[] NOT NULL DEFAULT '{code}',
  -- Absent: as the compat profile of the installation says.
  ADD COLUMN basic_authorize boolean,
  ADD COLUMN uuid_access_tokens boolean,
  ADD COLUMN require_consent boolean NOT NULL DEFAULT false,
  ADD COLUMN default_max_age_seconds integer CHECK (default_max_age_seconds >= 0),
  ADD COLUMN frontchannel_logout_uri text,
  ADD COLUMN frontchannel_logout_session_required boolean NOT NULL DEFAULT false,
  ADD COLUMN backchannel_logout_uri text,
  ADD COLUMN backchannel_logout_session_required boolean NOT NULL DEFAULT false,
  ADD COLUMN require_pushed_authorization_requests boolean NOT NULL DEFAULT false,
  ADD COLUMN require_signed_request_object boolean NOT NULL DEFAULT false,
  ADD COLUMN request_object_signing_alg text,
  ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false,
  ADD COLUMN tls_client_certificate_bound_access_tokens boolean NOT NULL DEFAULT false,
  -- {"issuers": [{"issuer": …, "jwks" or "jwksUri": …, "audience": …}]}
  ADD COLUMN jwt_bearer jsonb NOT NULL DEFAULT '{"issuers": []}',
  ADD COLUMN registered_dynamically boolean NOT NULL DEFAULT false,
  -- SHA-256 of the token that the client manages its own registration with (RFC 7592).
  ADD COLUMN registration_access_token_hash text,
  ADD COLUMN last_used_at timestamptz;

UPDATE auth.clients SET response_types = '{}' WHERE NOT 'authorization_code' = ANY (grant_types);

-- Down Migration

ALTER TABLE auth.clients
  DROP COLUMN access_token_format,
  DROP COLUMN access_token_signed_response_alg,
  DROP COLUMN id_token_signed_response_alg,
  DROP COLUMN userinfo_signed_response_alg,
  DROP COLUMN response_types,
  DROP COLUMN basic_authorize,
  DROP COLUMN uuid_access_tokens,
  DROP COLUMN require_consent,
  DROP COLUMN default_max_age_seconds,
  DROP COLUMN frontchannel_logout_uri,
  DROP COLUMN frontchannel_logout_session_required,
  DROP COLUMN backchannel_logout_uri,
  DROP COLUMN backchannel_logout_session_required,
  DROP COLUMN require_pushed_authorization_requests,
  DROP COLUMN require_signed_request_object,
  DROP COLUMN request_object_signing_alg,
  DROP COLUMN dpop_bound_access_tokens,
  DROP COLUMN tls_client_certificate_bound_access_tokens,
  DROP COLUMN jwt_bearer,
  DROP COLUMN registered_dynamically,
  DROP COLUMN registration_access_token_hash,
  DROP COLUMN last_used_at;
