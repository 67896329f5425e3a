-- Tells the history of Environment API that the position belongs to, and when a replica last knew every end.
-- Adds columns only: replicas of the release before do not see them.

-- Up Migration

ALTER TABLE auth.followed_ends
  -- `<seq> <stamp>`: the change at the position. For another seq it is outdated.
  ADD COLUMN mark text,
  ADD COLUMN confirmed_at timestamptz;

-- Down Migration

ALTER TABLE auth.followed_ends
  DROP COLUMN mark,
  DROP COLUMN confirmed_at;
