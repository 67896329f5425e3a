/** Which algorithms sign for clients of the FAPI 2.0 Security Profile, which forbids RS256 (section 5.4.1). */
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { authorizeAs, codeGrant, createFapiClient, tokenBy } from '../stack/fapi-client.ts';
import { createClient, opsCall } from '../stack/oauth.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const profile = { requirePushedAuthorizationRequests: true, dpopBoundAccessTokens: true };
const algorithmOf = (jwt: unknown) => decodeProtectedHeader(String(jwt)).alg;
const change = (clientId: string, data: object) =>
  opsCall(stack, 'PUT', `/auth/v3/ops/clients/${clientId}`, { data });

// attack: weak signature for a FAPI 2.0 client that names no algorithm | FAPI 2.0 5.4.1 | guard: services/auth-api/src/registry/clients/merge.ts
it('a client that registered no algorithm gets no RS256: ID token, access token, answer as a JWT', async () => {
  const client = await createFapiClient(stack, {
    idTokenSignedResponseAlg: undefined,
    accessTokenFormat: 'jwt',
  });
  const browser = createBrowser(stack.app);
  const answer = await authorizeAs(stack, browser, client, { response_mode: 'jwt' });
  const response = answer.get('response') ?? '';
  const { code } = JSON.parse(Buffer.from(response.split('.')[1] ?? '', 'base64url').toString());
  const { id_token, access_token } = (await tokenBy(stack, client, codeGrant(code))).json();

  expect([response, id_token, access_token].map(algorithmOf)).toEqual(['ES256', 'ES256', 'ES256']);
});

it('a client that becomes one leaves the default behind, and keeps what it chose', async () => {
  const plain = await createClient(stack);
  const chosen = await createClient(stack, { idTokenSignedResponseAlg: 'EdDSA' });
  const answers = await Promise.all([plain, chosen].map(({ clientId }) => change(clientId, profile)));

  expect(
    answers.map(
      (answer) => answer.json<{ data: Record<string, unknown> }>().data['idTokenSignedResponseAlg'],
    ),
  ).toEqual(['ES256', 'EdDSA']);
});

it.each([
  'accessTokenSignedResponseAlg',
  'authorizationSignedResponseAlg',
  'idTokenSignedResponseAlg',
  'introspectionSignedResponseAlg',
  'userinfoSignedResponseAlg',
])('RS256 is refused as %s of such a client', async (field) => {
  const { clientId } = await createClient(stack, { ...profile });
  const answer = await change(clientId, { [field]: 'RS256' });

  expect(answer.status).toBe(400);
  expect(answer.body).toContain(`data.${field}: must be ES256 or EdDSA`);
});
