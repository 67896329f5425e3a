/** Verifies DPoP proofs (RFC 9449 section 4.3): JWTs that a client signs for one request with its own key. */
import { KeyObject } from 'node:crypto';
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256, weaknessOf } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import { calculateJwkThumbprint, decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { type DpopNonces, nonceLifeMs } from './dpop-nonces.ts';
import type { SenderRequest } from './sender.ts';

/** The algorithms that FAPI 2.0 section 5.4 allows. */
export const dpopAlgorithms = ['ES256', 'PS256', 'EdDSA', 'Ed25519'];

/** Thrown for a request without a valid proof. The message may be shown, because it repeats nothing of the request. */
export class DpopRefusal extends Error {
  readonly error: 'invalid_dpop_proof' | 'use_dpop_nonce';
  /** The nonce that the next proof must carry. */
  readonly nonce: string | undefined;

  constructor(error: DpopRefusal['error'], message: string, nonce?: string) {
    super(message);
    this.error = error;
    this.nonce = nonce;
  }
}

export interface DpopProof {
  /** Thumbprint of the key (RFC 7638). */
  jkt: string;
  jti: string;
  /** Time from which the proof is refused for its age, so that its `jti` needs no record any more. */
  untilMs: number;
}

export type DpopProofs = ReturnType<typeof createDpopProofs>;

interface DpopProofsOptions {
  /** Public origins of this service, from the configuration and never from a Host header. */
  origins: readonly string[];
  nonces: DpopNonces;
  now: Clock;
}

/** FAPI 2.0 section 5.3.2.1: 10 s in the future are accepted, 60 s are not. */
const clockSkewSeconds = 30;
const maxAgeSeconds = 60;
const maxProofLength = 8192;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

interface ProofKey {
  jkt: string;
  key: Awaited<ReturnType<typeof importJWK>>;
}

export function createDpopProofs({ origins, nonces, now }: DpopProofsOptions) {
  // A client signs many proofs with one key.
  const keys = new LRUCache<string, ProofKey>({ max: 1000 });

  async function keyOf(jwk: unknown, alg: string): Promise<ProofKey> {
    const name = `${alg} ${JSON.stringify(jwk)}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const publicKey = publicPart(jwk);
    const key = await importJWK(publicKey, alg);
    const weakness =
      key instanceof CryptoKey ? weaknessOf(KeyObject.from(key), { isOfRequest: true }) : 'is no public key';
    if (weakness !== undefined) throw refused(`its key ${weakness}`);
    const made = { key, jkt: await calculateJwkThumbprint(publicKey) };
    keys.set(name, made);
    return made;
  }

  async function verify(proof: string, request: SenderRequest, accessToken?: string): Promise<DpopProof> {
    if (origins.length === 0) throw refused('this server is not told the addresses that proofs are made for');
    if (proof.length > maxProofLength) throw refused('it is too long');
    const { jwk, alg, typ } = decodeProtectedHeader(proof);
    if (typ !== 'dpop+jwt') throw refused('its typ is not dpop+jwt');
    if (alg === undefined || !dpopAlgorithms.includes(alg)) {
      throw refused(`its alg is not one of ${dpopAlgorithms.join(', ')}`);
    }
    const { key, jkt } = await keyOf(jwk, alg);
    const { payload } = await jwtVerify(proof, key, {
      algorithms: [alg],
      currentDate: new Date(now()),
      clockTolerance: clockSkewSeconds,
    });
    const { jti, iat, htm, htu, ath, nonce } = payload;
    if (typeof jti !== 'string' || jti === '' || jti.length > 256)
      throw refused('its jti is missing or too long');
    if (htm !== request.method) throw refused('its htm is not the method of the request');
    if (!isAddressOf(htu, request)) throw refused('its htu is not the address of the request');
    if (accessToken !== undefined && ath !== sha256(accessToken))
      throw refused('its ath is not the hash of the token');
    return { jkt, jti, untilMs: checkTime(iat, nonce) };
  }

  /** RFC 9449 section 11.1: a nonce shows the age of a proof by the clock of the server; without one, `iat` of the client counts. */
  function checkTime(iat: number | undefined, nonce: unknown): number {
    if (typeof iat !== 'number') throw refused('its iat is missing');
    if (nonce !== undefined) {
      if (typeof nonce === 'string' && nonces.isValid(nonce)) return now() + nonceLifeMs;
      throw wantsNonce('The nonce of the DPoP proof is not one of this server, or too old');
    }
    if (nonces.isRequired) throw wantsNonce('The DPoP proof needs the nonce of the header DPoP-Nonce');
    const ageSeconds = now() / 1000 - iat;
    if (ageSeconds < -clockSkewSeconds) throw refused('its iat is in the future');
    if (ageSeconds > maxAgeSeconds + clockSkewSeconds) throw refused('its iat is too long ago');
    return (iat + maxAgeSeconds + clockSkewSeconds) * 1000;
  }

  const wantsNonce = (message: string) => new DpopRefusal('use_dpop_nonce', message, nonces.current());

  /** RFC 9449 section 4.3: ignores query and fragment, and normalises the address (RFC 3986 section 6.2.2). */
  function isAddressOf(htu: unknown, request: SenderRequest): boolean {
    if (typeof htu !== 'string' || htu.length > 2048) return false;
    const named = URL.parse(htu);
    if (named === null || named.username !== '' || named.password !== '') return false;
    return origins.some((origin) => {
      // Put together and not resolved: a target with a host of its own would replace the origin.
      const real = URL.parse(`${origin}${request.url}`);
      return real?.origin === named.origin && real.pathname === named.pathname;
    });
  }

  return {
    nonces,
    /**
     * Verifies the value of the header DPoP. With an access token, the proof must be made for that token.
     * The caller must check that the proof is used only once.
     * @throws DpopRefusal
     */
    verify: (proof: string, request: SenderRequest, accessToken?: string) =>
      verify(proof, request, accessToken).catch(explain),
  };
}

/** Sends the next nonce with every answer to a proof (RFC 9449 section 8.2), which saves the client a refused request. */
export function advertiseNonces(scope: App, { dpopProofs }: { dpopProofs: DpopProofs }): void {
  const { nonces } = dpopProofs;
  if (!nonces.isRequired) return;
  scope.addHook('onRequest', (request, reply, done) => {
    if (request.headers['dpop'] !== undefined) reply.header('dpop-nonce', nonces.current());
    done();
  });
}

function refused(reason: string): DpopRefusal {
  return new DpopRefusal('invalid_dpop_proof', `The DPoP proof is refused: ${reason}`);
}

function publicPart(jwk: unknown): JWK {
  if (typeof jwk !== 'object' || jwk === null) throw refused('its header has no jwk');
  if (privateMembers.some((member) => member in jwk)) throw refused('its jwk holds a private key');
  const { kty, n, e, crv, x, y } = jwk as JWK;
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y })) as JWK;
}

/** Turns the errors of jose into refusals; it throws TypeError and DOMException too for malformed input. */
function explain(error: unknown): never {
  if (error instanceof DpopRefusal) throw error;
  if (error instanceof errors.JWSSignatureVerificationFailed) throw refused('its signature does not verify');
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    throw refused('its exp or nbf does not allow it now');
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
    throw refused('it is no JWT that can be verified by the jwk of its header');
  }
  throw error;
}
