-- Up Migration
-- Which key sealed a secret, so that those of an old key are found without opening any. Both tables are small; writers
-- wait while their rows are written anew.
ALTER TABLE environment.environments
  ADD COLUMN password_key_id text GENERATED ALWAYS AS (split_part(password, '.', 2)) STORED;
CREATE INDEX environments_by_key ON environment.environments (password_key_id);
ALTER TABLE environment.single_sign_on
  ADD COLUMN secret_key_id text GENERATED ALWAYS AS (split_part(secret, '.', 2)) STORED;
CREATE INDEX single_sign_on_by_key ON environment.single_sign_on (secret_key_id);

-- Down Migration
ALTER TABLE environment.single_sign_on DROP COLUMN secret_key_id;
ALTER TABLE environment.environments DROP COLUMN password_key_id;
