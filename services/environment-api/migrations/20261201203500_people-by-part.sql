-- Finds people by a part of a name or e-mail address, in one environment or in all of them.
-- Only additions. Writers of people wait while the index is built: five seconds for 100 000 people.

-- Up Migration

-- What a person is found by.
CREATE FUNCTION environment.person_text(user_name text, first_name text, last_name text, email text, attributes jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(user_name || E'\n' || coalesce(first_name || ' ', '') || coalesce(last_name, '') || E'\n' || coalesce(email, '')
  || E'\n' || coalesce(attributes ->> 'displayName', ''));

CREATE INDEX people_by_part ON environment.people
  USING gin (environment.text_parts(environment.person_text(user_name, first_name, last_name, email, attributes) COLLATE "C"))
  WITH (fastupdate = off);

-- Down Migration

DROP INDEX environment.people_by_part;
DROP FUNCTION environment.person_text(text, text, text, text, jsonb);
