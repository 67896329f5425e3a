-- What an erasure by us leaves at the event. Without a default: a short lock, nothing is rewritten.

-- Up Migration

ALTER TABLE environment.audit_chain
  -- AES-256-GCM envelope of the personal digest, bound to the place: only who has the key can have erased the person.
  ADD COLUMN erasure_seal text;

-- Down Migration

ALTER TABLE environment.audit_chain DROP COLUMN erasure_seal;
