/** Defines an API key of a contact centre, and issues keys. The key itself is not stored, only its digest. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto/secrets';

export interface ApiKey {
  id: string;
  contactCenterId: string;
  name: string;
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

const shape = /^gk_[A-Za-z0-9_-]{43}$/;
const prefixLength = 11;

/** A key has 256 random bits. */
export function issueKey(): IssuedKey {
  const key = `gk_${randomToken(32)}`;
  return { key, prefix: key.slice(0, prefixLength), digest: sha256(key) };
}

/** The digest that a presented key is looked up by; undefined for a malformed key. */
export function digestOf(key: string): string | undefined {
  return shape.test(key) ? sha256(key) : undefined;
}

/** The fields that the audit trail compares. */
export function auditedFields({ name, prefix, validFrom, expiresAt, previousUntil }: ApiKey) {
  return { name, prefix, validFrom, expiresAt, previousUntil };
}
