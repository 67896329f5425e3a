-- Finds what an administrator did in the audit trail. Only an addition. Events wait in Redis while the index is built, and changes of
-- administrators wait for it.

-- Up Migration

CREATE INDEX audit_events_actor ON auth.audit_events ((fields->>'actor'), seq) WHERE fields ? 'actor';

-- Down Migration

DROP INDEX auth.audit_events_actor;
