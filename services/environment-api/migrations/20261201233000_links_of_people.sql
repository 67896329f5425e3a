-- Links that administrators make between a person of a people store and an identity provider, and groups that a provider gives.

-- Up Migration

-- Administrators name a link by its id, because a subject must stand in no address.
ALTER TABLE environment.people_links ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
-- The name of the administrator; null: the first sign-in of the person made the link.
ALTER TABLE environment.people_links ADD COLUMN linked_by text;
-- The issuer, as in people_links, that gave the person the group; null: somebody else did.
ALTER TABLE environment.people_group_members ADD COLUMN provider text COLLATE "C";

-- Down Migration

ALTER TABLE environment.people_group_members DROP COLUMN provider;
ALTER TABLE environment.people_links DROP COLUMN linked_by;
ALTER TABLE environment.people_links DROP COLUMN id;
