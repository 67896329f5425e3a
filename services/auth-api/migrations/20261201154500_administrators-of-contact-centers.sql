-- People with a right in one contact centre, and whether its administrators may change this list.
-- New tables only: replicas of the release before do not see them.

-- Up Migration

CREATE TABLE auth.contact_center_administrators (
  contact_center_id text NOT NULL,
  sub text NOT NULL,
  "right" text NOT NULL CHECK ("right" IN ('administrator', 'help-desk', 'auditor')),
  -- The way of sign-in that counts.
  way text NOT NULL,
  -- Shown beside the sub; nothing is decided by it.
  name text NOT NULL,
  note text,
  added_by text NOT NULL,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (contact_center_id, sub)
);

CREATE TABLE auth.contact_center_appointing (
  contact_center_id text PRIMARY KEY,
  administrators_appoint boolean NOT NULL
);

-- Down Migration

DROP TABLE auth.contact_center_appointing;
DROP TABLE auth.contact_center_administrators;
