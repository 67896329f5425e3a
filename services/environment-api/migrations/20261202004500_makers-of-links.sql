-- Who made a link of a person to an identity provider decides for whom it works: the person may get a right at the console later.
-- Only an addition: links of administrators from before count as made by somebody without rights.

-- Up Migration

ALTER TABLE environment.people_links ADD COLUMN maker text CHECK (maker IN ('installation', 'contact centre', 'anybody'));

-- Down Migration

ALTER TABLE environment.people_links DROP COLUMN maker;
