-- Finds the passwords of bind accounts that another key sealed without reading every environment, as for the other secrets. Writers wait while the
-- index is built: the table is small.

-- Up Migration
CREATE INDEX environments_by_ldap_key ON environment.environments (ldap_bind_password_key_id)
  WHERE ldap_bind_password_key_id IS NOT NULL;

-- Down Migration
DROP INDEX environment.environments_by_ldap_key;
