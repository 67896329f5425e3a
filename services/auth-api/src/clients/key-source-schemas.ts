/** Validates the public keys of clients and assertion issuers: a key set by value (RFC 7517), or its address. */

import { publicKeyMembers, publicKeySchema } from '@gatehouse/contracts/auth-api/administration/client-view';
import { userLookupSchema } from '@gatehouse/contracts/environment-api/single-sign-on';
import { anyJson, freeText, label } from '@gatehouse/contracts/text';
import { z } from 'zod';
import { jwkWeakness } from '../assertions/jwk-weakness.ts';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const registeredKey = z
  .object(publicKeyMembers)
  .catchall(anyJson())
  .superRefine((jwk, context) => {
    const problem = problemOf(jwk);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .transform((jwk) => publicKeySchema.parse(jwk));

export const keySourceFields = {
  jwks: z.object({ keys: z.array(registeredKey).min(1).max(20) }),
  jwksUri: freeText(2048),
};

/** An issuer whose assertions the client may use (RFC 7523 section 2.1), with its keys. */
const assertionIssuer = z
  .strictObject({
    issuer: label(512),
    audience: label(512).optional(),
    jwks: keySourceFields.jwks.optional(),
    jwksUri: keySourceFields.jwksUri.optional(),
    subjectClaim: label(128).optional(),
    userLookup: userLookupSchema.optional(),
    contactCenterIds: z.array(label(128)).min(1).max(1000).optional(),
  })
  .refine(({ jwks, jwksUri }) => jwks === undefined || jwksUri === undefined, {
    message: 'takes jwks or jwksUri, not both',
  });

export const jwtBearerSchema = z.strictObject({
  issuers: z
    .array(assertionIssuer)
    .max(20)
    .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, {
      message: 'names an issuer twice',
    }),
});

function problemOf(jwk: Record<string, unknown>): string | undefined {
  if (privateMembers.some((member) => member in jwk))
    return 'must hold public members only: never send a private key';
  // Small exponents are refused where the key is a new one of its client.
  return jwkWeakness(jwk, { keepsSmallExponents: true });
}
