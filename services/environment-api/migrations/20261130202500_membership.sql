-- Which people of its environment belong to a contact centre. Those that exist, and those that the release before adds, have all.
-- Only an addition; a constant default rewrites no row, so nobody waits.

-- Up Migration

ALTER TABLE environment.contact_centers
  ADD COLUMN membership jsonb NOT NULL DEFAULT '{"by": "all", "names": []}'
    CHECK (jsonb_typeof(membership) = 'object' AND membership ? 'by');

-- Down Migration

ALTER TABLE environment.contact_centers DROP COLUMN membership;
