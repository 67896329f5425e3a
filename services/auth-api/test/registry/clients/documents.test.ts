/** Clients that nobody has registered: their id is the address of a document that describes them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { agent, readView, signIn } from '../../stack/interaction.ts';
import { authorizeUrl, interactionOf, redeem, responseOf, token } from '../../stack/oauth.ts';

interface Hosted {
  status?: number;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
  hangs?: true;
}

let aheadMs = 0;
let stack: AuthApi;
let host: Server;
let base: string;
let env: Record<string, string>;
const hosted = new Map<string, Hosted>();
const asked: string[] = [];

beforeAll(async () => {
  const authority = createAuthority();
  host = createServer(authority.issue(), (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const {
      status = 200,
      type = 'application/json',
      body,
      headers,
      hangs,
    } = hosted.get(path) ?? { status: 404 };
    if (!hangs) response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  base = `https://localhost:${(host.address() as AddressInfo).port}`;
  env = {
    GATEHOUSE_MODE: 'local',
    GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
    GATEHOUSE_OUTBOUND_CA: authority.cert,
    GATEHOUSE_OUTBOUND_TIMEOUT_MS: '1000',
    GATEHOUSE_CLIENT_DOCUMENT_HOSTS: new URL(base).host,
  };
  stack = await startAuthApi({ env, now: () => Date.now() + aheadMs });
});
afterAll(async () => {
  host?.closeAllConnections();
  host?.close();
  await stack?.close();
});
beforeEach(() => {
  asked.length = 0;
  // Each test has a window of reads of its own.
  aheadMs += 61_000;
});

const documentOf = (clientId: string, changes: object = {}) => ({
  client_id: clientId,
  client_name: 'Notes',
  redirect_uris: [`${base}/callback`, 'http://127.0.0.1:3000/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  ...changes,
});

let documents = 0;
function publish(changes: object = {}, answer: Hosted = {}) {
  const path = `/documents/${++documents}.json`;
  const clientId = `${base}${path}`;
  hosted.set(path, { body: JSON.stringify(documentOf(clientId, changes)), ...answer });
  return { clientId, path, clientSecret: undefined, redirectUri: `${base}/callback` };
}

type Published = ReturnType<typeof publish>;

const begin = (client: Published, parameters: Record<string, string> = {}, at = stack) =>
  createBrowser(at.app).get(authorizeUrl(client, parameters));

/** Signs in as far as the consent page. */
async function untilConsent(client: Published, parameters: Record<string, string> = {}) {
  const browser = createBrowser(stack.app);
  const interaction = interactionOf(await browser.get(authorizeUrl(client, parameters)));
  const onward = await signIn(stack, browser, interaction, agent);
  await browser.get(onward.location ?? '');
  const view = await readView(stack.app, browser, interaction);
  const allow = async () => {
    const form = { interaction, csrf: view.csrf, answer: 'allowed' };
    const resumed = await browser.postForm('/auth/v3/oauth/consent', form);
    return browser.get(String(resumed.location));
  };
  return { browser, view, allow };
}

