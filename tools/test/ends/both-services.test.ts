/** Ends things at Environment API and looks for them at two replicas of Auth API, by the services' own routes only. */
import { randomUuid, sha256 } from '@gatehouse/service-kit/crypto';
import { freePort } from '@gatehouse/testing/network';
import { startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type AuthApi,
  environmentFieldsOf,
  sharedSettings,
  startAuthApi,
} from '../../../services/auth-api/test/stack/auth-api.ts';
import { type Browser, createBrowser } from '../../../services/auth-api/test/stack/browser.ts';
import { exchangeGrant, exchangeToken } from '../../../services/auth-api/test/stack/exchange.ts';
import { agent, sessionCookie } from '../../../services/auth-api/test/stack/interaction.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  introspect,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../../../services/auth-api/test/stack/oauth.ts';
import { type RunningApi, startApi } from '../../../services/environment-api/test/running-api.ts';

const second = { timeout: 1000, interval: 50 };
let redis: TestRedis;
let environmentApi: RunningApi;
let stack: AuthApi;
let replica: AuthApi;
let observer: TestClient;

beforeAll(async () => {
  redis = await startRedis({ persistent: true });
  const [port, internalPort] = await Promise.all([freePort(), freePort()]);
  environmentApi = await startApi({
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_AUTH_API_URL: `http://127.0.0.1:${port}`,
      GATEHOUSE_AUTH_API_INTERNAL_URL: `http://127.0.0.1:${internalPort}`,
      ...sharedSettings,
    },
  });
  const env = {
    GATEHOUSE_REDIS_URL: redis.url,
    GATEHOUSE_ENVIRONMENT_API_URL: await environmentApi.internalApp.listen({ host: '127.0.0.1', port: 0 }),
  };
  stack = await startAuthApi({ env });
  await stack.app.listen({ host: '127.0.0.1', port });
  await stack.internalApp.listen({ host: '127.0.0.1', port: internalPort });
  replica = await startAuthApi({ beside: stack, env });
  for (const at of [stack, replica])
    await vi.waitFor(() => at.deps.changes.assertDeactivationsKnown(), { timeout: 10_000 });
  observer = await createClient(stack, { internalClient: true });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
  await environmentApi?.close();
  await redis?.close();
});

const operate = async (...call: Parameters<RunningApi['call']>) => {
  const answer = await environmentApi.call(...call);
  if (answer.status >= 300) throw new Error(answer.text);
};
const patch = (id: string, data: Record<string, unknown>) =>
  operate('PATCH', `/contact-centers/${id}`, { payload: { data } });
const switchSignOn = (id: string, enabled: boolean) =>
  operate('PUT', `/contact-centers/${id}/oidc`, {
    payload: {
      data: {
        ...{ location: '/', enabled, issuer: 'https://idp.test', clientId: 'gatehouse' },
        clientSecret: 'a-secret-of-the-provider',
        // The test signs in with the password.
        passwordUsers: [agent.username],
      },
    },
  });

const createEnvironment = () => environmentApi.environment(environmentFieldsOf(stack.simulator.port));

type Place = Awaited<ReturnType<typeof createPlace>>;

/** A contact centre with everything that can end, of a user who came in by its first domain and by single sign-on. */
async function createPlace() {
  const environmentId = await createEnvironment();
  const domains = [`taken-${randomUuid()}`, `kept-${randomUuid()}`];
  const id = await environmentApi.contactCenter({ environmentId, domains });
  await switchSignOn(id, true);
  const bound = { contactCenterIds: [id] };
  const clients = {
    opaque: await createClient(stack, bound),
    jwt: await createClient(stack, { ...bound, accessTokenFormat: 'jwt' }),
    own: await createClient(stack, { ...bound, authorizedGrantTypes: ['client_credentials'] }),
  };
  const exchanger = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    accessTokenFormat: 'jwt',
    tokenExchange: { subjectClients: [clients.opaque.clientId] },
  });
  const browser = createBrowser(stack.app);
  const signedIn = await browser.postJson('/auth/v3/sign-in', { data: { ...agent, tenant: domains[0] } });
  if (signedIn.status !== 200) throw new Error(signedIn.body);
  await recordSignOn(browser, 'oidc /');
  const tokensOf = async (client: TestClient) =>
    (await redeem(stack, client, await getCode(stack, browser, client))).json();
  const { access_token: opaque, refresh_token: refresh } = await tokensOf(clients.opaque);
  return {
    ...{ id, environmentId, domains, clients, exchanger, browser, refresh },
    code: await getCode(stack, browser, clients.opaque),
    tokens: {
      opaque,
      jwt: (await tokensOf(clients.jwt)).access_token,
      exchanged: (await exchangeToken(stack, exchanger, opaque)).json().access_token,
      own: (await token(stack, clients.own, { grant_type: 'client_credentials' })).json().access_token,
    },
  };
}

