/** A client of the FAPI 2.0 Security Profile: private_key_jwt, pushed requests, DPoP. */
import type { AuthApi } from './auth-api.ts';
import type { Browser } from './browser.ts';
import { createDpopKey, type DpopKey, type ProofFor, provenBy } from './dpop.ts';
import { agent, signIn } from './interaction.ts';
import {
  challenge,
  createClient,
  type OAuthAnswer,
  postForm,
  redirectUri,
  responseOf,
  type TestClient,
  verifier,
} from './oauth.ts';
import { assertedBy, type ClientKey, createClientKey } from './signing-client.ts';

export interface FapiClient extends TestClient {
  key: ClientKey;
  dpop: DpopKey;
}

type Fields = Record<string, string | undefined>;

export async function createFapiClient(
  stack: Pick<AuthApi, 'app'>,
  data: Record<string, unknown> = {},
  alg = 'ES256',
): Promise<FapiClient> {
  const [key, dpop] = await Promise.all([createClientKey(alg), createDpopKey()]);
  const client = await createClient(stack, {
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwks: { keys: [key.publicJwk] },
    requirePushedAuthorizationRequests: true,
    dpopBoundAccessTokens: true,
    idTokenSignedResponseAlg: 'ES256',
    authorizedGrantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
    ...data,
  });
  return { ...client, key, dpop };
}

/** Fields that are undefined are left out. */
export async function push(
  stack: Pick<AuthApi, 'app'>,
  client: FapiClient,
  changes: Fields = {},
  headers: Record<string, string> = {},
): Promise<OAuthAnswer> {
  const form = {
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'some-state',
    nonce: 'some-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...('client_assertion' in changes ? {} : await assertedBy(client.key, client.clientId)),
    ...changes,
  };
  return postForm(stack, 'par', present(form), undefined, headers);
}

export async function pushed(stack: Pick<AuthApi, 'app'>, client: FapiClient, changes: Fields = {}) {
  const answer = await push(stack, client, changes);
  if (answer.status !== 201) throw new Error(`not pushed: ${answer.body}`);
  return answer.json<{ request_uri: string; expires_in: number }>();
}

export function authorizePushed(
  browser: Browser,
  client: TestClient,
  requestUri: string,
  extra: Record<string, string> = {},
) {
  const query = new URLSearchParams({ client_id: client.clientId, request_uri: requestUri, ...extra });
  return browser.get(`/auth/v3/oauth/authorize?${query}`);
}

/** What the browser brings to the client after the user signed in. */
export async function authorizeAs(
  stack: AuthApi,
  browser: Browser,
  client: FapiClient,
  changes: Fields = {},
): Promise<URLSearchParams> {
  const { request_uri } = await pushed(stack, client, changes);
  const asked = await authorizePushed(browser, client, request_uri);
  const interaction = responseOf(asked).get('interaction');
  if (interaction === null) return responseOf(asked);
  const onward = await signIn(stack, browser, interaction, agent);
  return responseOf(await browser.get(onward.location ?? ''));
}

export async function tokenBy(
  stack: Pick<AuthApi, 'app'>,
  client: FapiClient,
  fields: Fields,
  proof: ProofFor | 'none' = {},
  dpop = client.dpop,
): Promise<OAuthAnswer> {
  const form = {
    ...('client_assertion' in fields ? {} : await assertedBy(client.key, client.clientId)),
    ...fields,
  };
  const headers = proof === 'none' ? {} : await provenBy(dpop, proof);
  return postForm(stack, 'token', present(form), undefined, headers);
}

export const codeGrant = (code: string | null): Fields => ({
  grant_type: 'authorization_code',
  code: code ?? '',
  redirect_uri: redirectUri,
  code_verifier: verifier,
});

/** Fields that are undefined are left out. */
export function present(form: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(form).filter((field): field is [string, string] => field[1] !== undefined),
  );
}
