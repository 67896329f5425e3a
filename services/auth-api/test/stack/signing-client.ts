/** An application that proves itself by a key of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { publicUrl } from './auth-api.ts';

export const issuer = `${publicUrl}/auth/v3`;
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface ClientKey {
  alg: string;
  publicJwk: JWK;
  privateKey: CryptoKey;
  /** `header` members that are undefined are left out. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function createClientKey(alg = 'ES256', kid = randomToken(8)): Promise<ClientKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    alg,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    privateKey,
    sign: (claims, header = {}) => {
      const members = Object.entries({ alg, kid, ...header }).filter(([, value]) => value !== undefined);
      return new SignJWT(claims as JWTPayload)
        .setProtectedHeader(Object.fromEntries(members) as { alg: string })
        .sign(privateKey);
    },
  };
}

/** Claims of a good client assertion, a moment old, with a `jti` of their own. */
export function assertionClaims(clientId: string, changes: Record<string, unknown> = {}, nowMs = Date.now()) {
  const nowSeconds = Math.floor(nowMs / 1000);
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: issuer,
    jti: randomToken(16),
    iat: nowSeconds,
    exp: nowSeconds + 60,
    ...changes,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** The form fields of private_key_jwt. */
export async function assertedBy(
  key: ClientKey,
  clientId: string,
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<{ client_assertion_type: string; client_assertion: string }> {
  return {
    client_assertion_type: clientAssertionType,
    client_assertion: await key.sign(assertionClaims(clientId, changes), header),
  };
}

export interface KeyServer {
  url: string;
  /** What the next reader gets. */
  serve(answer: { status?: number; keys?: JWK[]; type?: string }): void;
  /** How often somebody read. */
  reads(): number;
  close(): void;
}

/** The address that a client registers as its jwksUri. */
export async function startKeyServer(): Promise<KeyServer> {
  let answer: Parameters<KeyServer['serve']>[0] = {};
  let reads = 0;
  const server = createServer((_request, response) => {
    reads += 1;
    const { status = 200, keys = [], type = 'application/json' } = answer;
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    serve: (next) => {
      answer = next;
    },
    reads: () => reads,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface DecryptionKey {
  publicJwk: JWK;
  privateKey: CryptoKey;
}

/** The key to which answers are encrypted. */
export async function createDecryptionKey(alg = 'ECDH-ES', kid = randomToken(8)): Promise<DecryptionKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'enc' }, privateKey };
}
