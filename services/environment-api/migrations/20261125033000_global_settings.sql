-- Up Migration
-- Settings that every contact centre inherits. New tables, which nobody waits for.
CREATE TABLE environment.global_settings (
  name environment.label NOT NULL,
  location environment.location NOT NULL,
  value text NOT NULL CHECK (length(value) <= 32768),
  shared boolean NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, location)
);

-- One row: the version that covers all of them, from the sequence that contact centres take theirs from. So the greater
-- of the two versions changes whenever an effective setting may have changed, deletions included.
CREATE TABLE environment.global_settings_version (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  version bigint NOT NULL DEFAULT nextval('environment.versions')
);
INSERT INTO environment.global_settings_version DEFAULT VALUES;

-- Down Migration
DROP TABLE environment.global_settings_version;
DROP TABLE environment.global_settings;