/** The session counts as one by that single sign-on. */
async function recordSignOn(browser: Browser, signOn: string): Promise<void> {
  const key = stack.deps.core.keyspace.key('session', sha256(browser.cookies.get(sessionCookie) ?? ''));
  const session = JSON.parse((await stack.deps.stores.redis.hget(key, 'data')) ?? '');
  session.identity.entry = { ...session.identity.entry, signOn };
  await stack.deps.stores.redis.hset(key, 'data', JSON.stringify(session));
}

/** Tells which tokens and sessions are alive at a replica. */
async function aliveAt(at: AuthApi, { tokens, browser }: Place): Promise<string[]> {
  const here = createBrowser(at.app);
  for (const [name, value] of browser.cookies) here.cookies.set(name, value);
  const isIn = (await here.get('/auth/v3/ping')).status === 200;
  const alive = isIn ? ['session'] : [];
  for (const [name, text] of Object.entries(tokens))
    if ((await introspect(at, observer, text))['active'] === true) alive.push(name);
  return alive;
}

/** Statuses of everything that would yield a token, and the code of the authorization endpoint. */
async function gainsAt(at: AuthApi, { code, refresh, clients, exchanger, tokens, browser }: Place) {
  const here = createBrowser(at.app);
  for (const [name, value] of browser.cookies) here.cookies.set(name, value);
  return {
    redeemed: (await redeem(at, clients.opaque, code)).status,
    refreshed: (await token(at, clients.opaque, { grant_type: 'refresh_token', refresh_token: refresh }))
      .status,
    exchanged: (await exchangeToken(at, exchanger, tokens.opaque)).status,
    code: responseOf(await here.get(authorizeUrl(clients.opaque))).get('code'),
  };
}

const nothing = { redeemed: 400, refreshed: 400, exchanged: 400, code: null };

const cases: [
  string,
  (place: Place) => Promise<unknown>,
  string[],
  ((place: Place) => Promise<unknown>) | undefined,
][] = [
  [
    'a contact centre is disabled',
    ({ id }) => patch(id, { status: 'disabled' }),
    [],
    ({ id }) => patch(id, { status: 'active' }),
  ],
  [
    'a contact centre is deleted',
    ({ id }) => operate('DELETE', `/contact-centers/${id}`),
    [],
    ({ id, environmentId, domains }) => environmentApi.contactCenter({ id, environmentId, domains }),
  ],
  [
    'an environment is deleted, after its contact centre got another one',
    async ({ id, environmentId }) => {
      await patch(id, { environmentId: await createEnvironment() });
      await operate('DELETE', `/environments/${environmentId}`);
    },
    [],
    undefined,
  ],
  [
    'a domain is removed',
    ({ id, domains }) => patch(id, { domains: [domains[1]] }),
    ['own'],
    ({ id, domains }) => patch(id, { domains }),
  ],
  [
    'single sign-on is switched off',
    ({ id }) => switchSignOn(id, false),
    ['own'],
    ({ id }) => switchSignOn(id, true),
  ],
  [
    'its clients are removed from the contact centre',
    ({ clients }) =>
      Promise.all(
        Object.values(clients).map((client) =>
          changeClient(stack, client, { contactCenterIds: [randomUuid()] }),
        ),
      ),
    ['session'],
    ({ id, clients }) =>
      Promise.all(
        Object.values(clients).map((client) => changeClient(stack, client, { contactCenterIds: [id] })),
      ),
  ],
];

describe.each(cases)('when %s', (_name, change, stays, undo) => {
  // attack: use what was ended by a real Environment API | ASVS 7.4.2, 10.4.9 | guard: services/environment-api/src/contact-centers/ends.ts
  it('nothing of it works at either replica within a second, and undoing it revives nothing', async () => {
    const place = await createPlace();
    for (const at of [stack, replica])
      expect(await aliveAt(at, place)).toEqual(['session', 'opaque', 'jwt', 'exchanged', 'own']);

    await change(place);

    await expect
      .poll(() => Promise.all([stack, replica].map((at) => aliveAt(at, place))), second)
      .toEqual([stays, stays]);
    expect(await gainsAt(replica, place)).toEqual(nothing);
    expect(await gainsAt(stack, place)).toEqual(nothing);

    if (undo === undefined) return;
    await undo(place);
    for (const at of [stack, replica]) {
      expect(await aliveAt(at, place)).toEqual(stays);
      const { code: _newSession, ...gains } = await gainsAt(at, place);
      expect(gains).toMatchObject({ redeemed: 400, refreshed: 400, exchanged: 400 });
    }
  });
});
