-- The request that made the link by which the operator is at the console.
-- A new column only: replicas of the release before leave it empty.

-- Up Migration

ALTER TABLE environment.audit ADD COLUMN link_request text;

-- Down Migration

ALTER TABLE environment.audit DROP COLUMN link_request;
