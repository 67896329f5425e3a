import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createDpopKey, provenBy } from '../stack/dpop.ts';
import { authorizePushed } from '../stack/fapi-client.ts';
import { agent, signIn } from '../stack/interaction.ts';
import {
  authorizeUrl,
  challenge,
  createClient,
  interactionOf,
  postForm,
  redeem,
  redirectUri,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';

let stack: AuthApi;
let replica: AuthApi;
let client: TestClient;
let native: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
  client = await createClient(stack);
  native = await createClient(stack, { clientType: 'PUBLIC', authorizedGrantTypes: ['authorization_code'] });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

const parameters = {
  response_type: 'code',
  redirect_uri: redirectUri,
  state: 'pushed-state',
  code_challenge: challenge,
  code_challenge_method: 'S256',
};

const push = (changes: Record<string, string> = {}, by = client, headers = {}) =>
  postForm(stack, 'par', { ...parameters, ...changes }, by, headers);

async function requestUriOf(changes: Record<string, string> = {}, by = client): Promise<string> {
  return (await push(changes, by)).json<{ request_uri: string }>().request_uri;
}

describe('27: a pushed authorization request (RFC 9126)', () => {
  it('is answered 201 with a name for a minute, which is not kept in Redis', async () => {
    const answer = await push();
    const { request_uri, expires_in } = answer.json<{ request_uri: string; expires_in: number }>();

    expect([answer.status, expires_in]).toEqual([201, 60]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$/);
    const keys = await stack.deps.stores.redis.keys('*pushed-request*');
    expect(keys.join()).not.toContain(request_uri.split(':').at(-1));
    expect(await stack.deps.stores.redis.pttl(keys[0] ?? '')).toBeLessThanOrEqual(60_000);
  });

  // attack: parameters beside a pushed request | RFC 9126 4 | guard: services/auth-api/src/oauth/authorize/request-sources.ts
  it('stands for all parameters: those of the address do not count', async () => {
    const browser = createBrowser(stack.app);
    const outside = {
      state: 'other',
      redirect_uri: 'https://evil.test/',
      scope: 'x',
      response_type: 'token',
    };
    const asked = await authorizePushed(browser, client, await requestUriOf(), outside);
    const onward = await signIn(stack, browser, interactionOf(asked), agent);
    const response = responseOf(await browser.get(onward.location ?? ''));

    expect(response.get('state')).toBe('pushed-state');
    expect((await redeem(stack, client, response.get('code') ?? '')).status).toBe(200);
  });

  it('may be looked at again until it is answered, on every replica; after that it is used', async () => {
    const requestUri = await requestUriOf();
    const browser = createBrowser(stack.app);
    await authorizePushed(createBrowser(replica.app), client, requestUri);
    const first = await authorizePushed(browser, client, requestUri);
    const second = await authorizePushed(browser, client, requestUri);

    const onward = await signIn(stack, browser, interactionOf(second), agent);
    expect(responseOf(await browser.get(onward.location ?? '')).get('code')).toBeTruthy();

    // The first tab is still open.
    const late = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${interactionOf(first)}`);
    expect(responseOf(late).get('error')).toBe('invalid_request_uri');
    expect(responseOf(await authorizePushed(browser, client, requestUri)).get('error')).toBe(
      'invalid_request_uri',
    );
  });

  // attack: pushed request answered twice | RFC 9126 7.3 | guard: services/auth-api/src/oauth/authorize/pushed-requests.ts
  it('answers one of many at once', async () => {
    const browser = createBrowser(stack.app);
    await redeemSignIn(browser);
    const requestUri = await requestUriOf();

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => authorizePushed(browser, client, requestUri)),
    );

    expect(answers.filter((answer) => responseOf(answer).get('code') !== null)).toHaveLength(1);
  });

  // attack: pushed request of another client | RFC 9126 7.1 | guard: services/auth-api/src/oauth/authorize/request-sources.ts
  // attack: server-side request by a request_uri | CVE-2020-10770, RFC 9101 10.4.1 | guard: services/auth-api/src/oauth/authorize/pushed-requests.ts
  it('is refused as invalid_request_uri by another client, when it was made up, and without a name of ours', async () => {
    const other = await createClient(stack);
    const browser = createBrowser(stack.app);
    const foreign = await authorizePushed(browser, other, await requestUriOf());
    const madeUp = await authorizePushed(browser, client, 'urn:ietf:params:oauth:request_uri:made-up');
    const address = await authorizePushed(browser, client, 'https://app.test/request.jwt');

    expect(responseOf(foreign).get('error')).toBe('invalid_request_uri');
    expect(responseOf(madeUp).get('error')).toBe('invalid_request_uri');
    expect(responseOf(address).get('error')).toBe('request_uri_not_supported');
  });

  it('shows a page where the client has no single address to go back to', async () => {
    const two = await createClient(stack, { redirectURIs: [redirectUri, 'https://app.test/other'] });
    const answer = await authorizePushed(
      createBrowser(stack.app),
      two,
      'urn:ietf:params:oauth:request_uri:x',
    );

    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  it('comes by POST too', async () => {
    const form = { client_id: client.clientId, request_uri: await requestUriOf() };
    const browser = createBrowser(stack.app);
    const posted = await browser.postForm('/auth/v3/oauth/authorize', form, { origin: 'https://app.test' });
    expect(posted.status).toBe(303);

    expect(interactionOf(await browser.get(posted.location ?? ''))).toBeTruthy();
  });
});

describe('27: the pushed authorization request endpoint (RFC 9126 section 2.3) refuses', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['a redirect_uri that is not registered', { redirect_uri: 'https://evil.test/' }, 'invalid_request'],
    ['a response_type that is not known', { response_type: 'device' }, 'unsupported_response_type'],
    ['one that the client did not register', { response_type: 'code id_token' }, 'unauthorized_client'],
    ['a plain code_challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a prompt that is not known', { prompt: 'shout' }, 'invalid_request'],
    ['a state that is too long', { state: 's'.repeat(5000) }, 'invalid_request'],
    ['another client_id than the one that authenticates', { client_id: 'somebody-else' }, 'invalid_request'],
  ])('%s', async (_name, changes, error) => {
    const answer = await push(changes);

    expect([answer.status, answer.json().error]).toEqual([400, error]);
  });

  it('a scope that the client may not have', async () => {
    const narrow = await createClient(stack, { scope: ['openid'] });

    expect((await push({ scope: 'openid all' }, narrow)).json().error).toBe('invalid_scope');
  });

  it('who does not prove to be the client, with 401', async () => {
    const answer = await push({}, { ...client, clientSecret: 'wrong' });

    expect([answer.status, answer.json().error]).toEqual([401, 'invalid_client']);
  });

  it('a parameter that is there twice', async () => {
    const form: [string, string][] = [...Object.entries(parameters), ['state', 'again']];

    expect((await postForm(stack, 'par', form, client)).json().error).toBe('invalid_request');
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'] as const)('%s, with 405', async (method) => {
    const answer = await stack.app.inject({ method, url: '/auth/v3/oauth/par' });

    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST']);
  });

  it('a body that is too large, with 413', async () => {
    expect((await push({ state: 's'.repeat(40_000) })).status).toBe(413);
  });

  it('public clients that push without end, with 429', async () => {
    const few = await startAuthApi({ beside: stack, env: { GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '10' } });
    try {
      const statuses = [];
      for (let turn = 0; turn < 12; turn++) {
        statuses.push((await postForm(few, 'par', parameters, native)).status);
      }
      expect(statuses.slice(9)).toEqual([201, 429, 429]);
    } finally {
      await few.close();
    }
  });
});

describe('with a DPoP proof (RFC 9449 section 10.1)', () => {
  // attack: pushed proof and dpop_jkt of different keys | RFC 9449 10.1 | guard: services/auth-api/src/oauth/authorize/push-request.ts
  it('binds the code to the key of the proof, and refuses a dpop_jkt of another key', async () => {
    const [key, other] = await Promise.all([createDpopKey(), createDpopKey()]);
    const path = '/auth/v3/oauth/par';
    const proof = await provenBy(key, { path });
    const mismatch = await push({ dpop_jkt: other.jkt }, client, await provenBy(key, { path }));
    expect([mismatch.status, mismatch.json().error]).toEqual([400, 'invalid_dpop_proof']);
    const answer = await push({}, client, proof);
    expect((await push({}, client, proof)).json().error).toBe('invalid_dpop_proof');

    const browser = createBrowser(stack.app);
    const { request_uri } = answer.json<{ request_uri: string }>();
    const onward = await signIn(
      stack,
      browser,
      interactionOf(await authorizePushed(browser, client, request_uri)),
      agent,
    );
    const code = responseOf(await browser.get(onward.location ?? '')).get('code') ?? '';
    expect((await redeem(stack, client, code)).json().error).toBe('invalid_grant');
  });
});

describe('clients that must push', () => {
  // attack: plain request where pushed ones are required | RFC 9126 6 | guard: services/auth-api/src/oauth/authorize/authorization-checks.ts
  it('are refused at the authorization endpoint without a request_uri', async () => {
    const strict = await createClient(stack, { requirePushedAuthorizationRequests: true });
    const answer = await createBrowser(stack.app).get(authorizeUrl(strict));

    expect(responseOf(answer).get('error')).toBe('invalid_request');
    expect(responseOf(answer).get('state')).toBe('some-state');
  });

  it('are all of them where the operator says so, and discovery tells', async () => {
    const strict = await startAuthApi({ beside: stack, env: { GATEHOUSE_REQUIRE_PUSHED_REQUESTS: 'true' } });
    try {
      const refused = await createBrowser(strict.app).get(authorizeUrl(client));
      const asked = await authorizePushed(createBrowser(strict.app), client, await requestUriOf());
      const discovery = await strict.app.inject('/auth/v3/.well-known/openid-configuration');

      expect(responseOf(refused).get('error')).toBe('invalid_request');
      expect(interactionOf(asked)).toBeTruthy();
      expect(discovery.json()).toMatchObject({
        pushed_authorization_request_endpoint: 'https://login.test/auth/v3/oauth/par',
        require_pushed_authorization_requests: true,
      });
    } finally {
      await strict.close();
    }
  });
});

async function redeemSignIn(browser: ReturnType<typeof createBrowser>): Promise<void> {
  const asked = await browser.get(authorizeUrl(client));
  const onward = await signIn(stack, browser, interactionOf(asked), agent);
  await browser.get(onward.location ?? '');
}
