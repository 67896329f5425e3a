/** Registers the clients that the rows of the bench use. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** Redirect URI of the client that users sign in to. */
export const loginRedirectUri = 'http://localhost/bench';

export interface BenchSigner {
  issuer: string;
  kid: string;
  privateKey: KeyObject;
  publicJwk: object;
}

interface Operator {
  username: string;
  password: string;
}

export function createSigner(): BenchSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = publicKey.export({ format: 'jwk' });
  return { issuer: 'https://issuer.bench.test', kid: 'bench', privateKey, publicJwk };
}

export function mainClient(signer: BenchSigner, contactCenterId: string): Record<string, unknown> {
  const jwks = { keys: [{ ...signer.publicJwk, kid: signer.kid, alg: 'ES256', use: 'sig' }] };
  return {
    client_id: 'bench',
    authorizedGrantTypes: [
      'client_credentials',
      'password',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ],
    scope: ['calls:read'],
    tokenExchange: { subjectClients: ['bench'], audiences: [], delegation: false },
    jwtBearer: { issuers: [{ issuer: signer.issuer, jwks, contactCenterIds: [contactCenterId] }] },
  };
}

/** Clients whose access tokens are JWTs, by algorithm. */
export async function registerJwtClients(url: string, ops: Operator): Promise<Map<string, string>> {
  const made = ['RS256', 'ES256', 'EdDSA'].map(async (algorithm): Promise<[string, string]> => {
    const clientId = `bench-${algorithm}`;
    const registered = await registerClient(url, ops, {
      client_id: clientId,
      authorizedGrantTypes: ['client_credentials'],
      scope: ['calls:read'],
      accessTokenFormat: 'jwt',
      accessTokenSignedResponseAlg: algorithm,
    });
    return [clientId, registered];
  });
  return new Map(await Promise.all(made));
}

export async function registerLoginClient(url: string, ops: Operator, id: string) {
  const authorization = await registerClient(url, ops, {
    client_id: id,
    authorizedGrantTypes: ['authorization_code'],
    requirePkce: false,
    scope: ['openid'],
    redirectURIs: [loginRedirectUri],
  });
  return { id, authorization };
}

/** Returns the credentials of the client. */
export async function registerClient(
  url: string,
  ops: Operator,
  client: Record<string, unknown>,
): Promise<string> {
  const answer = await fetch(`${url}/auth/v3/ops/clients`, {
    method: 'POST',
    headers: { authorization: basic(ops.username, ops.password), 'content-type': 'application/json' },
    body: JSON.stringify({ data: client }),
  });
  if (!answer.ok) throw new Error(`the client was refused: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: { client_id: string; client_secret: string } };
  return basic(data.client_id, data.client_secret);
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
