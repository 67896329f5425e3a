-- The contact centre of an installation administrator and the way of sign-in that counts: a `sub` alone may be somebody else's at
-- another contact centre of the environment, and any identity provider can say a name.
-- Only additions. Replicas of the release before read and write rows without them; such a row gives no right here.

-- Up Migration

ALTER TABLE auth.installation_administrators ADD COLUMN contact_center_id text, ADD COLUMN way text;

-- Certain where the audit trail knows logins to one contact centre, one of them by password: logins at a provider name their method.
UPDATE auth.installation_administrators AS listed SET contact_center_id = known.contact_center_id, way = 'password'
  FROM (
    SELECT sub, min(contact_center_id) AS contact_center_id FROM auth.audit_events
      WHERE name = 'login_succeeded' AND contact_center_id IS NOT NULL
        AND sub IN (SELECT sub FROM auth.installation_administrators)
      GROUP BY sub
      HAVING count(DISTINCT contact_center_id) = 1 AND bool_or(NOT fields ? 'method')
  ) AS known
  WHERE known.sub = listed.sub;

-- Down Migration

ALTER TABLE auth.installation_administrators DROP COLUMN contact_center_id, DROP COLUMN way;
