-- A client may require more of its people than their contact centre does.

-- Up Migration

ALTER TABLE auth.clients
  ADD COLUMN minimum_acr text CHECK (minimum_acr IN ('password', 'secondFactor', 'phishingResistant'));

-- Down Migration

ALTER TABLE auth.clients DROP COLUMN minimum_acr;
