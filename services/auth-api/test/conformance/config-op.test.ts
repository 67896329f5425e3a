/** The modules of the plan Config OP: discovery, and keys that change while the suite looks. */
import type { JWK } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { opsCall } from '../stack/oauth.ts';
import { createRelyingParty, issuer } from './relying-party.ts';

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const keys = async () => (await stack.app.inject('/auth/v3/oauth/jwks')).json<{ keys: JWK[] }>().keys;

it('oidcc-discovery-endpoint-verification', async () => {
  const answer = await stack.app.inject('/auth/v3/.well-known/openid-configuration');
  const document = answer.json() as Record<string, unknown>;

  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toContain('application/json');
  expect(document).toMatchObject({
    issuer,
    subject_types_supported: ['public'],
    response_types_supported: expect.arrayContaining(['code']),
    grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    scopes_supported: expect.arrayContaining(['openid', 'profile', 'email', 'offline_access']),
    claims_supported: expect.arrayContaining(['sub', 'name', 'email']),
    code_challenge_methods_supported: ['S256'],
    claims_parameter_supported: true,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    end_session_endpoint: `${issuer}/oauth/logout`,
  });
  // Honest: nobody here knows addresses and telephone numbers.
  for (const scope of ['address', 'phone']) expect(document['scopes_supported']).not.toContain(scope);
  const endpoints = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
  for (const [name, url] of endpoints) expect(String(url), name).toMatch(/^https:\/\//);
});

it('oidcc-server-rotate-keys: a new key beside the old one, and tokens of both are good', async () => {
  const rp = await createRelyingParty(stack);
  const before = await keys();
  const { tokens } = await rp.signIn();

  const rotated = await opsCall(stack, 'POST', '/auth/v3/ops/signing-keys/rotate', { data: {} });
  expect(rotated.status, rotated.body).toBe(200);
  const after = await keys();

  const kids = (set: JWK[]) => set.map(({ kid }) => kid);
  expect(kids(after)).toEqual(expect.arrayContaining(kids(before)));
  expect(after.length).toBeGreaterThan(before.length);
  expect(new Set(kids(after)).size).toBe(after.length);
  for (const key of after) {
    expect(key).not.toHaveProperty('d');
    expect(key.use).toBe('sig');
  }
  expect((await rp.signIn()).tokens.id_token.split('.')[0]).not.toBe(tokens.id_token.split('.')[0]);
  expect((await rp.signIn({ prompt: 'none', id_token_hint: tokens.id_token })).pages).toEqual([]);
});
