-- Deleted environments, contact centres and people are kept for some days, so that they can be restored. They are in no other table.

-- Up Migration

CREATE TABLE environment.deleted (
  id uuid PRIMARY KEY,
  -- Order of deletion.
  ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  kind text NOT NULL CHECK (kind IN ('environment', 'contact-center', 'person')),
  object_id uuid NOT NULL,
  environment_id uuid NOT NULL,
  -- The contact centre itself, or that of a person: administrators of a contact centre find their people by it.
  contact_center_id uuid,
  name text NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now(),
  deleted_by text NOT NULL,
  -- Names of the secrets that it had. Their values are not kept.
  lost_secrets text[] NOT NULL,
  -- The fields of an environment or a contact centre, without secrets.
  document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object')
);
CREATE INDEX deleted_by_time ON environment.deleted (deleted_at);
CREATE INDEX deleted_by_contact_center ON environment.deleted (contact_center_id, ordinal);

-- The rows that were deleted with it, without secrets.
CREATE TABLE environment.deleted_parts (
  deleted_id uuid NOT NULL REFERENCES environment.deleted ON DELETE CASCADE,
  -- The table of the row.
  place text NOT NULL,
  part jsonb NOT NULL CHECK (jsonb_typeof(part) = 'object')
);
CREATE INDEX deleted_parts_by_place ON environment.deleted_parts (deleted_id, place);
-- A picture that a restored contact centre needs stays.
CREATE INDEX deleted_parts_by_logo ON environment.deleted_parts ((part ->> 'logo')) WHERE place = 'branding';
-- Persons whose data is erased.
CREATE INDEX deleted_parts_by_user_name ON environment.deleted_parts ((part ->> 'user_name_key')) WHERE place = 'people';

-- Down Migration

DROP TABLE environment.deleted_parts;
DROP TABLE environment.deleted;
