/** Public keys of a client on the wire: a key set by value (RFC 7517), or the address of one. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';

const text = z.string().min(1).max(4096);
const shortestRsaBits = 2048;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Members beyond these are not kept. */
const publicKeyMembers = {
  kty: z.enum(['RSA', 'EC', 'OKP'], 'must be RSA, EC or OKP'),
  kid: text.max(256).optional(),
  alg: text.max(32).optional(),
  use: z.literal('sig', 'must be sig').optional(),
  n: text.optional(),
  e: text.optional(),
  crv: text.optional(),
  x: text.optional(),
  y: text.optional(),
};

export const publicKeySchema = z.object(publicKeyMembers);

const registeredKey = z
  .looseObject(publicKeyMembers)
  .superRefine((jwk, context) => {
    const problem = problemOf(jwk);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .transform((jwk) => publicKeySchema.parse(jwk));

/** `null` takes the value away again. */
export const keySourceFields = {
  jwks: z.object({ keys: z.array(registeredKey).min(1).max(20) }).nullable(),
  jwksUri: z.string().max(2048).nullable(),
};

function problemOf(jwk: Record<string, unknown>): string | undefined {
  if (privateMembers.some((member) => member in jwk))
    return 'must hold public members only: never send a private key';
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < shortestRsaBits) return `must have at least ${shortestRsaBits} bits`;
    return undefined;
  } catch {
    return 'is no public key in the form of RFC 7517';
  }
}
