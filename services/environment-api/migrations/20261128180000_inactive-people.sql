-- Auth API asks for the inactive people of an environment page by page. They are few, and were looked for among all of its people.
-- Only an addition: writers of people wait while the index is built, for less than a second with 100 000 of them.

-- Up Migration

CREATE INDEX people_inactive ON environment.people (environment_id, dbid) WHERE NOT is_active;

-- Down Migration

DROP INDEX environment.people_inactive;
