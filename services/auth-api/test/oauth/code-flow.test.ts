import { createPublicKey, type JsonWebKey, verify as verifySignature } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  otherContactCenterId,
  publicUrl,
  startAuthApi,
} from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, signIn } from '../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  interactionOf,
  introspect,
  redeem,
  redirectUri,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const issuer = `${publicUrl}/auth/v3`;

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
});
afterAll(() => stack?.close());

describe('the authorization code flow', () => {
  it('sends a user without a session to the sign-in page, then back with a code and the issuer', async () => {
    const browser = createBrowser(stack.app);

    const begun = await browser.get(authorizeUrl(client));
    expect(begun.status).toBe(302);
    expect(begun.location).toMatch(/^https:\/\/login\.test\/auth\/sign-in\.html\?interaction=[\w-]+$/);
    expect(begun.headers['cache-control']).toBe('no-store');

    const onward = await signIn(stack, browser, interactionOf(begun), agent);
    const back = await browser.get(String(onward.location));

    expect(back.status).toBe(302);
    expect(String(back.location).startsWith(`${redirectUri}?`)).toBe(true);
    expect(responseOf(back).get('state')).toBe('some-state');
    expect(responseOf(back).get('iss')).toBe(issuer);
    expect(responseOf(back).get('code')).toMatch(/^[\w-]{22}\.[\w-]{43}$/);
    expect(back.headers['referrer-policy']).toBe('no-referrer');
  });

  it('answers at once when there is a session (single sign-on)', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const another = await createClient(stack);

    const answer = await browser.get(authorizeUrl(another));

    expect(responseOf(answer).get('code')).toBeTruthy();
  });

  it('gives tokens for the code: opaque access token, refresh token, scope, lifetime', async () => {
    const code = await getCode(stack, createBrowser(stack.app), client);

    const answer = await redeem(stack, client, code);

    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 43_200,
      scope: '*',
      refresh_token: expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/),
    });
    expect(await introspect(stack, client, answer.json().access_token)).toMatchObject({
      active: true,
      client_id: client.clientId,
      username: 'demo\\agent',
      environment_id: environmentId,
      contact_center_id: contactCenterId,
      contact_center_ids: [contactCenterId],
      internal_client: false,
      iss: issuer,
    });
  });

  it('adds an ID token for the scope openid, bound to nonce, session, access token and client', async () => {
    const before = Math.floor(Date.now() / 1000);
    const code = await getCode(stack, createBrowser(stack.app), client, { scope: 'openid', nonce: 'n-1' });

    const answer = (await redeem(stack, client, code)).json();

    const [head = '', body = '', signature = ''] = answer.id_token.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const { keys } = (await stack.app.inject('/auth/v3/oauth/jwks')).json<{
      keys: (JsonWebKey & { kid: string })[];
    }>();
    const jwk = keys.find(({ kid }) => kid === header.kid);
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    expect(
      verifySignature('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    expect(header).toEqual({ alg: 'RS256', kid: jwk?.kid, typ: 'JWT' });
    expect(claims).toMatchObject({ iss: issuer, aud: client.clientId, nonce: 'n-1', acr: '1', amr: ['pwd'] });
    expect(claims.auth_time).toBeGreaterThanOrEqual(before);
    expect(claims.exp - claims.iat).toBe(43_200);
    expect(claims.at_hash).toMatch(/^[\w-]{22}$/);
    const facts = await introspect(stack, client, answer.access_token);
    expect(claims.sub).toBe(facts['sub']);
    expect(claims.sid).toBe(facts['sid']);
  });

  it('takes a client of any secret method and a PUBLIC client with PKCE alone', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    });
    const code = await getCode(stack, createBrowser(stack.app), open);

    const first = await redeem(stack, open, code);
    const renewed = await token(stack, open, {
      grant_type: 'refresh_token',
      refresh_token: first.json().refresh_token,
    });

    expect(first.status).toBe(200);
    expect(renewed.status).toBe(200);
  });

  it('accepts the request by a cross-site POST and answers 303 to a GET of our own', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const form = Object.fromEntries(new URL(authorizeUrl(client), publicUrl).searchParams);

    const posted = await browser.postForm('/auth/v3/oauth/authorize', form, {
      origin: 'https://elsewhere.test',
      cookie: '',
    });

    expect(posted.status).toBe(303);
    expect(String(posted.location).startsWith(`${issuer}/oauth/authorize?posted_request=`)).toBe(true);
    const answer = await browser.get(String(posted.location));
    expect(responseOf(answer).get('code')).toBeTruthy();
    expect(responseOf(answer).get('state')).toBe('some-state');
  });

  it('keeps the registered query of a redirect URI as it is', async () => {
    const uri = 'https://app.test/callback?tab=a%20b';
    const withQuery = await createClient(stack, { redirectURIs: [uri] });
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);

    const answer = await browser.get(authorizeUrl(withQuery));

    expect(String(answer.location).startsWith(`${uri}&code=`)).toBe(true);
  });
});

