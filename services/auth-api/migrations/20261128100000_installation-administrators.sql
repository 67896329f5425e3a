-- People who administer the whole installation.
-- A new table only: replicas of the release before do not see it.

-- Up Migration

CREATE TABLE auth.installation_administrators (
  sub text PRIMARY KEY,
  -- Shown beside the sub; nothing is decided by it.
  name text NOT NULL,
  note text,
  added_by text NOT NULL,
  added_at timestamptz NOT NULL
);

-- Down Migration

DROP TABLE auth.installation_administrators;
