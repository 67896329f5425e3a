/** Hashes passwords with scrypt, or with a cheap hash for load tests that must not measure scrypt. */
import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export type HashAlgorithm = 'scrypt' | 'test';

export const storedPasswordSchema = z.object({
  algorithm: z.enum(['scrypt', 'test']),
  /** Base64, as the hash. */
  salt: z.string(),
  hash: z.string(),
});

export type StoredPassword = z.infer<typeof storedPasswordSchema>;

/** RFC 7914: 16 MiB and tens of milliseconds per hash. */
const cost = { N: 16_384, r: 8, p: 1 };
const hashBytes = 32;
const saltBytes = 16;

export async function hashPassword(password: string, algorithm: HashAlgorithm): Promise<StoredPassword> {
  const salt = randomBytes(saltBytes).toString('base64');
  return { algorithm, salt, hash: await derive(password, salt, algorithm) };
}

/** Matches no password; checking it takes as long as checking any other (dummy verification). */
export function unmatchedPassword(algorithm: HashAlgorithm): StoredPassword {
  const random = (bytes: number) => randomBytes(bytes).toString('base64');
  return { algorithm, salt: random(saltBytes), hash: random(hashBytes) };
}

/** Compares in constant time; passwords are byte-exact, without normalisation. */
export async function passwordMatches(password: string, stored: StoredPassword): Promise<boolean> {
  const actual = Buffer.from(await derive(password, stored.salt, stored.algorithm));
  const expected = Buffer.from(stored.hash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function derive(password: string, salt: string, algorithm: HashAlgorithm): Promise<string> {
  if (algorithm === 'test') return Promise.resolve(hash('sha256', `${salt}${password}`, 'base64'));
  return new Promise((resolve, reject) => {
    scrypt(Buffer.from(password), Buffer.from(salt, 'base64'), hashBytes, cost, (error, derived) => {
      if (error === null) resolve(derived.toString('base64'));
      else reject(error);
    });
  });
}
