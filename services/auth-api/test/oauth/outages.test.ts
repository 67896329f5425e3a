import { startPostgres, type TestPostgres } from '@gatehouse/testing/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { assertionClaims, type ClientKey, createClientKey } from '../stack/signing-client.ts';

let postgres: TestPostgres;
let stack: AuthApi;
let client: TestClient;
/** Handles tokens and assertions of others. */
let handler: TestClient;
let key: ClientKey;

beforeAll(async () => {
  postgres = await startPostgres();
  stack = await startAuthApi({ env: { GATEHOUSE_POSTGRES_URL: postgres.url } });
  client = await createClient(stack);
  key = await createClientKey();
  handler = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant, jwtBearer],
    tokenExchange: { subjectClients: [client.clientId] },
    jwtBearer: {
      issuers: [{ issuer: 'crm', jwks: { keys: [key.publicJwk] }, contactCenterIds: [contactCenterId] }],
    },
  });
});
afterAll(async () => {
  await stack?.close();
  await postgres?.close();
});

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const asserted = () => key.sign(assertionClaims('agent', { iss: 'crm' }));
const convert = (accessToken: string) =>
  stack.app.inject({
    url: '/auth/v3/oauth/convert-token',
    headers: { authorization: `Bearer ${accessToken}` },
  });

const clientCredentials = () => token(stack, client, { grant_type: 'client_credentials' });

describe('69: without Redis', () => {
  it('every token endpoint answers 503 with Retry-After in bounded time, nothing fails open, and all recovers', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);
    const browser = createBrowser(stack.app);
    const code = await getCode(stack, browser, client);

    const converted = await convert(access_token);

    await stack.redis.stop();
    const startedMs = performance.now();
    const answers = await Promise.all([
      clientCredentials(),
      redeem(stack, client, code),
      token(stack, client, { grant_type: 'refresh_token', refresh_token }),
      postForm(stack, 'introspect', { token: access_token }, client),
      postForm(stack, 'revoke', { token: refresh_token }, client),
      exchangeToken(stack, handler, access_token),
      token(stack, handler, { grant_type: jwtBearer, assertion: converted.json().jwtToken }),
      token(stack, handler, { grant_type: jwtBearer, assertion: await asserted() }),
    ]);
    expect((await convert(access_token)).statusCode).toBe(503);
    const userinfo = await stack.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `Bearer ${access_token}` },
    });
    const authorize = await browser.get(authorizeUrl(client));

    expect(performance.now() - startedMs).toBeLessThan(2000);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toMatch(/^[12]$/);
      expect(answer.json().error).toBe('temporarily_unavailable');
    }
    expect([userinfo.statusCode, userinfo.headers['retry-after']]).toEqual([
      503,
      expect.stringMatching(/^[12]$/),
    ]);
    expect([authorize.status, authorize.location]).toEqual([503, undefined]);
    expect((await stack.app.inject('/auth/v3/oauth/jwks')).statusCode).toBe(200);

    await stack.redis.start();
    await expect.poll(async () => (await clientCredentials()).status, { timeout: 10_000 }).toBe(200);
    await expect
      .poll(async () => (await postForm(stack, 'introspect', { token: access_token }, client)).status, {
        timeout: 10_000,
      })
      .toBe(200);
    expect((await introspect(stack, client, (await clientCredentials()).json().access_token))['active']).toBe(
      true,
    );
  });
});

describe('69: without PostgreSQL', () => {
  it('tokens are issued and validated for cached clients, writes answer 503, and all recovers', async () => {
    const { access_token } = await passwordTokens(stack, client);

    await postgres.stop();

    expect((await clientCredentials()).status).toBe(200);
    expect((await introspect(stack, client, access_token))['active']).toBe(true);
    const write = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { client_id: 'lost' } });
    expect([write.status, write.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[12]$/)]);
    // A client that is not cached cannot be told from one that does not exist: no guess.
    const unknown = await token(
      stack,
      { ...client, clientId: 'never-seen' },
      { grant_type: 'client_credentials' },
    );
    expect(unknown.status).toBe(503);

    // A copy that is known to be outdated is not used: what was taken back stays taken back.
    stack.deps.clients.directory.drop(client.clientId);
    expect((await clientCredentials()).status).toBe(503);

    await postgres.start();
    await expect
      .poll(
        async () =>
          (await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { client_id: 'found' } })).status,
        {
          timeout: 10_000,
        },
      )
      .toBe(200);
  });
});
