-- Which hosts clients registered: asked at every sign-out that names a page to go on to, whatever the number of clients.
-- The index is built in the migration's transaction: writes to auth.clients wait, reads do not.

-- Up Migration

CREATE FUNCTION auth.web_origins(uris text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(array_agg(DISTINCT lower(substring(uri FROM '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]+'))), '{}')
  FROM unnest(uris) AS uri
  WHERE uri ~* '^https?://'
);

CREATE INDEX clients_web_origins ON auth.clients
  USING gin (auth.web_origins(redirect_uris || post_logout_redirect_uris));

-- Down Migration

DROP INDEX auth.clients_web_origins;
DROP FUNCTION auth.web_origins(text[]);
