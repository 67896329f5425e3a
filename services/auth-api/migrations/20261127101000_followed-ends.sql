-- How far the changes of Environment API were followed, so that what ended while no replica ran is revoked afterwards.

-- Up Migration

CREATE TABLE auth.followed_ends (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  seq bigint NOT NULL
);

-- Down Migration

DROP TABLE auth.followed_ends;
