/** Validates the identity providers whose SAML assertions a client may turn into tokens (RFC 7522). */
import { X509Certificate } from 'node:crypto';
import { userLookupSchema } from '@gatehouse/contracts/environment-api/single-sign-on';
import { freeText, label } from '@gatehouse/contracts/text';
import { weaknessOfCertificate } from '@gatehouse/service-kit/crypto/key-strength';
import { z } from 'zod';

const certificate = freeText(8192).superRefine((text, context) => {
  const problem = problemOf(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const samlIssuer = z.strictObject({
  issuer: label(1024),
  certificates: z.array(certificate).min(1).max(5),
  audience: label(1024).optional(),
  userNameAttribute: label(512).optional(),
  userLookup: userLookupSchema.optional(),
  contactCenterIds: z.array(label(128)).min(1).max(1000).optional(),
});

export const samlBearerSchema = z.strictObject({
  issuers: z
    .array(samlIssuer)
    .max(20)
    .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, {
      message: 'names an issuer twice; an issuer may have several certificates',
    }),
});

function problemOf(pem: string): string | undefined {
  try {
    // Small exponents are refused where the certificate is a new one of its client.
    const weakness = weaknessOfCertificate(new X509Certificate(pem), { keepsSmallExponents: true });
    return weakness && `its key ${weakness}`;
  } catch {
    return 'is no certificate in PEM: paste it with its BEGIN CERTIFICATE and END CERTIFICATE lines';
  }
}
