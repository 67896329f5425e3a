-- Whether another contact centre of the environment has had the same subjects: then what the release before stored of a subject alone
-- may be about people of the other one. It is noted when one of them leaves; for those that share subjects at the upgrade it is
-- noted here, because a replica of the release before deletes one without a note.

-- Up Migration

ALTER TABLE environment.contact_centers ADD COLUMN subjects_were_shared boolean NOT NULL DEFAULT false;

UPDATE environment.contact_centers AS one SET subjects_were_shared = true
  WHERE one.subject_scope = 'environment' AND EXISTS (
    SELECT 1 FROM environment.contact_centers AS other
      WHERE other.environment_id = one.environment_id AND other.id <> one.id AND other.subject_scope = 'environment');

-- Down Migration

ALTER TABLE environment.contact_centers DROP COLUMN subjects_were_shared;
