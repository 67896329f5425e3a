-- Finds people by the beginning of a last name, or of first and last name with a space between. User names and e-mail addresses have
-- their indexes already.
-- Only additions. Writers wait while the indexes are built: about a second for 100 000 people.

-- Up Migration
CREATE INDEX people_by_last_name ON environment.people (environment_id, (lower(last_name::text) COLLATE "C"));
CREATE INDEX people_by_full_name ON environment.people
  (environment_id, (lower(coalesce(first_name || ' ', '') || coalesce(last_name, '')) COLLATE "C"));

-- Down Migration
DROP INDEX environment.people_by_full_name, environment.people_by_last_name;
