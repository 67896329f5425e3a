-- Whether the tokens of a client sign their user out everywhere without the scope `sessions`. Null: as the compat profile says.
-- Only an addition. Replicas of the release before keep it, because they write the columns that they know.

-- Up Migration

ALTER TABLE auth.clients ADD COLUMN global_sign_out boolean;

-- Down Migration

ALTER TABLE auth.clients DROP COLUMN global_sign_out;
