-- Up Migration
-- Authorities and client certificate for the link to the Configuration Servers. The table is small; writers wait while
-- its rows are written anew for the generated column.
ALTER TABLE environment.environments
  ADD COLUMN tls_ca text CHECK (length(tls_ca) <= 32768),
  ADD COLUMN tls_server_name environment.label,
  ADD COLUMN tls_cert text CHECK (length(tls_cert) <= 16384),
  -- Sealed. A plain text does not pass.
  ADD COLUMN tls_key text CHECK (tls_key ~ '^v[0-9]+\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
  ADD COLUMN tls_key_key_id text GENERATED ALWAYS AS (split_part(tls_key, '.', 2)) STORED,
  ADD CONSTRAINT environments_certificate_with_key CHECK ((tls_cert IS NULL) = (tls_key IS NULL));
CREATE INDEX environments_by_tls_key_key ON environment.environments (tls_key_key_id) WHERE tls_key_key_id IS NOT NULL;

-- Down Migration
ALTER TABLE environment.environments DROP COLUMN tls_key_key_id, DROP COLUMN tls_key, DROP COLUMN tls_cert,
  DROP COLUMN tls_server_name, DROP COLUMN tls_ca;
