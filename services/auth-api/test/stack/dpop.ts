/** A sender that signs DPoP proofs (RFC 9449). */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { publicUrl } from './auth-api.ts';
import { type ClientKey, createClientKey } from './signing-client.ts';

export interface DpopKey extends ClientKey {
  jkt: string;
  jwk: JWK;
}

export async function createDpopKey(alg = 'ES256'): Promise<DpopKey> {
  const key = await createClientKey(alg);
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = key.publicJwk;
  return { ...key, jwk, jkt: await calculateJwkThumbprint(jwk) };
}

export async function privateJwkOf(key: DpopKey): Promise<JWK> {
  return exportJWK(key.privateKey);
}

export interface ProofFor {
  method?: string;
  path?: string;
  accessToken?: string;
  nonce?: string | undefined;
  /** Members that are undefined are left out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

/** The header that carries a proof for one request; without a path for the token endpoint. */
export async function provenBy(
  key: DpopKey,
  { method = 'POST', path = '/auth/v3/oauth/token', accessToken, nonce, claims, header }: ProofFor = {},
): Promise<{ dpop: string }> {
  const all = {
    jti: randomToken(16),
    iat: Math.floor(Date.now() / 1000),
    htm: method,
    htu: `${publicUrl}${path}`,
    ath: accessToken === undefined ? undefined : sha256(accessToken),
    nonce,
    ...claims,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { dpop: await key.sign(given, { typ: 'dpop+jwt', kid: undefined, jwk: key.jwk, ...header }) };
}

/** The headers of a request to a resource. */
export async function presentedBy(
  key: DpopKey,
  accessToken: string,
  { path = '/auth/v3/openid/userinfo', method = 'GET', ...proof }: ProofFor = {},
): Promise<{ authorization: string; dpop: string }> {
  return {
    authorization: `DPoP ${accessToken}`,
    ...(await provenBy(key, { path, method, accessToken, ...proof })),
  };
}