describe('a client that describes itself in a document', () => {
  it('gets tokens after the person has seen its host and agreed, each time', async () => {
    const client = publish();
    const { browser, view, allow } = await untilConsent(client, { scope: 'openid offline_access' });
    expect(view.client).toMatchObject({
      id: client.clientId,
      name: 'Notes',
      documentHost: new URL(base).host,
      address: new URL(base).host,
    });
    const code = responseOf(await allow()).get('code') ?? '';
    const tokens = (await redeem(stack, client, code)).json();
    expect(tokens.access_token).toBeTruthy();
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    expect((await token(stack, client, form)).status).toBe(200);

    const again = await browser.get(authorizeUrl(client, { scope: 'openid' }));
    expect(again.location).toContain('/auth/consent.html');
  });

  it('is on the list of the applications that a person has allowed, and is taken off it with its tokens', async () => {
    const client = publish();
    const { browser, allow } = await untilConsent(client, { scope: 'openid offline_access' });
    const code = responseOf(await allow()).get('code') ?? '';
    const { refresh_token } = (await redeem(stack, client, code)).json();
    const list = async () =>
      (await browser.get('/auth/v3/consents')).json() as { data: { clientId: string; name: string }[] };
    expect((await list()).data).toContainEqual(
      expect.objectContaining({ clientId: client.clientId, name: client.clientId }),
    );
    const path = `/auth/v3/consents/${encodeURIComponent(client.clientId)}`;
    const taken = await browser.request('DELETE', path, { origin: 'https://login.test' });
    expect(taken.status).toBe(200);
    expect((await list()).data.map(({ clientId }) => clientId)).not.toContain(client.clientId);
    expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).status).toBe(400);
  });

  it('gets what is offered here of what it asks every server for, and nothing without a person', async () => {
    const client = publish({
      grant_types: [
        'authorization_code',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      scope: 'openid reports:all',
      token_endpoint_auth_method: undefined,
      backchannel_logout_uri: 'https://elsewhere.test/logout',
    });
    expect(await stack.deps.clients.directory.find(client.clientId)).toMatchObject({
      clientType: 'PUBLIC',
      grantTypes: ['authorization_code'],
      scope: ['openid'],
      requirePkce: true,
      requireConsent: true,
      redirectMatching: 'exact',
    });
    expect((await token(stack, client, { grant_type: 'client_credentials' })).status).toBe(400);
    const device = await stack.app.inject({
      method: 'POST',
      url: '/auth/v3/oauth/device',
      payload: new URLSearchParams({ client_id: client.clientId }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(device.statusCode).toBe(400);
  });

  it('may come back to any port of the machine of its user, and to no other path', async () => {
    const client = publish();
    const at = (redirectUri: string) => begin({ ...client, redirectUri });
    expect((await at('http://127.0.0.1:49321/callback')).status).toBe(302);
    expect((await at('http://127.0.0.1:49321/other')).status).toBe(400);
    expect((await at(`${base}/callback/below`)).status).toBe(400);
  });

  it('is read again when its host says so: within the hour, and not within the minute', async () => {
    const client = publish({}, { headers: { 'cache-control': 'public, max-age=120' } });
    const count = async () => {
      await begin(client);
      return asked.length;
    };
    expect([await count(), await count()]).toEqual([1, 1]);
    aheadMs += 119_000;
    expect(await count()).toBe(1);
    aheadMs += 2_000;
    expect(await count()).toBe(2);
  });

  it('goes on for a while when its host fails, and ends when the host has it no more', async () => {
    const client = publish();
    expect((await begin(client)).status).toBe(302);
    hosted.set(client.path, { status: 503 });
    aheadMs += 61_000;
    expect((await begin(client)).status).toBe(302);
    hosted.delete(client.path);
    expect((await begin(client)).status).toBe(400);
  });

  it.each([
    [{ redirect_uris: undefined }, 'redirect_uris'],
    [{ client_name: undefined }, 'client_name'],
    [{ jwks: { keys: [{ kty: 'RSA' }] }, token_endpoint_auth_method: 'private_key_jwt' }, 'jwks.keys.0'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'token_endpoint_auth_method'],
    [{ policy_uri: 'javascript:alert(1)' }, 'policy_uri'],
  ])('is told which member is wrong: %j', async (changes, member) => {
    const answer = await begin(publish(changes));
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`${member}:`);
  });

  it('is unknown without the setting, and nobody is asked for the document', async () => {
    const { GATEHOUSE_CLIENT_DOCUMENT_HOSTS: _, ...without } = env;
    const closed = await startAuthApi({ beside: stack, env: without });
    try {
      const supported = async (at: AuthApi) =>
        (await at.app.inject('/auth/v3/.well-known/openid-configuration')).json()[
          'client_id_metadata_document_supported'
        ];
      expect([await supported(stack), await supported(closed)]).toEqual([true, false]);
      expect((await begin(publish(), {}, closed)).status).toBe(400);
      expect(asked).toEqual([]);
    } finally {
      await closed.close();
    }
  });
});

describe('a stranger', () => {
  // attack: client id that leads into the network of the server | draft-ietf-oauth-client-id-metadata-document-02 8.6, CWE-918 | guard: packages/api-client/src/http/address-policy.ts
  it('reaches no machine of the inside by a client id, and does not learn what answers there', async () => {
    const open = await startAuthApi({
      beside: stack,
      env: {
        GATEHOUSE_OUTBOUND_CA: env['GATEHOUSE_OUTBOUND_CA'] ?? '',
        GATEHOUSE_CLIENT_DOCUMENT_HOSTS: '*',
      },
    });
    try {
      const client = publish();
      const closedPort = { ...client, clientId: 'https://127.0.0.1:9/documents/1.json' };
      const inside = { ...client, clientId: client.clientId.replace('localhost', '127.0.0.1') };
      const bodies = [];
      for (const one of [client, inside, closedPort]) {
        const { status, body } = await begin(one, {}, open);
        expect(status).toBe(400);
        bodies.push(/client_id: [^<]*/.exec(body)?.[0]);
      }
      expect(new Set(bodies).size).toBe(1);
      expect(asked).toEqual([]);
    } finally {
      await open.close();
    }
  });

  // attack: client of a host that the operator has not named | draft-ietf-oauth-client-id-metadata-document-02 8.9 | guard: services/auth-api/src/registry/clients/documents/documents.ts
  it('brings no document of a host that the operator has not named', async () => {
    const client = publish();
    for (const other of ['127.0.0.1', 'localhost.', 'app.localhost'])
      expect((await begin({ ...client, clientId: client.clientId.replace('localhost', other) })).status).toBe(
        400,
      );
    expect(asked).toEqual([]);
  });

  // attack: redirect from a named host to a document elsewhere | draft-ietf-oauth-client-id-metadata-document-02 5 | guard: services/auth-api/src/registry/clients/documents/documents.ts
  it('cannot use an open redirect of a named host', async () => {
    const target = publish();
    const client = publish({}, { status: 302, headers: { location: target.path } });
    expect((await begin(client)).status).toBe(400);
    expect(asked).not.toContain(target.path);
  });

  // attack: document that speaks for another address | draft-ietf-oauth-client-id-metadata-document-02 4 | guard: services/auth-api/src/registry/clients/documents/read-document.ts
  it('cannot speak for the document of somebody else', async () => {
    const known = publish();
    const client = publish({ client_id: known.clientId });
    const answer = await begin(client);
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.stringContaining('client_id: must be the address'),
    ]);
  });

  // attack: code of a trusted host sent to another | draft-ietf-oauth-client-id-metadata-document-02 8.1 | guard: services/auth-api/src/registry/clients/documents/read-document.ts
  it.each([
    'https://evil.test/callback',
    'https://localhost/callback',
    'app.evil:/callback',
    'http://evil.test/callback',
  ])('gets no code by a document that names %s', async (redirectUri) => {
    const client = publish({ redirect_uris: [redirectUri] });
    const answer = await begin({ ...client, redirectUri });
    expect([answer.status, answer.location]).toEqual([400, undefined]);
    expect(answer.body).toContain('redirect_uris:');
  });

  // attack: document that changes while the person decides | draft-ietf-oauth-client-id-metadata-document-02 8.4 | guard: services/auth-api/src/oauth/authorize/authorize.ts
  it('gets no code for an address that has left the document while the person decided', async () => {
    const client = publish();
    const { allow } = await untilConsent(client, { scope: 'openid' });
    const body = JSON.stringify(documentOf(client.clientId, { redirect_uris: [`${base}/new`] }));
    hosted.set(client.path, { body });
    aheadMs += 61_000;
    const answer = await allow();
    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });

  // attack: consent for a document that was another one | draft-ietf-oauth-client-id-metadata-document-02 8.4 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('profits from no agreement that a person gave to an earlier document', async () => {
    const client = publish();
    const { browser, allow } = await untilConsent(client, { scope: 'openid' });
    await allow();
    const silent = await browser.get(authorizeUrl(client, { scope: 'openid', prompt: 'none' }));
    expect(responseOf(silent).get('error')).toBe('consent_required');
  });

  // attack: document under the name of this product or installation | UTS 39 | guard: services/auth-api/src/registry/clients/documents/read-document.ts
  it.each(['Gаtеhоuse', 'Ｇａｔｅｈｏｕｓｅ Login', 'Operator', 'Polar Calls'])(
    'does not pass for %s',
    async (client_name) => {
      stack.environmentApi.installation = { version: 2, branding: { name: 'Polar Calls' } };
      stack.deps.contactCenters.installation.applyGap();
      const answer = await begin(publish({ client_name }));
      stack.environmentApi.installation = undefined;
      stack.deps.contactCenters.installation.applyGap();
      expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('client_name: passes for')]);
    },
  );

  // attack: two spellings of one client id | draft-ietf-oauth-client-id-metadata-document-02 3, RFC 3986 6.2 | guard: services/auth-api/src/registry/clients/documents/document-address.ts
  it.each([
    (id: string) => id.replace('localhost', 'LOCALHOST'),
    (id: string) => id.replace('/documents/', '/other/../documents/'),
    (id: string) => id.replace('/documents/', '/%2e/documents/'),
    (id: string) => id.replace('https://', 'https://trusted.test@'),
    (id: string) => id.replace('https://', 'https:\\\\'),
    (id: string) => `${id}#fragment`,
    (id: string) => `${id}?client=1`,
    (id: string) => new URL('/', id).href,
  ])('has one spelling of an address alone (%#)', async (respell) => {
    const client = publish();
    const clientId = respell(client.clientId);
    hosted.set(new URL(clientId).pathname, { body: JSON.stringify(documentOf(clientId)) });
    expect((await begin({ ...client, clientId })).status).toBe(400);
    expect(asked).toEqual([]);
  });

  // attack: secret that everybody can read | draft-ietf-oauth-client-id-metadata-document-02 4.1 | guard: services/auth-api/src/registry/clients/documents/read-document.ts
  it.each([
    { client_secret: 'everybody-reads-this' },
    { token_endpoint_auth_method: 'client_secret_basic' },
    { token_endpoint_auth_method: 'client_secret_post' },
  ])('proves nothing by %j', async (changes) => {
    const answer = await begin(publish(changes));
    expect([answer.status, answer.body]).toEqual([
      400,
      expect.stringContaining(`${Object.keys(changes)[0]}:`),
    ]);
  });

  // attack: endless or huge document | draft-ietf-oauth-client-id-metadata-document-02 8.7, CWE-770 | guard: services/auth-api/src/registry/clients/documents/documents.ts
  it('fills no memory by a document of more than 5 KiB', async () => {
    const padded = publish({ padding: 'x'.repeat(5 * 1024) });
    expect((await begin(padded)).status).toBe(400);
    expect((await begin(publish({ padding: 'x'.repeat(4 * 1024) }))).status).toBe(302);
  });

  it('holds nobody up by a host that never answers', async () => {
    expect((await begin(publish({}, { hangs: true }))).status).toBe(400);
  });

  it.each([
    { type: 'text/html' },
    { body: '{"client_id":' },
    { body: '[]' },
    { body: 'null' },
    { status: 201 },
  ])('is not believed with %j', async (answer) => {
    expect((await begin(publish({}, answer))).status).toBe(400);
  });

  // attack: flood of a foreign host through this server | draft-ietf-oauth-client-id-metadata-document-02 8.6, CWE-770 | guard: services/auth-api/src/registry/clients/documents/documents.ts
  it('has no host asked without end', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 32; count += 1) {
      const clientId = `${base}/none/${count}.json`;
      statuses.push((await begin({ clientId, path: '', clientSecret: undefined, redirectUri: base })).status);
    }
    expect(asked.length).toBe(30);
    expect(statuses.slice(30)).toEqual([429, 429]);
  });
});
