-- Configuration as code: unique names of contact centres, and which owner has set which field. Only new tables. Replicas of the
-- release before use none of them: a contact centre that they make gets its name when documents are next read or applied.

-- Up Migration

CREATE TABLE environment.contact_center_names (
  contact_center_id uuid PRIMARY KEY REFERENCES environment.contact_centers ON DELETE CASCADE,
  name environment.label NOT NULL,
  -- In the form in which two spellings of one name are equal.
  name_key text COLLATE "C" NOT NULL UNIQUE
);

-- A domain belongs to one contact centre alone, so the first one is a name.
INSERT INTO environment.contact_center_names (contact_center_id, name, name_key)
SELECT contact_center_id, domain, lower(domain) FROM environment.contact_center_domains WHERE position = 0
ON CONFLICT DO NOTHING;

CREATE TABLE environment.configuration_owners (
  owner text COLLATE "C" PRIMARY KEY CHECK (length(owner) BETWEEN 1 AND 128),
  -- The caller that applies under this name: nobody else does, unless they take it over.
  actor_kind text NOT NULL CHECK (actor_kind IN ('ops', 'client', 'user')),
  actor text NOT NULL,
  revision text CHECK (length(revision) BETWEEN 1 AND 128),
  applied_at timestamptz NOT NULL DEFAULT now(),
  checked_at timestamptz,
  -- {create, change, delete, refused}: how far the installation was from the documents when they were last checked or applied.
  drift jsonb NOT NULL CHECK (jsonb_typeof(drift) = 'object')
);

CREATE TABLE environment.managed_resources (
  kind text NOT NULL,
  id text NOT NULL,
  -- What belongs to a contact centre is forgotten with it.
  contact_center_id uuid REFERENCES environment.contact_centers ON DELETE CASCADE,
  -- The owner that has made it, and may delete it. Absent: it was there before.
  made_by text REFERENCES environment.configuration_owners,
  -- {field: owner}
  fields jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
  PRIMARY KEY (kind, id)
);
CREATE INDEX managed_resources_by_contact_center ON environment.managed_resources (contact_center_id);

-- Down Migration

DROP TABLE environment.managed_resources;
DROP TABLE environment.configuration_owners;
DROP TABLE environment.contact_center_names;
