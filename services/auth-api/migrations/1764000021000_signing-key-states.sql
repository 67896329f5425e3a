-- Signing keys of several algorithms, one of each published before it signs.
-- Short locks on a table of a few rows; a replica of the former version goes on signing with the key it has loaded.

-- Up Migration

ALTER TABLE auth.signing_keys
  DROP CONSTRAINT signing_keys_state_check,
  ADD CONSTRAINT signing_keys_state_check CHECK (state IN ('next', 'active', 'retired')),
  -- A retired key signs nothing any more, so its private part is gone.
  ALTER COLUMN private_key DROP NOT NULL,
  ADD COLUMN origin text NOT NULL DEFAULT 'generated' CHECK (origin IN ('generated', 'imported')),
  ADD COLUMN activated_at timestamptz,
  ADD COLUMN retired_at timestamptz;

UPDATE auth.signing_keys SET activated_at = created_at WHERE state = 'active';
UPDATE auth.signing_keys SET activated_at = created_at, retired_at = now(), private_key = NULL WHERE state = 'retired';

ALTER TABLE auth.signing_keys
  ADD CONSTRAINT signing_keys_private_key CHECK (private_key IS NOT NULL OR state = 'retired');

CREATE UNIQUE INDEX signing_keys_next ON auth.signing_keys (algorithm) WHERE state = 'next';

-- Down Migration

DROP INDEX auth.signing_keys_next;
DELETE FROM auth.signing_keys WHERE state <> 'active';
ALTER TABLE auth.signing_keys
  DROP CONSTRAINT signing_keys_private_key,
  DROP CONSTRAINT signing_keys_state_check,
  ADD CONSTRAINT signing_keys_state_check CHECK (state IN ('active', 'retired')),
  ALTER COLUMN private_key SET NOT NULL,
  DROP COLUMN origin,
  DROP COLUMN activated_at,
  DROP COLUMN retired_at;