describe('prompt and max_age', () => {
  it('answers login_required to prompt=none without a session', async () => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(client, { prompt: 'none' }));

    expect(Object.fromEntries(responseOf(answer))).toMatchObject({
      error: 'login_required',
      state: 'some-state',
      iss: issuer,
    });
  });

  it('answers prompt=none with a code when there is a session', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);

    expect(responseOf(await browser.get(authorizeUrl(client, { prompt: 'none' }))).get('code')).toBeTruthy();
  });

  it.each(['login', 'select_account'])(
    'asks again for prompt=%s and accepts only the new sign-in',
    async (prompt) => {
      const browser = createBrowser(stack.app);
      await getCode(stack, browser, client);

      const begun = await browser.get(authorizeUrl(client, { prompt }));
      const interaction = interactionOf(begun);

      // Going on without signing in leads back to the page, with the same interaction.
      const skipped = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${interaction}`);
      expect(skipped.location).toBe(`${publicUrl}/auth/sign-in.html?interaction=${interaction}`);

      const onward = await signIn(stack, browser, interaction, agent);
      expect(responseOf(await browser.get(String(onward.location))).get('code')).toBeTruthy();
    },
  );

  it('takes a session that belongs to no application for no answer to prompt=login', async () => {
    const browser = createBrowser(stack.app);
    expect((await browser.postJson('/auth/v3/sign-in', { data: agent })).status).toBe(200);
    expect(responseOf(await browser.get(authorizeUrl(client))).get('code')).toBeTruthy();

    const begun = await browser.get(authorizeUrl(client, { prompt: 'login' }));
    const skipped = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${interactionOf(begun)}`);

    expect(skipped.location).toBe(`${publicUrl}/auth/sign-in.html?interaction=${interactionOf(begun)}`);
  });

  // attack: old sign-in where a fresh one is asked for | ASVS 7.5.3, ASVS 10.3.4 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('asks again when the sign-in is older than max_age', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);

    expect(responseOf(await browser.get(authorizeUrl(client, { max_age: '3600' }))).get('code')).toBeTruthy();
    expect(
      responseOf(await browser.get(authorizeUrl(client, { max_age: '0' }))).get('interaction'),
    ).toBeTruthy();
  });

  it('asks again when the sign-in is older than the client allows where no max_age is named', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const strict = await createClient(stack, { defaultMaxAgeSeconds: 0 });

    expect(responseOf(await browser.get(authorizeUrl(strict))).get('interaction')).toBeTruthy();
    expect(responseOf(await browser.get(authorizeUrl(strict, { max_age: '60' }))).get('code')).toBeTruthy();
  });

  // attack: answer for another person than the hint names | OpenID Connect Core 3.1.2.1 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('answers login_required when the id_token_hint names another user', async () => {
    const browser = createBrowser(stack.app);
    const code = await getCode(stack, browser, client, { scope: 'openid' });
    const { id_token } = (await redeem(stack, client, code)).json();
    const other = createBrowser(stack.app);
    await getCode(
      stack,
      other,
      client,
      {},
      {
        username: 'supervisor',
        password: 'demo-supervisor-password',
        tenant: 'demo',
      },
    );

    const own = await browser.get(authorizeUrl(client, { prompt: 'none', id_token_hint: id_token }));
    const foreign = await other.get(authorizeUrl(client, { prompt: 'none', id_token_hint: id_token }));

    expect(responseOf(own).get('code')).toBeTruthy();
    expect(responseOf(foreign).get('error')).toBe('login_required');
  });

  // attack: single sign-on into another contact centre | ASVS 8.4.1 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('never signs a user on to a client of other contact centres', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const elsewhere = await createClient(stack, { contactCenterIds: [otherContactCenterId] });

    const answer = await browser.get(authorizeUrl(elsewhere, { prompt: 'none' }));

    expect(responseOf(answer).get('error')).toBe('login_required');
  });
});

