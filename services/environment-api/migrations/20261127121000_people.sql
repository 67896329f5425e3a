-- Up Migration
-- People and groups of environments whose directory is our own store. New tables, which nobody waits for.

CREATE TABLE environment.people (
  -- The SCIM id (RFC 7643 section 3.1).
  id uuid PRIMARY KEY,
  environment_id uuid NOT NULL REFERENCES environment.environments ON DELETE CASCADE,
  -- Both are written by one statement, and deleted with their environment in any order.
  dbid integer NOT NULL UNIQUE REFERENCES environment.person_numbers DEFERRABLE INITIALLY DEFERRED,
  version bigint NOT NULL DEFAULT nextval('environment.versions'),
  user_name environment.label NOT NULL,
  -- The name in the form in which two spellings of one name are equal.
  user_name_key text COLLATE "C" NOT NULL CHECK (length(user_name_key) BETWEEN 1 AND 255),
  external_id environment.label,
  first_name environment.label,
  last_name environment.label,
  email environment.label,
  email_key text COLLATE "C" CHECK (length(email_key) BETWEEN 1 AND 255),
  -- Of every address; `email` is the first of them.
  email_keys text[] NOT NULL DEFAULT '{}',
  employee_id environment.label,
  is_active boolean NOT NULL,
  -- An argon2id hash, sealed. Absent: signs in by single sign-on only.
  password text CHECK (password ~ '^v[0-9]+\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$'),
  password_key_id text GENERATED ALWAYS AS (split_part(password, '.', 2)) STORED,
  password_changed_at timestamptz,
  -- What SCIM clients sent and this service only keeps: phone numbers, addresses, titles.
  attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (environment_id, user_name_key)
);
CREATE INDEX people_by_environment ON environment.people (environment_id, dbid);
CREATE INDEX people_by_external_id ON environment.people (environment_id, external_id);
CREATE INDEX people_by_email ON environment.people (environment_id, email_key);
CREATE INDEX people_by_any_email ON environment.people USING gin (email_keys);
CREATE INDEX people_by_password_key ON environment.people (password_key_id) WHERE password_key_id IS NOT NULL;

CREATE TABLE environment.people_groups (
  id uuid PRIMARY KEY,
  environment_id uuid NOT NULL REFERENCES environment.environments ON DELETE CASCADE,
  ordinal bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  version bigint NOT NULL DEFAULT nextval('environment.versions'),
  name environment.label NOT NULL,
  name_key text COLLATE "C" NOT NULL CHECK (length(name_key) BETWEEN 1 AND 255),
  external_id environment.label,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (environment_id, name_key)
);

CREATE TABLE environment.people_group_members (
  group_id uuid NOT NULL REFERENCES environment.people_groups ON DELETE CASCADE,
  person_id uuid NOT NULL REFERENCES environment.people ON DELETE CASCADE,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX people_group_members_by_person ON environment.people_group_members (person_id);

-- Links by which people choose their first password.
CREATE TABLE environment.password_links (
  -- SHA-256 of the code in the link, base64url. The code itself is shown once and not kept.
  digest text COLLATE "C" PRIMARY KEY CHECK (digest ~ '^[A-Za-z0-9_-]{43}$'),
  -- A new link replaces the one before.
  person_id uuid NOT NULL UNIQUE REFERENCES environment.people ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);

-- What an API key opens: the APIs that ask for its owner, or the SCIM endpoint of its contact centre and nothing else.
ALTER TABLE environment.api_keys ADD COLUMN purpose text NOT NULL DEFAULT 'api' CHECK (purpose IN ('api', 'scim'));

-- Down Migration
ALTER TABLE environment.api_keys DROP COLUMN purpose;
DROP TABLE environment.password_links;
DROP TABLE environment.people_group_members;
DROP TABLE environment.people_groups;
DROP TABLE environment.people;
