import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { agent, readView, signIn } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  interactionOf,
  introspect,
  opsCall,
  redeem,
  redirectUri,
  responseOf,
} from '../../stack/oauth.ts';
import { createClientKey } from '../../stack/signing-client.ts';

const initialToken = 'initial-access-token-of-the-tests-00';

let stack: AuthApi;
let replica: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_REGISTRATION_TOKEN: initialToken, GATEHOUSE_REGISTRATION_DETAIL_TYPES: 'call-notes' },
  });
  replica = await startAuthApi({ beside: stack, env: { GATEHOUSE_REGISTRATION_TOKEN: initialToken } });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

interface Registered {
  client_id: string;
  client_secret: string;
  registration_access_token: string;
  registration_client_uri: string;
  scope: string;
  error: string;
  error_description: string;
}

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  token: string | undefined,
  body?: unknown,
  at = stack,
) {
  const answer = await at.app.inject({
    method,
    url: `/auth/v3/oauth/register${path}`,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    headers: answer.headers,
    json: (answer.body === '' ? undefined : answer.json()) as Registered & Record<string, unknown>,
  };
}

const metadata = { client_name: 'Reports', redirect_uris: [redirectUri] };
const register = (changes: Record<string, unknown> = {}) =>
  send('POST', '', initialToken, { ...metadata, ...changes });
const ownPath = ({ client_id }: Registered) => `/${client_id}`;

describe('a client that registers itself (RFC 7591)', () => {
  it('gets an id, a secret, a token of its own, and what was registered', async () => {
    const { status, headers, json } = await register();

    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    expect(json).toMatchObject({
      client_name: 'Reports',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: [redirectUri],
      scope: 'openid profile email offline_access',
      client_secret_expires_at: 0,
      registration_client_uri: `https://login.test/auth/v3/oauth/register/${json.client_id}`,
    });
    const stored = await opsCall(stack, 'GET', `/auth/v3/ops/clients/${json.client_id}`);
    expect(stored.json<{ data: unknown }>().data).toMatchObject({ requireConsent: true, requirePkce: true });
    expect(stored.body).not.toContain('registrationAccessToken');
  });

  // attack: self-registered client that asks nobody | ASVS 10.7.1, RFC 7591 5 | guard: services/auth-api/src/registry/registration/metadata.ts
  it('works: its user is asked, and its code is redeemed with its secret', async () => {
    const { json } = await register({ scope: 'openid' });
    const client = { clientId: json.client_id, clientSecret: json.client_secret, redirectUri };
    const browser = createBrowser(stack.app);
    const asked = await browser.get(authorizeUrl(client, { scope: 'openid' }));
    const onward = await signIn(stack, browser, interactionOf(asked), agent);
    const consent = interactionOf(await browser.get(onward.location ?? ''));
    const { csrf } = await readView(stack.app, browser, consent);
    const said = await browser.postForm('/auth/v3/oauth/consent', {
      interaction: consent,
      csrf,
      answer: 'allowed',
    });
    const code = responseOf(await browser.get(said.location ?? '')).get('code') ?? '';
    const { access_token } = (await redeem(stack, client, code)).json();

    expect(await introspect(stack, client, access_token)).toMatchObject({ active: true, scope: 'openid' });
  });

  it('may be public, prove itself by a key, and ask for protection', async () => {
    const key = await createClientKey();
    const native = await register({
      token_endpoint_auth_method: 'none',
      redirect_uris: ['com.example.app:/cb'],
    });
    const bound = await register({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.publicJwk] },
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'ES256',
    });

    expect(native.json).not.toHaveProperty('client_secret');
    expect(bound.json).toMatchObject({
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'ES256',
    });
    expect(bound.json).not.toHaveProperty('client_secret');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
    [
      'oidcc-redirect-uri-regfrag: a redirect URI with a fragment',
      { redirect_uris: [`${redirectUri}#a`] },
      'invalid_redirect_uri',
    ],
    ['a script as redirect URI', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a grant without a user', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['the password grant', { grant_types: ['password'] }, 'invalid_client_metadata'],
    ['a response type that it may not have', { response_types: ['token'] }, 'invalid_client_metadata'],
    ['a scope that was not opened', { scope: 'openid everything' }, 'invalid_client_metadata'],
    ['every scope', { scope: '*' }, 'invalid_client_metadata'],
    [
      'a way of proving that is not known',
      { token_endpoint_auth_method: 'tls_client_auth' },
      'invalid_client_metadata',
    ],
    [
      'private_key_jwt without keys',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
    ],
    [
      'a private key',
      { jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA' }] } },
      'invalid_client_metadata',
    ],
    [
      '36: keys inside the installation',
      { jwks_uri: 'http://169.254.169.254/keys' },
      'invalid_client_metadata',
    ],
    [
      '36: sign-out notices to this machine',
      { backchannel_logout_uri: 'http://127.0.0.1/x' },
      'invalid_client_metadata',
    ],
    ['pairwise subjects', { subject_type: 'pairwise' }, 'invalid_client_metadata'],
    [
      '36, oidcc-registration-sector-uri, -sector-bad: an address to read redirect URIs from',
      { sector_identifier_uri: 'https://a.test' },
      'invalid_client_metadata',
    ],
    [
      '36: a software statement',
      { software_statement: 'eyJhbGciOiJub25lIn0..' },
      'unapproved_software_statement',
    ],
    ['a text where a list belongs', { redirect_uris: redirectUri }, 'invalid_client_metadata'],
  ])('is refused with %s', async (_name, changes, error) => {
    const { status, json } = await register(changes);

    expect([status, json.error]).toEqual([400, error]);
    expect(json.error_description.length).toBeGreaterThan(10);
  });

  it('is told of redirect_uris before its name where both have the wrong type', async () => {
    const { json } = await register({ client_name: 1, redirect_uris: 1 });

    expect(json.error_description).toMatch(/redirect_uris .*client_name /);
  });

  it('has the code challenge asked of it that the operator wants, and cannot change that later', async () => {
    const free = await startAuthApi({
      beside: stack,
      env: {
        GATEHOUSE_REGISTRATION_TOKEN: initialToken,
        GATEHOUSE_REGISTRATION_REQUIRE_PKCE: 'false',
      },
    });
    const requirePkceOf = async (id: string) =>
      (await opsCall(stack, 'GET', `/auth/v3/ops/clients/${id}`)).json<{ data: { requirePkce: boolean } }>()
        .data.requirePkce;
    const replace = (own: Registered, at: AuthApi) =>
      send(
        'PUT',
        ownPath(own),
        own.registration_access_token,
        { ...metadata, client_id: own.client_id, requirePkce: false },
        at,
      );
    try {
      const { json: held } = await register();
      const { json: freed } = await send('POST', '', initialToken, metadata, free);
      expect([await requirePkceOf(held.client_id), await requirePkceOf(freed.client_id)]).toEqual([
        true,
        false,
      ]);

      const code = { client_id: freed.client_id, response_type: 'code', redirect_uri: redirectUri };
      const asked = await createBrowser(free.app).get(
        `/auth/v3/oauth/authorize?${new URLSearchParams({ ...code, scope: 'openid' })}`,
      );
      expect(interactionOf(asked)).toBeTruthy();

      await opsCall(stack, 'PUT', `/auth/v3/ops/clients/${freed.client_id}`, { data: { requirePkce: true } });
      expect([(await replace(held, free)).status, (await replace(freed, free)).status]).toEqual([200, 200]);
      expect([await requirePkceOf(held.client_id), await requirePkceOf(freed.client_id)]).toEqual([
        true,
        true,
      ]);
    } finally {
      await free.close();
    }
  });

  it('oidcc-registration-policy-uri, -tos-uri: may name its home page, privacy policy and terms, which its sign-in page links', async () => {
    const pages = {
      client_uri: 'https://app.test/',
      policy_uri: 'https://app.test/privacy',
      tos_uri: 'https://app.test/terms',
    };
    const { json } = await register(pages);
    const browser = createBrowser(stack.app);
    const client = { clientId: json.client_id, clientSecret: json.client_secret, redirectUri };
    const asked = await browser.get(authorizeUrl(client, { scope: 'openid' }));
    const { client: shown } = await readView(stack.app, browser, interactionOf(asked));

    expect(json).toMatchObject(pages);
    expect(shown).toEqual({
      id: json.client_id,
      name: 'Reports',
      address: 'app.test',
      clientUri: pages.client_uri,
      policyUri: pages.policy_uri,
      tosUri: pages.tos_uri,
    });
  });

  it('is told which members have no effect, and may name the page where a sign-in begins', async () => {
    const initiate = { initiate_login_uri: 'https://app.test/login' };
    const { json } = await register({
      ...initiate,
      contacts: ['a@app.test'],
      request_uris: ['https://app.test/r'],
    });

    expect(json).toMatchObject({ ...initiate, ignored_metadata: ['contacts', 'request_uris'] });
    expect((await register(initiate)).json).not.toHaveProperty('ignored_metadata');
  });

  it('is of FAPI 2.0 without RS256 where it registers no algorithm', async () => {
    const profile = { require_pushed_authorization_requests: true, dpop_bound_access_tokens: true };
    const { json: strong } = await register({ ...profile, id_token_signed_response_alg: 'EdDSA' });
    expect(strong['id_token_signed_response_alg']).toBe('EdDSA');
    // RFC 7592 section 2.2: a member that is left out gets its default.
    const replaced = await send('PUT', ownPath(strong), strong.registration_access_token, {
      ...metadata,
      ...profile,
      client_id: strong.client_id,
    });
    expect(replaced.json['id_token_signed_response_alg']).toBe('ES256');
    expect((await register({})).json['id_token_signed_response_alg']).toBe('RS256');
  });

  // attack: script or unencrypted page as link of a self-registered client | CWE-79, RFC 7591 5 | guard: packages/contracts/src/resources/client/values.ts
  it.each([
    'javascript:alert(1)',
    'http://app.test/',
    'data:text/html,x',
    'https://app.test@evil.test/',
    'x',
  ])('cannot have %s linked from our pages', async (address) => {
    for (const name of ['client_uri', 'initiate_login_uri', 'policy_uri', 'tos_uri']) {
      const { status, json } = await register({ [name]: address });
      expect([status, json.error]).toEqual([400, 'invalid_client_metadata']);
      expect(json.error_description).toMatch(new RegExp(`^${name}: must be an https address`));
    }
  });

  it('may ask for the types of authorization details that the operator permits, and for no others', async () => {
    const { json } = await register({ authorization_details_types: ['call-notes'] });
    expect(json['authorization_details_types']).toEqual(['call-notes']);
    const refused = await register({ authorization_details_types: ['call-notes', 'payments'] });
    expect([refused.status, refused.json.error]).toEqual([400, 'invalid_client_metadata']);
    expect(refused.json.error_description).toContain('must be some of call-notes');
  });

  it('names the field in the words that were sent', async () => {
    const { json } = await register({ jwks_uri: 'http://169.254.169.254/keys' });

    expect(json.error_description).toMatch(/^jwks_uri: /);
  });

  it('cannot give itself what the operator gives', async () => {
    const { json } = await register({
      internalClient: true,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      client_id: 'ops',
    });
    const stored = await opsCall(stack, 'GET', `/auth/v3/ops/clients/${json.client_id}`);

    expect(json.client_id).not.toBe('ops');
    expect(stored.json<{ data: unknown }>().data).toMatchObject({ internalClient: false, authorities: [] });
  });

  // attack: registration by a stranger | CVE-2023-0091 | guard: services/auth-api/src/registry/registration/proofs.ts
  it('needs the initial access token, and wrong ones are counted', async () => {
    for (const token of [undefined, 'wrong', `${initialToken}x`]) {
      const { status, json, headers } = await send('POST', '', token, metadata);
      expect([status, json.error]).toEqual([401, 'invalid_token']);
      expect(headers['www-authenticate']).toContain('Bearer');
    }
    const statuses = [];
    for (let turn = 0; turn < 22; turn++)
      statuses.push((await send('POST', '', 'wrong', metadata, replica)).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
    expect(stack.logged()).not.toContain(initialToken);
  });

  it('is not possible where the operator set no token, and discovery tells', async () => {
    const closed = await startAuthApi({ beside: stack });
    const discover = async (at: AuthApi) =>
      (await at.app.inject('/auth/v3/.well-known/openid-configuration')).json();
    try {
      expect((await send('POST', '', initialToken, metadata, closed)).status).toBe(404);
      expect(await discover(closed)).not.toHaveProperty('registration_endpoint');
      expect(await discover(stack)).toMatchObject({
        registration_endpoint: 'https://login.test/auth/v3/oauth/register',
      });
    } finally {
      await closed.close();
    }
  });
});

describe('the registration of a client, managed by itself (RFC 7592)', () => {
  it('is read with its own token, on every replica', async () => {
    const { json: own } = await register();
    const read = await send('GET', ownPath(own), own.registration_access_token, undefined, replica);

    expect([read.status, read.json.client_id, read.json['client_name']]).toEqual([
      200,
      own.client_id,
      'Reports',
    ]);
    expect(read.json).not.toHaveProperty('client_secret');
  });

  it('is replaced as a whole: what is left out gets its default', async () => {
    const { json: own } = await register({
      dpop_bound_access_tokens: true,
      post_logout_redirect_uris: [redirectUri],
    });
    const { client_id, client_secret } = own;
    const next = { client_id, client_secret, client_name: 'Reports 2', redirect_uris: [redirectUri] };
    const { status, json } = await send('PUT', ownPath(own), own.registration_access_token, next);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      client_name: 'Reports 2',
      dpop_bound_access_tokens: false,
      post_logout_redirect_uris: [],
    });
  });

  it('is not changed into another client, by a wrong secret, nor towards a secret that it has not', async () => {
    const { json: own } = await register();
    const { json: native } = await register({ token_endpoint_auth_method: 'none' });
    const change = (of: Registered, body: Record<string, unknown>) =>
      send('PUT', ownPath(of), of.registration_access_token, {
        ...metadata,
        client_id: of.client_id,
        ...body,
      });

    expect((await change(own, { client_id: 'other' })).json.error).toBe('invalid_client_metadata');
    expect((await change(own, { client_secret: 'chosen' })).json.error).toBe('invalid_client_metadata');
    expect((await change(own, { client_id: undefined })).json.error).toBe('invalid_client_metadata');
    expect((await change(native, {})).json.error).toBe('invalid_client_metadata');
    expect((await change(own, { redirect_uris: ['https://x.test/#'] })).json.error).toBe(
      'invalid_redirect_uri',
    );
  });

  it('is deleted, and with it its tokens and its own token', async () => {
    const { json: own } = await register();
    const gone = await send('DELETE', ownPath(own), own.registration_access_token);

    expect([gone.status, gone.json]).toEqual([204, undefined]);
    expect((await send('GET', ownPath(own), own.registration_access_token)).status).toBe(401);
    expect((await opsCall(stack, 'GET', `/auth/v3/ops/clients/${own.client_id}`)).status).toBe(404);
  });

  // attack: registration managed with another token | CVE-2023-0091, RFC 7592 3 | guard: services/auth-api/src/registry/registration/proofs.ts
  it('belongs to its own token alone: not that of another client, the initial one, none, or an operator’s client', async () => {
    const [{ json: own }, { json: other }] = await Promise.all([register(), register()]);
    const made = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { client_id: 'made-by-ops' } });
    expect(made.status).toBe(200);
    for (const token of [other.registration_access_token, initialToken, undefined, '']) {
      for (const method of ['GET', 'DELETE'] as const) {
        const { status, json } = await send(method, ownPath(own), token);
        expect([status, json.error === 'invalid_token' || json.error === 'unauthorized']).toEqual([
          401,
          true,
        ]);
      }
    }
    for (const id of ['made-by-ops', 'unknown']) {
      expect((await send('GET', `/${id}`, own.registration_access_token)).status).toBe(401);
    }
  });

  it('leaves a trace of who did what', async () => {
    const { json: own } = await register();
    await send('DELETE', ownPath(own), own.registration_access_token);
    const { rows } = await stack.deps.stores.pool.query(
      `SELECT name, fields->>'actor' AS actor FROM auth.audit_events WHERE client_id = $1 ORDER BY at`,
      [own.client_id],
    );

    expect(rows).toEqual([
      { name: 'client_created', actor: 'dynamic registration' },
      { name: 'client_deleted', actor: own.client_id },
    ]);
  });
});
