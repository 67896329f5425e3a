/** Registers the clients that the rows of the bench use. */
import { generateKeyPairSync } from 'node:crypto';
import { basic, sendJson } from './requests.ts';

/** Redirect URI of the client that users sign in to. */
export const loginRedirectUri = 'http://localhost/bench';
const jwtAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

export function createSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = publicKey.export({ format: 'jwk' });
  return { issuer: 'https://issuer.bench.test', kid: 'bench', privateKey, publicJwk };
}

/** `operator`: an authorization. Returns the ones of the clients. */
export async function registerClients(
  authApiUrl: string,
  operator: string,
  signer: ReturnType<typeof createSigner>,
  contactCenterId: string,
) {
  const register = async (id: string, client: object): Promise<string> => {
    const data = { client_id: id, ...client };
    const answer = await sendJson('POST', `${authApiUrl}/auth/v3/ops/clients`, { data }, operator);
    const made = (answer as { data: { client_id: string; client_secret: string } }).data;
    return basic(made.client_id, made.client_secret);
  };
  const login = async (id: string, more: object = {}) => ({
    id,
    authorization: await register(id, {
      ...more,
      authorizedGrantTypes: ['authorization_code'],
      requirePkce: false,
      scope: ['openid'],
      redirectURIs: [loginRedirectUri],
    }),
  });
  const withJwts = jwtAlgorithms.map(async (algorithm) => {
    const authorization = await register(`bench-${algorithm}`, {
      authorizedGrantTypes: ['client_credentials'],
      scope: ['calls:read'],
      accessTokenFormat: 'jwt',
      accessTokenSignedResponseAlg: algorithm,
    });
    return [algorithm, authorization] as const;
  });
  const jwks = { keys: [{ ...signer.publicJwk, kid: signer.kid, alg: 'ES256', use: 'sig' }] };
  return {
    /** With every grant that a row needs and a secret that the server generated. */
    authorization: await register('bench', {
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
    }),
    /** Of clients whose access tokens are JWTs, by algorithm. */
    jwtAuthorizations: Object.fromEntries(await Promise.all(withJwts)) as Record<
      (typeof jwtAlgorithms)[number],
      string
    >,
    /** Confidential applications that users sign in to. */
    loginClient: await login('bench-login'),
    secondLoginClient: await login('bench-login-second'),
    /** It asks for a second factor where the contact centre asks for none. */
    strongLoginClient: await login('bench-login-strong', { minimumAcr: 'secondFactor' }),
  };
}