describe('errors that travel to the client', () => {
  it.each([
    [{ response_type: 'none' }, 'unsupported_response_type'],
    [{ response_type: '' }, 'invalid_request'],
    [{ response_mode: 'web_message' }, 'invalid_request'],
    [{ request: 'eyJhbGciOiJub25lIn0..' }, 'request_not_supported'],
    [{ request_uri: 'https://evil.test' }, 'request_uri_not_supported'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: '' }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'dance' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ max_age: '1e3' }, 'invalid_request'],
    [{ scope: 'a"b' }, 'invalid_scope'],
    [{ resource: 'https://api.test' }, 'invalid_target'],
    [{ dpop_jkt: 'x' }, 'invalid_request'],
    [{ id_token_hint: 'e30.e30.' }, 'invalid_request'],
  ] as [Record<string, string>, string][])('%j → %s', async (parameters, error) => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(client, parameters));

    expect(answer.status).toBe(302);
    expect(String(answer.location).startsWith(`${redirectUri}?`)).toBe(true);
    expect(responseOf(answer).get('error')).toBe(error);
    expect(responseOf(answer).get('state')).toBe('some-state');
    expect(responseOf(answer).get('iss')).toBe(issuer);
  });

  it('refuses a scope that the client does not have and a grant that it does not list', async () => {
    const narrow = await createClient(stack, { scope: ['read'] });
    const machine = await createClient(stack, { authorizedGrantTypes: ['client_credentials'] });
    const browser = createBrowser(stack.app);

    expect(responseOf(await browser.get(authorizeUrl(narrow, { scope: 'write' }))).get('error')).toBe(
      'invalid_scope',
    );
    expect(responseOf(await browser.get(authorizeUrl(machine))).get('error')).toBe('unauthorized_client');
  });

  // attack: code flow of a public client without PKCE | RFC 9700 2.1.1, ASVS 10.4.6 | guard: services/auth-api/src/oauth/authorize/authorization-checks.ts
  // attack: new confidential client without PKCE | RFC 9700 2.1.1 | guard: services/auth-api/src/registry/clients/new-client.ts
  it('requires PKCE of PUBLIC clients and of new ones, unless their registration says otherwise', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code'],
    });
    const lenient = await createClient(stack, { requirePkce: false });
    const without = { code_challenge: '', code_challenge_method: '' };
    const browser = createBrowser(stack.app);

    expect(responseOf(await browser.get(authorizeUrl(open, without))).get('error')).toBe('invalid_request');
    expect(responseOf(await browser.get(authorizeUrl(client, without))).get('error')).toBe('invalid_request');
    expect(responseOf(await browser.get(authorizeUrl(lenient, without))).get('interaction')).toBeTruthy();
  });
});
