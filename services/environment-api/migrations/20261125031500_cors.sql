-- Up Migration
-- Which origins are allowed, over all contact centres, is asked without reading every setting. The table is small when
-- this runs for the first time; writers wait for the moment that the index takes.
CREATE INDEX settings_cors_origins ON environment.settings (contact_center_id) WHERE name = 'cors-origins';

-- Down Migration
DROP INDEX environment.settings_cors_origins;
