/** Defines an API key of a contact centre, and issues keys. The key itself is not stored, only its digest. */
import type { ApiKeyPurpose } from '@gatehouse/contracts/environment-administration';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';

export interface ApiKey {
  id: string;
  contactCenterId: string;
  name: string;
  purpose: ApiKeyPurpose;
  /** The first characters of the key. */
  prefix: string;
  /** ISO 8601, UTC. */
  validFrom: string;
  /** ISO 8601, UTC; absent: it does not expire. */
  expiresAt?: string;
  createdAt: string;
  rotatedAt?: string;
  /** First characters of the key before the last rotation, and until when that key works. */
  previousPrefix?: string;
  previousUntil?: string;
  /** To the minute. */
  lastUsedAt?: string;
}

/** A new key. */
export interface IssuedKey {
  /** Answered once and not stored. */
  key: string;
  prefix: string;
  digest: string;
}

const beginnings: Record<ApiKeyPurpose, string> = { api: 'gk_', scim: 'gs_' };
const shape = /^(gk|gs)_[A-Za-z0-9_-]{43}$/;
const prefixLength = 11;

/** A key has 256 random bits. */
export function issueKey(purpose: ApiKeyPurpose): IssuedKey {
  const key = `${beginnings[purpose]}${randomToken(32)}`;
  return { key, prefix: key.slice(0, prefixLength), digest: digestFor(purpose, key) };
}

/** The digest that a presented key is looked up by; undefined for a malformed key and one of another purpose. */
export function digestOf(key: string, purpose: ApiKeyPurpose): string | undefined {
  return shape.test(key) && key.startsWith(beginnings[purpose]) ? digestFor(purpose, key) : undefined;
}

/** Whether a text has the form of a key for SCIM, which no access token has. */
export function isScimKey(text: string): boolean {
  return digestOf(text, 'scim') !== undefined;
}

/** Each purpose has digests of its own: no look-up for one finds a key of the other. */
function digestFor(purpose: ApiKeyPurpose, key: string): string {
  return sha256(purpose === 'api' ? key : `${purpose} ${key}`);
}

/** The fields that the audit trail compares. */
export function auditedFields({ name, purpose, prefix, validFrom, expiresAt, previousUntil }: ApiKey) {
  return { name, purpose, prefix, validFrom, expiresAt, previousUntil };
}
