/** Lists the security events about keys that sign and encrypt. */
import { actor, administered, type CatalogueEntry } from './event-kinds.ts';

const signingKey = { actor, kid: 'which', algorithm: 'RS256, ES256 or EdDSA' };

export const keyEvents = {
  retention_confirmed: {
    when: 'an administrator let a larger part of old rows be deleted than a clock may cause',
    kind: administered('deletion'),
    fields: { actor, deletions: 'which rows, from when to when' },
  },
  signing_key_created: {
    when: 'a signing key was created',
    kind: administered('creation'),
    fields: signingKey,
  },
  signing_key_imported: {
    when: 'a signing key was imported',
    kind: administered('creation'),
    fields: signingKey,
  },
  signing_key_rotated: {
    when: 'another key began to sign',
    kind: administered('change'),
    fields: signingKey,
  },
  signing_key_retired: {
    when: 'a key stopped signing',
    kind: administered('change'),
    fields: signingKey,
  },
  signing_key_removed: {
    when: 'a key was removed from the key set',
    kind: administered('deletion'),
    fields: signingKey,
  },
  sso_key_changed: {
    when: 'a key of single sign-on changed its state',
    kind: administered('change'),
    fields: { actor, purpose: 'signing or encryption', step: 'which' },
  },
} satisfies Record<string, CatalogueEntry>;
