-- Up to which moment old rows were deleted, so that a clock that jumps cannot delete what is still wanted.

-- Up Migration

CREATE TABLE auth.deletion_bounds (
  name text PRIMARY KEY,
  bound_at timestamptz,
  -- Time that processes measured by their monotonic clocks, in milliseconds.
  measured_ms bigint NOT NULL DEFAULT 0,
  -- [[measured time, by how much the bound moved], …] of the last 24 hours.
  moves jsonb NOT NULL DEFAULT '[]',
  -- A step that an operator must confirm.
  waiting_from timestamptz,
  waiting_to timestamptz,
  confirmed_to timestamptz
);

-- Down Migration

DROP TABLE auth.deletion_bounds;
