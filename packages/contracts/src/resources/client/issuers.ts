/** Makes the schemas of keys, and of issuers whose assertions a client may use, from the check of one key or certificate. */
import { z } from 'zod';
import { userLookupSchema } from '../../environment-api/single-sign-on.ts';
import { contactCenterIdSchema } from '../../values/scalar.ts';
import { anyJson, freeText, label } from '../../values/text.ts';

const text = freeText(4096).min(1);

/** Public members of a key (RFC 7517): others are not kept. */
export const publicKeySchema = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP'], 'must be RSA, EC or OKP'),
  kid: text.max(256).optional(),
  alg: text.max(32).optional(),
  use: z.enum(['sig', 'enc'], 'must be sig or enc').optional(),
  n: text.optional(),
  e: text.optional(),
  crv: text.optional(),
  x: text.optional(),
  y: text.optional(),
});

/** A key as it is sent. */
export const anyPublicKey = publicKeySchema.catchall(anyJson());

export const keySetOf = <K extends z.ZodType>(key: K) => z.object({ keys: z.array(key).min(1).max(20) });

export const keysAddress = freeText(2048);

const contactCenterIds = z.array(contactCenterIdSchema).min(1).max(1000);

/** Issuers of JWTs with their keys (RFC 7523 section 2.1). */
export const jwtIssuersOf = <K extends z.ZodType>(key: K) =>
  z.strictObject({
    issuers: z
      .array(
        z
          .strictObject({
            issuer: label(512),
            audience: label(512).optional(),
            jwks: keySetOf(key).optional(),
            jwksUri: keysAddress.optional(),
            subjectClaim: label(128).optional(),
            userLookup: userLookupSchema.optional(),
            contactCenterIds: contactCenterIds.optional(),
          })
          .refine(({ jwks, jwksUri }) => jwks === undefined || jwksUri === undefined, {
            message: 'takes jwks or jwksUri, not both',
          }),
      )
      .max(20)
      .refine(isEachOnce, { message: 'names an issuer twice' }),
  });

/** Identity providers with their certificates (RFC 7522). */
export const samlIssuersOf = <C extends z.ZodType<string>>(certificate: C) =>
  z.strictObject({
    issuers: z
      .array(
        z.strictObject({
          issuer: label(1024),
          certificates: z.array(certificate).min(1).max(5),
          audience: label(1024).optional(),
          userNameAttribute: label(512).optional(),
          userLookup: userLookupSchema.optional(),
          contactCenterIds: contactCenterIds.optional(),
        }),
      )
      .max(20)
      .refine(isEachOnce, { message: 'names an issuer twice; an issuer may have several certificates' }),
  });

function isEachOnce(issuers: readonly { issuer: string }[]): boolean {
  return new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length;
}
