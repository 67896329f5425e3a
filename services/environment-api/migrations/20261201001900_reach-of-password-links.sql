-- The link, by its digest, that whoever administers the whole installation made: it also works for a person who is an administrator.
-- A replica of the release before replaces a link and leaves this column: then it names no link any more.

-- Up Migration

ALTER TABLE environment.password_links ADD COLUMN digest_for_administrators text COLLATE "C";

-- Down Migration

ALTER TABLE environment.password_links DROP COLUMN digest_for_administrators;
