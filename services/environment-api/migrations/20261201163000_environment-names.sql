-- A name for each environment, which people know it by. Nothing of the release before reads or writes it: an environment that such a
-- replica makes has its usual name until somebody gives it another.

-- Up Migration

-- Where the people are, and the first address of it.
CREATE FUNCTION environment.usual_name(environment_id uuid) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT left(concat_ws(' ',
    CASE e.directory WHEN 'ldap' THEN 'LDAP' WHEN 'people' THEN 'People store' ELSE 'Configuration Server' END,
    coalesce(e.consul_service, e.srv_record, e.ldap #>> '{servers,0,address}',
      (SELECT s.primary_address FROM environment.config_servers s WHERE s.environment_id = e.id ORDER BY s.position LIMIT 1))), 240)
  FROM environment.environments e WHERE e.id = environment_id;
END;

CREATE TABLE environment.environment_names (
  environment_id uuid PRIMARY KEY REFERENCES environment.environments ON DELETE CASCADE,
  name environment.label NOT NULL,
  -- In the form in which two spellings of one name are equal.
  name_key text COLLATE "C" NOT NULL UNIQUE
);
CREATE INDEX environment_names_by_part ON environment.environment_names
  USING gin (environment.text_parts(lower(name) COLLATE "C")) WITH (fastupdate = off);

INSERT INTO environment.environment_names (environment_id, name, name_key)
SELECT id, name, lower(name) FROM (
  SELECT id, ordinal, concat_ws(' ', usual, '(' || nullif(row_number() OVER (PARTITION BY lower(usual) ORDER BY ordinal), 1) || ')') AS name
  FROM (SELECT id, ordinal, environment.usual_name(id) AS usual FROM environment.environments) AS of_each
) AS named
ORDER BY ordinal
ON CONFLICT DO NOTHING;

-- Down Migration

DROP TABLE environment.environment_names;
DROP FUNCTION environment.usual_name(uuid);
