/** Makes the answer about a token a signed JWT, encrypted where the caller wants it (RFC 9701). */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { EncryptFor } from '../../core/assertions/encryption.ts';
import type { Signer } from '../../keys/signing-keys/signer.ts';
import { type Client, defaultAlgorithmFor } from '../../registry/clients/client.ts';

export const introspectionMediaType = 'application/token-introspection+jwt';

export interface IntrospectionJwtOptions {
  issuer: string;
  /** The audience of the operator, who is no client. */
  opsUsername: string;
  signer: Pick<Signer, 'sign'>;
  encryptFor: EncryptFor;
  now: Clock;
}

export type IntrospectionJwt = ReturnType<typeof createIntrospectionJwt>;

export function createIntrospectionJwt({
  issuer,
  opsUsername,
  signer,
  encryptFor,
  now,
}: IntrospectionJwtOptions) {
  /** @param caller undefined: the operator. @param answer JSON text. @throws AppError (400, 503) */
  return async (caller: Client | undefined, answer: string): Promise<string> => {
    // Section 5: no sub and no exp outside, and a type of its own, so that it passes for no other token.
    const claims = {
      iss: issuer,
      aud: caller?.clientId ?? opsUsername,
      iat: Math.floor(now() / 1000),
      token_introspection: JSON.parse(answer),
    };
    const algorithm = caller && (caller.introspectionSignedResponseAlg ?? defaultAlgorithmFor(caller));
    const jwt = await signer.sign(claims, { typ: 'token-introspection+jwt' }, algorithm);
    if (caller === undefined) return jwt;
    const { introspectionEncryptedResponseAlg: alg, introspectionEncryptedResponseEnc: enc } = caller;
    return encryptFor(caller, { alg, enc }, jwt);
  };
}

/** Whether the caller names the type: ranges of types get JSON, as before. */
export function asksForJwt(accept = ''): boolean {
  const ranges = accept.toLowerCase();
  if (!ranges.includes(introspectionMediaType)) return false;
  return ranges.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    return type === introspectionMediaType && !parameters.some((one) => /^q=0(?:\.0*)?$/.test(one));
  });
}
