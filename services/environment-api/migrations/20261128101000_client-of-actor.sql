-- The client by whose token a person changed something.
-- A new column only: replicas of the release before leave it empty.

-- Up Migration

ALTER TABLE environment.audit ADD COLUMN actor_client text;

-- Down Migration

ALTER TABLE environment.audit DROP COLUMN actor_client;
