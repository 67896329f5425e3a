-- How pages look, per contact centre and location, and the pictures on them. New tables, which nobody waits for.
-- Up Migration
-- Decoded and written anew by this service; what somebody sent is never kept.
CREATE TABLE environment.images (
  -- SHA-256 of the content.
  digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
  type text NOT NULL CHECK (type = 'image/webp'),
  width integer NOT NULL CHECK (width BETWEEN 1 AND 4096),
  height integer NOT NULL CHECK (height BETWEEN 1 AND 4096),
  content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 65536),
  -- SHA-256 of what it was made from, so that the same file is not decoded again.
  source text NOT NULL CHECK (source ~ '^[0-9a-f]{64}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX images_source ON environment.images (source);

CREATE TABLE environment.branding (
  contact_center_id uuid NOT NULL REFERENCES environment.contact_centers ON DELETE CASCADE,
  location environment.location NOT NULL,
  settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  logo text REFERENCES environment.images,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (contact_center_id, location)
);
CREATE INDEX branding_logo ON environment.branding (logo) WHERE logo IS NOT NULL;

-- What all contact centres inherit. The version of the global settings covers it.
CREATE TABLE environment.global_branding (
  location environment.location PRIMARY KEY,
  settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  logo text REFERENCES environment.images,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX global_branding_logo ON environment.global_branding (logo) WHERE logo IS NOT NULL;

-- Pictures of the clients of Auth API. A client has a second one while its registration is not stored yet.
CREATE TABLE environment.client_logos (
  client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 255),
  logo text NOT NULL REFERENCES environment.images,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client_id, logo)
);
CREATE INDEX client_logos_logo ON environment.client_logos (logo);

-- Down Migration
DROP TABLE environment.client_logos;
DROP TABLE environment.global_branding;
DROP TABLE environment.branding;
DROP TABLE environment.images;
