/** An API key: which contact centre's it is, and from when until when it works. The key itself is not kept. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';

export interface ApiKey {
  id: string;
  contactCenterId: string;
  name: string;
  /** The first characters of the key. */
  prefix: string;
  /** ISO 8601, UTC. */
  validFrom: string;
  /** Absent: it does not expire. */
  expiresAt?: string;
  createdAt: string;
  rotatedAt?: string;
  /** First characters of the key before the last rotation, and how long it works. */
  previousPrefix?: string;
  previousUntil?: string;
  /** To the minute. */
  lastUsedAt?: string;
}

/** A key that was just made. */
export interface IssuedKey {
  /** Shown once. */
  key: string;
  prefix: string;
  digest: string;
}

const shape = /^gk_[A-Za-z0-9_-]{43}$/;
const prefixLength = 11;

/** 256 random bits. */
export function issueKey(): IssuedKey {
  const key = `gk_${randomToken(32)}`;
  return { key, prefix: key.slice(0, prefixLength), digest: sha256(key) };
}

/** What a presented key is looked up by; undefined when it cannot be one of ours. */
export function digestOf(key: string): string | undefined {
  return shape.test(key) ? sha256(key) : undefined;
}

/** The fields that the audit trail compares. */
export function auditedFields({ name, prefix, validFrom, expiresAt, previousUntil }: ApiKey) {
  return { name, prefix, validFrom, expiresAt, previousUntil };
}
