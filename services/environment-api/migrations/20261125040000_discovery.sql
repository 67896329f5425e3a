-- Up Migration
-- Where Auth API finds the Configuration Servers of an environment beside its fixed list. Columns without a default: no
-- row is written anew.
ALTER TABLE environment.environments
  ADD COLUMN consul_service environment.label,
  ADD COLUMN srv_record environment.label,
  ADD CONSTRAINT environments_one_registry CHECK (consul_service IS NULL OR srv_record IS NULL);

-- Down Migration
ALTER TABLE environment.environments DROP COLUMN consul_service, DROP COLUMN srv_record;
