/** One-way storage of passwords: scrypt, and a cheap hash for load tests that must not measure scrypt. */
import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export type HashAlgorithm = 'scrypt' | 'test';

export const storedPasswordSchema = z.object({
  algorithm: z.enum(['scrypt', 'test']),
  /** Base64. */
  salt: z.string(),
  hash: z.string(),
});

export type StoredPassword = z.infer<typeof storedPasswordSchema>;

/** RFC 7914; 16 MiB and tens of milliseconds a hash. */
const cost = { N: 16_384, r: 8, p: 1 };
const hashBytes = 32;
const saltBytes = 16;

export async function hashPassword(password: string, algorithm: HashAlgorithm): Promise<StoredPassword> {
  const salt = randomBytes(saltBytes);
  const derived = await derive(password, salt, algorithm);
  return { algorithm, salt: salt.toString('base64'), hash: derived.toString('base64') };
}

/** Compares in constant time; passwords are byte-exact, without normalisation. */
export async function passwordMatches(password: string, stored: StoredPassword): Promise<boolean> {
  const actual = await derive(password, Buffer.from(stored.salt, 'base64'), stored.algorithm);
  const expected = Buffer.from(stored.hash, 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function derive(password: string, salt: Buffer, algorithm: HashAlgorithm): Promise<Buffer> {
  if (algorithm === 'test') {
    return Promise.resolve(hash('sha256', Buffer.concat([salt, Buffer.from(password, 'utf8')]), 'buffer'));
  }
  return new Promise((resolve, reject) => {
    scrypt(Buffer.from(password, 'utf8'), salt, hashBytes, cost, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
}
