/** Checks keys and certificates in a registration, beyond what its description says: whether they prove anything. */
import { X509Certificate } from 'node:crypto';
import { checkedBy } from '@gatehouse/contracts/resource';
import {
  anyPublicKey,
  client,
  jwtIssuersOf,
  keySetOf,
  publicKeySchema,
  samlIssuersOf,
} from '@gatehouse/contracts/resources';
import { freeText } from '@gatehouse/contracts/values';
import { weaknessOfCertificate } from '@gatehouse/service-kit/crypto';
import { jwkWeakness } from '../../../core/assertions/jwk-weakness.ts';

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
// Small exponents are refused where the key or certificate is a new one of its client.
const keepsSmallExponents = true;

const publicKey = anyPublicKey
  .superRefine((jwk, context) => {
    const message = keyProblem(jwk);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform((jwk) => publicKeySchema.parse(jwk));

const certificate = freeText(8192).superRefine((text, context) => {
  const message = certificateProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const { jwks, jwtBearer, samlBearer } = client.fields;

/** The description of a client, with these checks. */
export const checkedClient = {
  ...client,
  fields: {
    ...client.fields,
    jwks: checkedBy(jwks, keySetOf(publicKey).optional()),
    jwtBearer: checkedBy(jwtBearer, jwtIssuersOf(publicKey)),
    samlBearer: checkedBy(samlBearer, samlIssuersOf(certificate)),
  },
};

function keyProblem(jwk: Record<string, unknown>): string | undefined {
  if (privateMembers.some((member) => member in jwk))
    return 'must hold public members only: never send a private key';
  return jwkWeakness(jwk, { keepsSmallExponents });
}

function certificateProblem(pem: string): string | undefined {
  try {
    const weakness = weaknessOfCertificate(new X509Certificate(pem), { keepsSmallExponents });
    return weakness && `its key ${weakness}`;
  } catch {
    return 'is no certificate in PEM: paste it with its BEGIN CERTIFICATE and END CERTIFICATE lines';
  }
}
