/** Hashes and compares secrets that people chose: by argon2id or bcrypt. Generated ones are stored as a digest. */
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { hash as argon2, verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

/** `sha256:` for a generated secret, argon2id or bcrypt for a chosen one. */
export interface StoredSecret {
  hash: string;
  /** Set on the replaced secret after a rotation: it is refused from this time. */
  expiresAtMs?: number;
  /** A digest of a secret that a person chose: it can be guessed, so failures count against the right one too. */
  isChosen?: boolean;
}

const argon2Shape = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{32,}$/;
const bcryptShape = /^(?:\{bcrypt\})?(\$2[abxy]\$(\d{2})\$[./A-Za-z0-9]{53})$/;
const maxMemoryKib = 65_536;
const maxPasses = 10;
const maxBcryptCost = 14;

/** argon2id with 19 MiB and two passes. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Takes tens of milliseconds on a thread of the pool. */
export function hashSlowly(secret: string): Promise<string> {
  return argon2(secret, cost);
}

/** A hash that no secret is known for. To compare with it costs as much as with one of `hashSlowly`, to make it nothing. */
export function hashOfNothing(): string {
  const { memoryCost, timeCost, parallelism } = cost;
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(32)}`;
}

/** Tells whether a text is an argon2id hash, or a bcrypt hash with or without `{bcrypt}`. */
export function isSlowHash(text: string): boolean {
  return text.startsWith('$argon2id$') ? argon2Shape.test(text) : bcryptShape.test(text);
}

/** Tells whether a text looks like a hash but cannot be verified: it is truncated, or of an unknown kind. */
export function isBrokenHash(text: string): boolean {
  return (
    /^(?:\{(?:bcrypt|argon2|pbkdf2|scrypt|sha256)\}|\$(?:argon2|2[abxy]\$))/i.test(text) && !isSlowHash(text)
  );
}

/** Tells whether a hash is so costly that its verification would block the service. */
export function isTooCostly(slowHash: string): boolean {
  const [, memory, passes, lanes] = argon2Shape.exec(slowHash) ?? [];
  if (memory !== undefined) {
    return Number(memory) > maxMemoryKib || Number(passes) > maxPasses || Number(lanes) > 4;
  }
  return Number(bcryptShape.exec(slowHash)?.[2] ?? 0) > maxBcryptCost;
}

/** Takes tens of milliseconds on a thread of the pool. */
export async function matchesSlowHash(stored: string, secret: string): Promise<boolean> {
  const bcrypt = bcryptShape.exec(stored)?.[1];
  return bcrypt === undefined ? verifyArgon2(stored, secret) : verifyBcrypt(secret, bcrypt);
}
