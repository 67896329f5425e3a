-- The contact centre of the person who changed something: a sub alone may be known in several.
-- A new column only: replicas of the release before leave it empty.

-- Up Migration

ALTER TABLE environment.audit ADD COLUMN actor_contact_center_id text;

-- Down Migration

ALTER TABLE environment.audit DROP COLUMN actor_contact_center_id;
