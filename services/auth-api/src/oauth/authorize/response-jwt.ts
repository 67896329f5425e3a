/** Makes the answer to an authorization request one signed JWT, encrypted where the client wants it (JARM section 2). */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { EncryptFor } from '../../core/assertions/encryption.ts';
import type { Signer } from '../../keys/signing-keys/signer.ts';
import { type Client, defaultAlgorithmFor } from '../../registry/clients/client.ts';

export interface ResponseJwtOptions {
  signer: Pick<Signer, 'sign'>;
  encryptFor: EncryptFor;
  now: Clock;
}

/** Section 2.1 recommends at most ten minutes; a browser needs seconds. */
const lifeSeconds = 120;
/** Libraries refuse other types than that of RFC 7519. Without `sub` it cannot pass for an ID token. */
const responseKind = { typ: 'JWT' };

export type ResponseJwt = ReturnType<typeof createResponseJwt>;

export function createResponseJwt({ signer, encryptFor, now }: ResponseJwtOptions) {
  /** Section 2.1: `aud` and `exp` beside the parameters, whose `iss` is the issuer. @throws AppError (400, 503) */
  return async (client: Client, fields: Record<string, string>): Promise<string> => {
    const claims = { ...fields, aud: client.clientId, exp: Math.floor(now() / 1000) + lifeSeconds };
    const algorithm = client.authorizationSignedResponseAlg ?? defaultAlgorithmFor(client);
    const jwt = await signer.sign(claims, responseKind, algorithm);
    const { authorizationEncryptedResponseAlg: alg, authorizationEncryptedResponseEnc: enc } = client;
    return encryptFor(client, { alg, enc }, jwt);
  };
}
