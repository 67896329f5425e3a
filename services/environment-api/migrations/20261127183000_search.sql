-- Finds a part of a text by an index, whatever the number of contact centres and environments, and changes in the audit trail by who
-- made them and by their request. Text is cut by a function of ours: pg_trgm, which does the same, is an extension that the role of this
-- service may not be allowed to install.
-- Only additions. Writers wait while the indexes are built: a second for 10 000 contact centres.

-- Up Migration

-- All parts of three characters.
CREATE FUNCTION environment.text_parts(whole text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(array_agg(substr(whole, start, 3)), '{}') FROM generate_series(1, length(whole) - 2) AS start
);

-- What an environment is found by, beside the addresses of its Configuration Servers.
CREATE FUNCTION environment.search_text(tenant text, app_name text, ldap jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT lower(coalesce(tenant, '') || E'\n' || app_name || coalesce(string_agg(E'\n' || part, '' ORDER BY place), ''))
  FROM jsonb_array_elements_text(
    jsonb_path_query_array(ldap, '$.servers[*].address') || (ldap -> 'baseDns')
  ) WITH ORDINALITY AS given (part, place)
);

-- Without a list of pending entries, which every search would read.
CREATE INDEX contact_centers_by_part ON environment.contact_centers
  USING gin (environment.text_parts(lower(name) COLLATE "C")) WITH (fastupdate = off);
CREATE INDEX contact_center_domains_by_part ON environment.contact_center_domains
  USING gin (environment.text_parts(domain_key COLLATE "C")) WITH (fastupdate = off);
CREATE INDEX environments_by_part ON environment.environments
  USING gin (environment.text_parts(environment.search_text(tenant, app_name, ldap) COLLATE "C")) WITH (fastupdate = off);
CREATE INDEX config_servers_by_part ON environment.config_servers
  USING gin (environment.text_parts(lower(primary_address || ' ' || coalesce(backup_address, '')) COLLATE "C"))
  WITH (fastupdate = off);

CREATE INDEX audit_by_actor ON environment.audit (lower(actor), id);
CREATE INDEX audit_by_request ON environment.audit (request_id);

-- Down Migration
DROP INDEX environment.audit_by_request, environment.audit_by_actor, environment.config_servers_by_part,
  environment.environments_by_part, environment.contact_center_domains_by_part, environment.contact_centers_by_part;
DROP FUNCTION environment.search_text(text, text, jsonb);
DROP FUNCTION environment.text_parts(text);
