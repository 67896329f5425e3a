-- The link, by its digest, that an administrator of the contact centre made: it also works for a person who has a right there.
-- A replica of the release before replaces a link and leaves this column: then it names no link any more.

-- Up Migration

ALTER TABLE environment.password_links ADD COLUMN digest_for_center text COLLATE "C";

-- Down Migration

ALTER TABLE environment.password_links DROP COLUMN digest_for_center;
