-- Finds a part of a text, the clients of a contact centre and the clients with authorization details by an index, whatever the number of
-- clients. Text is cut by a function of ours: pg_trgm, which does the same, is an extension that the role of this service may not be
-- allowed to install.
-- Only additions. Writers of clients wait while the indexes are built: some seconds for 10 000 clients.

-- Up Migration

-- All parts of three characters.
CREATE FUNCTION auth.text_parts(whole text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(array_agg(substr(whole, start, 3)), '{}') FROM generate_series(1, length(whole) - 2) AS start
);

CREATE FUNCTION auth.client_search_text(client_id text, name text, description text, uris text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(client_id || E'\n' || name || E'\n' || description || E'\n' || array_to_string(uris, E'\n'));

-- Without a list of pending entries, which every search would read.
CREATE INDEX clients_by_part ON auth.clients USING gin (
  auth.text_parts(
    auth.client_search_text(client_id, name, description, redirect_uris || post_logout_redirect_uris) COLLATE "C"
  )
) WITH (fastupdate = off);
CREATE INDEX clients_by_contact_center ON auth.clients USING gin (contact_center_ids) WITH (fastupdate = off);
CREATE INDEX clients_with_detail_types ON auth.clients (client_id) WHERE detail_types <> '[]';

-- Down Migration

DROP INDEX auth.clients_with_detail_types, auth.clients_by_contact_center, auth.clients_by_part;
DROP FUNCTION auth.client_search_text(text, text, text, text[]);
DROP FUNCTION auth.text_parts(text);
