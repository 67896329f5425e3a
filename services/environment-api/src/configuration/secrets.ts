/** Tells whether a secret of a document is the stored one. */
import { createPrivateKey } from 'node:crypto';
import {
  bindPasswordPlace,
  clientSecretPlace,
  passwordPlace,
  rootLocation,
  tlsKeyPlace,
} from '@gatehouse/contracts/environment-api';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { centerOf } from './center-of.ts';
import type { GivenSecrets, Thing } from './thing.ts';

export function sortSecrets(
  secretBox: SecretBox,
  present: Thing | undefined,
  given: Readonly<Record<string, string>>,
): GivenSecrets {
  const same: Record<string, string> = {};
  const changed: Record<string, string> = {};
  for (const [field, value] of Object.entries(given))
    (present !== undefined && isStored(secretBox, present, field, value) ? same : changed)[field] = value;
  return { same, changed };
}

function isStored(secretBox: SecretBox, thing: Thing, field: string, value: string): boolean {
  const envelope = thing.secrets[field];
  if (envelope === undefined) return false;
  const stored = secretBox.open(envelope, placeOf(thing, field)).toString('utf8');
  return stored === value || (field === 'tls.mutual.key' && isSameKey(stored, value));
}

/** A key is stored in one form, whatever the form of the given one. */
function isSameKey(stored: string, value: string): boolean {
  try {
    return createPrivateKey(stored).equals(createPrivateKey(value));
  } catch {
    return false;
  }
}

function placeOf(thing: Thing, field: string): SecretPlace {
  switch (field) {
    case 'password':
      return passwordPlace(thing.id);
    case 'ldap.bindPassword':
      return bindPasswordPlace(thing.id);
    case 'tls.mutual.key':
      return tlsKeyPlace(thing.id);
    case 'clientSecret':
      return clientSecretPlace(centerOf(thing), thing.metadata.location ?? rootLocation);
    default:
      throw new Error(`${thing.kind} has no secret ${field}`);
  }
}
