/** The forms in which a secret is stored: a digest for those with 256 random bits, a slow hash for those people chose. */

import { equalDigests, sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';
import { hash as argon2, verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

/** One stored secret: `sha256:` for those we generated, argon2id or bcrypt for those that callers chose. */
export interface StoredSecret {
  hash: string;
  /** Set on the former secret after a rotation: from then on it is refused. */
  expiresAtMs?: number;
}

const digestPrefix = 'sha256:';
const argon2Shape = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{32,}$/;
const bcryptShape = /^(?:\{bcrypt\})?(\$2[abxy]\$(\d{2})\$[./A-Za-z0-9]{53})$/;
const mostMemoryKib = 65_536;
const mostPasses = 10;
const highestBcryptCost = 14;

/** 256 bits, so that a fast digest of it is enough. */
export function generateSecret(): string {
  return randomToken();
}

export function digestSecret(secret: string): string {
  return digestPrefix + sha256(secret);
}

export function isDigest(stored: string): boolean {
  return stored.startsWith(digestPrefix);
}

export function matchesDigest(stored: string, secret: string): boolean {
  return equalDigests(stored, digestSecret(secret));
}

/** argon2id with 19 MiB and two passes. Takes tens of milliseconds on a thread of the pool. */
export function hashSlowly(secret: string): Promise<string> {
  return argon2(secret, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}

/** Whether a text is a hash that may be stored as it is: argon2id, or bcrypt with or without `{bcrypt}`. */
export function isSlowHash(text: string): boolean {
  return text.startsWith('$argon2id$') ? argon2Shape.test(text) : bcryptShape.test(text);
}

/** Written as a hash is, but none that could be checked: cut short, or of a kind that is not known here. */
export function isBrokenHash(text: string): boolean {
  return (
    /^(?:\{(?:bcrypt|argon2|pbkdf2|scrypt|sha256)\}|\$(?:argon2|2[abxy]\$))/i.test(text) && !isSlowHash(text)
  );
}

/** A hash so costly that checking it would be an attack on ourselves. */
export function isTooCostly(slowHash: string): boolean {
  const [, memory, passes, lanes] = argon2Shape.exec(slowHash) ?? [];
  if (memory !== undefined) {
    return Number(memory) > mostMemoryKib || Number(passes) > mostPasses || Number(lanes) > 4;
  }
  return Number(bcryptShape.exec(slowHash)?.[2] ?? 0) > highestBcryptCost;
}

/** Takes tens of milliseconds on a thread of the pool. */
export async function matchesSlowHash(stored: string, secret: string): Promise<boolean> {
  const bcrypt = bcryptShape.exec(stored)?.[1];
  return bcrypt === undefined ? verifyArgon2(stored, secret) : verifyBcrypt(secret, bcrypt);
}
