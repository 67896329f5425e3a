-- Announces what ended before ends were announced, so that Auth API revokes what it left behind: contact centres that are
-- disabled, and contact centres and environments that were deleted as the audit trail says.
-- Takes the lock under which changes are numbered; replicas of the version before wait for it, for the time of the migration.

-- Up Migration

SELECT pg_advisory_xact_lock(hashtext('gatehouse.changes'), hashtext('environment'));

INSERT INTO environment.changes (seq, entity, entity_id, contact_center_id)
  SELECT (SELECT coalesce(max(seq), 0) FROM environment.changes) + row_number() OVER (ORDER BY entity, id),
    entity, id, contact_center_id
  FROM (
    SELECT 'contact-center-end' AS entity, id::text AS id, id::text AS contact_center_id
      FROM environment.contact_centers WHERE status <> 'active'
    UNION
    SELECT 'contact-center-end', entity_id, entity_id FROM environment.audit
      WHERE entity = 'contact-center' AND action = 'delete'
        AND entity_id NOT IN (SELECT id::text FROM environment.contact_centers)
    UNION
    SELECT 'environment-end', entity_id, NULL FROM environment.audit
      WHERE entity = 'environment' AND action = 'delete'
        AND entity_id NOT IN (SELECT id::text FROM environment.environments)
  ) AS ended;

-- Down Migration

SELECT 1;
