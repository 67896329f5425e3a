-- The overview tells which API keys and certificates of environments end soon, without reading all keys and all environments.
-- Only additions: writers of keys and environments wait while the indexes are built, for less than a second with 10 000 of them.

-- Up Migration

CREATE INDEX api_keys_by_end ON environment.api_keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX environments_with_certificates ON environment.environments (id, version)
  WHERE tls_ca IS NOT NULL OR tls_cert IS NOT NULL;

-- Down Migration

DROP INDEX environment.environments_with_certificates;
DROP INDEX environment.api_keys_by_end;
