-- Whether people have one subject in all contact centres of their environment, or another one in each. Contact centres that exist keep
-- what their applications know; those made from now on get subjects of their own, also by a replica of the release before.

-- Up Migration

ALTER TABLE environment.contact_centers
  ADD COLUMN subject_scope text NOT NULL DEFAULT 'environment' CHECK (subject_scope IN ('environment', 'contactCenter'));

ALTER TABLE environment.contact_centers ALTER COLUMN subject_scope SET DEFAULT 'contactCenter';

-- Down Migration

ALTER TABLE environment.contact_centers DROP COLUMN subject_scope;
