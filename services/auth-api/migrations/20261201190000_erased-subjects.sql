-- Subjects whose personal data was erased: later events of theirs are stored without it. A new table only.

-- Up Migration

CREATE TABLE auth.erased_subjects (
  -- SHA-256 of the subject; or of contact centre and subject, where it was erased there alone.
  digest bytea PRIMARY KEY,
  erased_at timestamptz NOT NULL
);
CREATE INDEX erased_subjects_by_time ON auth.erased_subjects (erased_at);

-- Down Migration

DROP TABLE auth.erased_subjects;
