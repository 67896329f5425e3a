-- Which person of a people store an identity provider means by a subject, for people whom their first single sign-on created.

-- Up Migration

CREATE TABLE environment.people_links (
  environment_id uuid NOT NULL REFERENCES environment.environments ON DELETE CASCADE,
  issuer text COLLATE "C" NOT NULL CHECK (length(issuer) BETWEEN 1 AND 2048),
  -- Unique at its issuer and never given to somebody else there (OpenID Connect Core section 5.7).
  subject text COLLATE "C" NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  person_id uuid NOT NULL REFERENCES environment.people ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (environment_id, issuer, subject)
);
CREATE INDEX people_links_by_person ON environment.people_links (person_id);
-- How many people were created in the last hour.
CREATE INDEX people_links_by_time ON environment.people_links (environment_id, created_at);
-- A person who was deleted is not created again.
CREATE INDEX deleted_parts_by_subject ON environment.deleted_parts ((part ->> 'subject')) WHERE place = 'people_links';
CREATE INDEX deleted_parts_by_linked_person ON environment.deleted_parts ((part ->> 'person_id')) WHERE place = 'people_links';

-- Down Migration

DROP INDEX environment.deleted_parts_by_linked_person;
DROP INDEX environment.deleted_parts_by_subject;
DROP TABLE environment.people_links;
