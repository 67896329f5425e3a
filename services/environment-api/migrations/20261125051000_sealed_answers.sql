-- Up Migration
-- Which key sealed an answer that is kept for its Idempotency-Key, so that re-encryption finds those of an old key. The
-- table holds a day's worth of rows; writers wait while they are written anew.
ALTER TABLE environment.idempotent_requests
  ADD COLUMN outcome_key_id text GENERATED ALWAYS AS (split_part(outcome, '.', 2)) STORED;
CREATE INDEX idempotent_requests_by_key ON environment.idempotent_requests (outcome_key_id);

-- Down Migration
ALTER TABLE environment.idempotent_requests DROP COLUMN outcome_key_id;
