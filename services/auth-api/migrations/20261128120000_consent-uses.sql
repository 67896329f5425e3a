-- When an application last got tokens of a user who has agreed to what it asks for, so that users can tell what they still use.
-- Only an addition; nothing reads it but the account area.

-- Up Migration
ALTER TABLE auth.consents ADD COLUMN last_used_at timestamptz;

-- Down Migration
ALTER TABLE auth.consents DROP COLUMN last_used_at;
