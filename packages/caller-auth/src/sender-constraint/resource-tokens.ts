/** Checks access tokens that callers present: a bound token counts only with its proof or certificate. */

import { type CorsCaller, nameCorsCaller } from '@gatehouse/service-kit/http';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import { hasScheme, parseBearerToken, parseDpopToken } from '../credentials/basic-auth.ts';
import {
  insufficientScope,
  invalidRequest,
  invalidToken,
  missingToken,
  OAuthError,
} from '../oauth-errors/oauth-error.ts';
import type { ClientCertificates } from './client-certificates.ts';
import type { Confirmation } from './confirmation.ts';
import { type DpopProof, type DpopProofs, DpopRefusal, dpopAlgorithms } from './dpop-proof.ts';
import type { SenderRequest } from './sender.ts';

export type ResourceTokens<Token> = ReturnType<typeof createResourceTokens<Token>>;

interface ResourceTokensOptions<Token> {
  /** Resolves undefined when the text is no live access token. */
  read(accessToken: string): Promise<Token | undefined>;
  confirmationOf(token: Token): Confirmation | undefined;
  /** Whether the token may be used at our own APIs, and not only at those of the clients that its audience names. */
  isForUs(token: Token): boolean;
  /** Whether it gives nothing but its authorization details (RFC 9396), whose types our own APIs do not know. */
  hasOnlyDetails(token: Token): boolean;
  /** The owner of the data in the answer to the bearer. */
  callerOf(token: Token): CorsCaller;
  proofs: DpopProofs;
  certificates: Pick<ClientCertificates, 'thumbprintOf'>;
  singleUse: SingleUse;
}

type Scheme = 'bearer' | 'dpop';

export function createResourceTokens<Token>(options: ResourceTokensOptions<Token>) {
  const { read, confirmationOf, isForUs, hasOnlyDetails, callerOf, proofs, certificates, singleUse } =
    options;

  async function requireProof(request: SenderRequest, token: string): Promise<DpopProof> {
    const proof = request.headers['dpop'];
    if (proof === undefined)
      throw refusedProof('invalid_dpop_proof', 'The header DPoP with a proof is missing');
    try {
      return await proofs.verify(String(proof), request, token);
    } catch (error) {
      if (error instanceof DpopRefusal) throw refusedProof(error.error, error.message, error.nonce);
      throw error;
    }
  }

  async function requireBoundToken(request: SenderRequest, token: string): Promise<Token> {
    const proof = await requireProof(request, token);
    const stored = await read(token);
    if (stored === undefined) throw refusedToken('dpop');
    if (confirmationOf(stored)?.jkt !== proof.jkt)
      throw refusedToken('dpop', 'it is not bound to the key of the proof');
    if (!(await singleUse.take('proof', [proof.jkt, proof.jti], proof.untilMs))) {
      throw refusedProof('invalid_dpop_proof', 'The DPoP proof is refused: its jti was used before');
    }
    return stored;
  }

  async function requireBearerToken(token: string): Promise<Token> {
    const stored = await read(token);
    if (stored === undefined) throw refusedToken('bearer');
    checkBearer(confirmationOf(stored));
    return stored;
  }

  async function requireToken(request: SenderRequest, formToken?: string): Promise<Token> {
    const { scheme, token } = readAccessToken(request, formToken);
    const stored = await (scheme === 'dpop' ? requireBoundToken(request, token) : requireBearerToken(token));
    // RFC 8705 section 3: a thief of the token does not have the certificate.
    const certificate = confirmationOf(stored)?.['x5t#S256'];
    if (certificate !== undefined && certificate !== certificates.thumbprintOf(request)) {
      throw refusedToken(scheme, 'it is bound to another TLS client certificate');
    }
    // RFC 9068 section 4: whoever got it as a resource server could use it here in the name of the user.
    if (!isForUs(stored)) throw refusedToken(scheme, 'its audience is another client');
    nameCorsCaller(request, callerOf(stored));
    if (hasOnlyDetails(stored))
      throw insufficientScope('The token has no scope: it is for what its authorization_details name');
    return stored;
  }

  return {
    /**
     * Resolves the token of the Authorization header, if the sender of this request may use it.
     * @throws OAuthError (401) unauthorized without a token, invalid_token, invalid_dpop_proof, use_dpop_nonce, (403)
     * insufficient_scope; AppError (503)
     */
    require: requireToken,
    /** The token of a request that `require` let in, as it is now. A proof is good once, and is not asked for again. @throws OAuthError (401); AppError (503) */
    async again(request: SenderRequest): Promise<Token> {
      const { scheme, token } = readAccessToken(request);
      const stored = await read(token);
      if (stored === undefined) throw refusedToken(scheme);
      return stored;
    },
    /** Resolves undefined without a usable token. @throws OAuthError (401) invalid_dpop_proof, use_dpop_nonce, (403) insufficient_scope; AppError (503) */
    async find(request: SenderRequest): Promise<Token | undefined> {
      try {
        return await requireToken(request);
      } catch (error) {
        if (error instanceof OAuthError && ['invalid_token', 'unauthorized'].includes(error.name))
          return undefined;
        throw error;
      }
    },
  };
}

/** RFC 9449 section 7.2: refuses a token that is bound to a key and presented as a bearer token. */
function checkBearer(cnf: Confirmation | undefined): void {
  if (cnf?.jkt !== undefined)
    throw refusedToken('dpop', 'it is bound to a key and was sent as a bearer token');
}

/** Reads the token that a request presents, without verifying it. @throws OAuthError (401) */
export function readAccessToken(
  request: SenderRequest,
  formToken?: string,
): { scheme: Scheme; token: string } {
  const { authorization } = request.headers;
  const header = typeof authorization === 'string' ? authorization : undefined;
  if (header !== undefined && formToken !== undefined) {
    throw invalidRequest('Send the access token once: in the Authorization header or in the form');
  }
  if (formToken !== undefined) return { scheme: 'bearer', token: formToken };
  if (header === undefined) throw missingToken();
  const scheme = hasScheme(header, 'dpop') ? 'dpop' : 'bearer';
  const token = scheme === 'dpop' ? parseDpopToken(header) : parseBearerToken(header);
  if (token === undefined) throw refusedToken(scheme, 'the Authorization header is neither Bearer nor DPoP');
  return { scheme, token };
}

function refusedToken(scheme: Scheme, detail?: string): OAuthError {
  if (scheme === 'bearer') return invalidToken({ detail });
  return invalidToken({ detail, challenge: challenge('invalid_token') });
}

/** RFC 9449 section 7.1: answers with the challenge DPoP. */
function refusedProof(error: DpopRefusal['error'], description: string, dpopNonce?: string): OAuthError {
  return new OAuthError(error, 401, description, { challenge: challenge(error), dpopNonce });
}

function challenge(error: string): string {
  return `DPoP realm="gatehouse", error="${error}", algs="${dpopAlgorithms.join(' ')}"`;
}
