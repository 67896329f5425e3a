-- The last policy of second factors that was seen of each contact centre: it counts while Environment API cannot be asked. A new table only.

-- Up Migration

CREATE TABLE auth.factor_policies (
  contact_center_id text PRIMARY KEY,
  policy jsonb NOT NULL,
  -- Of the contact centre: an older copy does not replace a newer one.
  version bigint NOT NULL
);

-- Down Migration

DROP TABLE auth.factor_policies;
