-- A replica of the release before inserts a contact centre without the column, and gives its people the subjects of the environment.
-- With the default of that meaning the new release keeps these subjects; the new release itself always names the scope.

-- Up Migration

ALTER TABLE environment.contact_centers ALTER COLUMN subject_scope SET DEFAULT 'environment';

-- Down Migration

ALTER TABLE environment.contact_centers ALTER COLUMN subject_scope SET DEFAULT 'contactCenter';
