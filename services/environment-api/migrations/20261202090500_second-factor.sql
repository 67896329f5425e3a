-- Which proofs the people of a contact centre need, and since when they need more. Those that exist, and those that the release before
-- adds, need a password alone. Only additions; a constant default rewrites no row, so nobody waits.

-- Up Migration

ALTER TABLE environment.contact_centers
  ADD COLUMN second_factor jsonb NOT NULL DEFAULT '{"mode": "off", "allowedFactors": ["passkey", "totp"], "federated": "trustUpstream",
    "syncedPasskeys": "allowed", "attestation": "none", "passkeyModels": [], "hints": [], "enrolmentGraceDays": 14, "rememberDays": 0,
    "reauthenticateHours": 0, "graceHours": 24, "requiredRoles": [], "phishingResistantRoles": []}'
    CHECK (jsonb_typeof(second_factor) = 'object' AND second_factor ? 'mode'),
  ADD COLUMN second_factor_raised_at timestamptz;

-- Down Migration

ALTER TABLE environment.contact_centers DROP COLUMN second_factor_raised_at, DROP COLUMN second_factor;
