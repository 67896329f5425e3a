/** Tries every cell of the table in docs/explain/what-ends.md, on two replicas. */
import { readFileSync } from 'node:fs';
import { personChangeId } from '@gatehouse/contracts/environment-api';
import { randomUuid, sha256 } from '@gatehouse/service-kit/crypto';
import { createReadiness } from '@gatehouse/service-kit/health';
import { readinessChecks } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  demoContactCenter,
  environmentId,
  publicUrl,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { exchangeGrant, exchangeToken } from '../../stack/exchange.ts';
import { agent, sessionCookie } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../../stack/oauth.ts';

const second = { timeout: 1000 };
const page = readFileSync(new URL('../../../../../docs/explain/what-ends.md', import.meta.url), 'utf8');
const [columns = [], , ...rows] = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '));

const agentDbid = 101;

let stack: AuthApi;
let replica: AuthApi;
let exchanger: TestClient;
let observer: TestClient;
beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
  observer = await createClient(stack, { internalClient: true });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

/** A contact centre of its own for each row, with everything that can end. */
interface Place {
  id: string;
  clients: { opaque: TestClient; jwt: TestClient; own: TestClient };
  /** The exchanged tokens are for it. */
  audience: TestClient;
  /** Who came in by the domain or single sign-on that the row takes away. */
  byIt: Held;
  /** Who came in another way. */
  otherwise: Held;
}

interface Held {
  browser: Browser;
  code: string;
  opaque: string;
  jwt: string;
  refresh: string;
  exchanged: string;
  own: string;
}

let places = 0;

async function createPlace(): Promise<Place> {
  const id = randomUuid();
  places += 1;
  const domains = [`kept-${places}`, `Taken-${places}`];
  stack.environmentApi.contactCenters.set(id, { ...demoContactCenter, id, domains });
  const bound = { contactCenterIds: [id] };
  const clients = {
    opaque: await createClient(stack, bound),
    jwt: await createClient(stack, { ...bound, accessTokenFormat: 'jwt' }),
    own: await createClient(stack, {
      ...bound,
      authorizedGrantTypes: ['client_credentials'],
      accessTokenFormat: 'jwt',
    }),
  };
  const audience = await createClient(stack, {});
  exchanger = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    accessTokenFormat: 'jwt',
    tokenExchange: { subjectClients: [clients.opaque.clientId], audiences: [audience.clientId] },
  });
  const parts = { clients, audience };
  const byIt = await hold(parts, domains[1] ?? '', 'saml /');
  return { id, ...parts, byIt, otherwise: await hold(parts, domains[0] ?? '', 'oidc /') };
}

/** The session counts as one by that single sign-on. */
async function hold(
  { clients, audience }: Pick<Place, 'clients' | 'audience'>,
  tenant: string,
  signOn: string,
): Promise<Held> {
  const browser = createBrowser(stack.app);
  await browser.postJson('/auth/v3/sign-in', { data: { ...agent, tenant: tenant.toUpperCase() } });
  const { redis } = stack.deps.stores;
  const key = stack.deps.core.keyspace.key('session', sha256(browser.cookies.get(sessionCookie) ?? ''));
  const session = JSON.parse((await redis.hget(key, 'data')) ?? '');
  const { entry } = session.identity;
  session.identity.entry = { ...entry, signOn };
  await redis.hset(key, 'data', JSON.stringify(session));
  const tokensOf = async (client: TestClient) =>
    (await redeem(stack, client, await getCode(stack, browser, client))).json();
  const { access_token: opaque, refresh_token: refresh } = await tokensOf(clients.opaque);
  return {
    browser,
    opaque,
    refresh,
    jwt: (await tokensOf(clients.jwt)).access_token,
    exchanged: (await exchangeToken(stack, exchanger, opaque, { audience: audience.clientId })).json()
      .access_token,
    own: (await token(stack, clients.own, { grant_type: 'client_credentials' })).json().access_token,
    code: await getCode(stack, browser, clients.opaque),
  };
}

type Announced = Parameters<typeof announceChange>[1];

/** Changes the contact centre as Environment API does: what is stored, then the change, then what ends by it. */
async function change(id: string, fields: Record<string, unknown> | undefined, ...ends: Announced[]) {
  const { contactCenters } = stack.environmentApi;
  const present = contactCenters.get(id) ?? demoContactCenter;
  if (fields === undefined) contactCenters.delete(id);
  else contactCenters.set(id, { ...present, ...fields, version: present.version + 1 });
  for (const one of [{ entity: 'contact-center', id, contactCenterId: id }, ...ends])
    await announceChange(stack, one);
}

const endOf = (id: string) => ({ entity: 'contact-center-end', id, contactCenterId: id });

const changes: Record<string, (place: Place) => Promise<unknown>> = {
  'contact centre disabled': ({ id }) => change(id, { status: 'disabled' }, endOf(id)),
  'contact centre deleted': ({ id }) => change(id, undefined, endOf(id)),
  'contact centre given another environment': ({ id }) =>
    change(id, { environmentId: randomUuid() }, endOf(id)),
  'contact centre given another subject scope': ({ id }) =>
    change(id, { subjectScope: 'contactCenter' }, endOf(id)),
  'contact centre given a membership that takes fewer people in': ({ id }) =>
    change(id, { membership: { by: 'accessGroup', names: ['Agents'] } }, endOf(id)),
  // A contact centre is not without an environment; only what the change of the environment itself ends is tried.
  'environment deleted': () => announceChange(stack, { entity: 'environment-end', id: environmentId }),
  'domain removed': ({ id }) => {
    const [kept = '', taken = ''] = stack.environmentApi.contactCenters.get(id)?.domains ?? [];
    return change(id, { domains: [kept] }, { entity: 'domain-end', id: taken, contactCenterId: id });
  },
  'single sign-on switched off': ({ id }) =>
    announceChange(stack, { entity: 'single-sign-on-end', id: 'saml /', contactCenterId: id }),
  'person of the people store deactivated, deleted or given another password by an administrator': ({ id }) =>
    announceChange(stack, {
      entity: 'person-end',
      id: personChangeId(environmentId, agentDbid),
      contactCenterId: id,
    }),
  'client removed from the contact centre': ({ clients }) =>
    Promise.all(
      Object.values(clients).map((client) =>
        changeClient(stack, client, { contactCenterIds: [randomUuid()] }),
      ),
    ),
  'client deleted': ({ clients }) =>
    Promise.all(
      Object.values(clients).map(({ clientId }) =>
        opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${clientId}`),
      ),
    ),
  'client of the audience deleted': ({ audience }) =>
    opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${audience.clientId}`),
  'user takes the consent to the client back': async ({ id, byIt, clients }) => {
    const { sub } = await introspect(stack, observer, byIt.opaque);
    const scope = ['openid'];
    for (const { clientId } of [clients.opaque, clients.jwt]) {
      await stack.deps.consents.service.give({ contactCenterId: id, sub: String(sub) }, { clientId, scope });
      const path = `/auth/v3/consents/${clientId}`;
      expect((await byIt.browser.request('DELETE', path, { origin: publicUrl })).status).toBe(200);
    }
  },
  'user signed out everywhere': ({ byIt }) => byIt.browser.postJson('/auth/v3/sign-out', { global: true }),
  'session signed out': ({ byIt }) => byIt.browser.postJson('/auth/v3/sign-out', {}),
};

const undone: Record<string, (place: Place) => Promise<unknown>> = {
  'contact centre disabled': ({ id }) => change(id, { status: 'active' }),
  'contact centre deleted': ({ id }) => change(id, { id, domains: [`kept-${places}`, `Taken-${places}`] }),
  'contact centre given another environment': ({ id }) => change(id, { environmentId }, endOf(id)),
  'contact centre given another subject scope': ({ id }) =>
    change(id, { subjectScope: 'environment' }, endOf(id)),
  'contact centre given a membership that takes fewer people in': ({ id }) =>
    change(id, { membership: { by: 'all', names: [] } }),
  'domain removed': ({ id }) => change(id, { domains: [`kept-${places}`, `Taken-${places}`] }),
};

const isActive = async (at: AuthApi, text: string) => (await introspect(at, observer, text))['active'];
const isIn = async (at: AuthApi, { cookies }: Browser) => {
  const browser = createBrowser(at.app);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return (await browser.get('/auth/v3/ping')).status === 200;
};
const isRedeemed = async (answer: ReturnType<typeof token>) => (await answer).status === 200;

/** Whether it is alive at a replica. Codes and refresh tokens are used up by that: they are tried once, at the other replica. */
const isAlive: Record<string, (at: AuthApi, held: Held, clients: Place['clients']) => Promise<unknown>> = {
  session: (at, { browser }) => isIn(at, browser),
  code: (_at, { code }, { opaque }) => isRedeemed(redeem(replica, opaque, code)),
  'opaque access token': (at, { opaque }) => isActive(at, opaque),
  'JWT access token': (at, { jwt }) => isActive(at, jwt),
  'refresh token': (_at, { refresh }, { opaque }) =>
    isRedeemed(token(replica, opaque, { grant_type: 'refresh_token', refresh_token: refresh })),
  'exchanged token': (at, { exchanged }) => isActive(at, exchanged),
  "client's own token": (at, { own }) => isActive(at, own),
};
const usedUp = ['code', 'refresh token'];

describe.each(rows)('%s', (row, ...verdicts) => {
  let place: Place;
  beforeAll(async () => {
    place = await createPlace();
    await changes[row]?.(place);
  });

  const cells = verdicts.map((verdict, index) => [columns[index + 1] ?? '', verdict] as const);

  // attack: use what an ended contact centre, environment, domain, single sign-on or client left behind | ASVS 7.4.2, 10.4.9 | guard: services/auth-api/src/operations/changes/deactivation.ts
  it.each(cells)('%s: %s, at both replicas', async (what, verdict) => {
    const alive = isAlive[what];
    const replicas = usedUp.includes(what) ? [replica] : [stack, replica];
    for (const at of replicas) {
      const check = () => alive?.(at, place.byIt, place.clients);
      if (verdict === 'stays') expect(await check()).toBe(true);
      else await expect.poll(check, second).toBe(false);
    }
    if (verdict !== 'those by it') return;
    expect(await alive?.(replica, place.otherwise, place.clients)).toBe(true);
  });

  const undo = undone[row];
  if (undo === undefined) return;
  // attack: enable a contact centre again to revive its tokens | ASVS 7.4.2 | guard: services/auth-api/src/records/revocation/judgement.ts
  it('revives nothing when it is undone', async () => {
    await undo(place);

    for (const [what, verdict] of cells) {
      if (verdict === 'stays' || usedUp.includes(what)) continue;
      expect([what, await isAlive[what]?.(stack, place.byIt, place.clients)]).toEqual([what, false]);
      expect([what, await isAlive[what]?.(replica, place.byIt, place.clients)]).toEqual([what, false]);
    }
  });
});

describe('by a copy from before the end', () => {
  /** The change is stored, and nobody has heard of it. */
  const switchOffSilently = (id: string, at = stack) => {
    const present = at.environmentApi.contactCenters.get(id) ?? demoContactCenter;
    at.environmentApi.contactCenters.set(id, {
      ...present,
      status: 'disabled',
      version: present.version + 1,
    });
  };

  // attack: get tokens in the second before a replica hears that the contact centre is disabled | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/revoke-deactivated.ts
  it('what was issued meanwhile is inactive once the replica hears of it, and nothing is issued after', async () => {
    const place = await createPlace();
    switchOffSilently(place.id);
    const { browser } = place.byIt;
    const { access_token } = (
      await redeem(stack, place.clients.jwt, await getCode(stack, browser, place.clients.jwt))
    ).json();
    const code = await getCode(stack, browser, place.clients.opaque);
    expect(await isActive(replica, access_token)).toBe(true);

    await announceChange(stack, endOf(place.id));

    for (const at of [stack, replica])
      await expect.poll(() => isActive(at, access_token), second).toBe(false);
    expect((await redeem(replica, place.clients.opaque, code)).json().error).toBe('invalid_grant');
    const answer = await browser.get(authorizeUrl(place.clients.opaque));
    expect(responseOf(answer).get('code')).toBeNull();
    const own = await token(stack, place.clients.own, { grant_type: 'client_credentials' });
    expect([own.status, own.json().error]).toEqual([400, 'unauthorized_client']);
  });

  // attack: exchange or refresh while the copy of the contact centre is old | ASVS 7.4.2 | guard: services/auth-api/src/people/accounts/contact-center-status.ts
  it('the status is asked for where tokens are issued: a copy that was dropped is not enough', async () => {
    const place = await createPlace();
    switchOffSilently(place.id);
    // The change alone, without its end: the copies are read again, and no not-before is there yet.
    await announceChange(stack, { entity: 'contact-center', id: place.id, contactCenterId: place.id });
    const { clients, byIt } = place;

    const answers = async () => [
      (await redeem(stack, clients.opaque, byIt.code)).json().error,
      (
        await token(stack, clients.opaque, { grant_type: 'refresh_token', refresh_token: byIt.refresh })
      ).json().error,
      (await exchangeToken(stack, exchanger, byIt.opaque)).json().error,
      responseOf(await byIt.browser.get(authorizeUrl(clients.opaque))).get('error'),
    ];

    await expect
      .poll(async () => (await exchangeToken(stack, exchanger, byIt.opaque)).status, second)
      .toBe(400);
    expect(await answers()).toEqual(['invalid_grant', 'invalid_grant', 'invalid_grant', 'access_denied']);
  });
});

describe('what ends while no replica runs', () => {
  // attack: keep tokens over an end that nobody heard | ASVS 7.4.2 | guard: services/auth-api/src/operations/changes/missed-changes.ts
  // attack: use an old token at a replica that cannot read yet what ended | ASVS 7.4.2, 16.5.3 | guard: services/auth-api/src/records/revocation/revocations.ts
  it('is revoked when one starts, even if the contact centre is enabled again; until it is known nothing is issued', async () => {
    const first = await startAuthApi();
    const client = await createClient(first, { accessTokenFormat: 'jwt' });
    const login = { grant_type: 'password', username: `demo\\${agent.username}`, password: agent.password };
    const { access_token, refresh_token } = (await token(first, client, login)).json();
    const id = demoContactCenter.id;
    // A change that is seen, so that the position is known.
    await announceChange(first, { entity: 'setting', id: 'x', contactCenterId: id });
    const position = async () =>
      (await first.deps.stores.pool.query('SELECT seq FROM auth.followed_ends')).rows.length;
    await expect.poll(position, { timeout: 5000 }).toBe(1);
    await first.app.close();
    await first.deps.close();
    // Disabled and enabled again meanwhile.
    first.environmentApi.changes.push({ ...endOf(id), seq: 2 });

    await first.environmentApi.stop();
    const later = await startAuthApi({ beside: first });
    try {
      const own = await createClient(later, { internalClient: true });
      const judged = await postForm(later, 'introspect', { token: access_token }, own);
      expect([judged.status, judged.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[12]$/)]);
      const refresh = await token(later, client, { grant_type: 'refresh_token', refresh_token });
      expect([refresh.status, refresh.headers['retry-after']]).toEqual([
        503,
        expect.stringMatching(/^[12]$/),
      ]);
      const isReady = async () => {
        const readiness = createReadiness(readinessChecks(later.deps.domains));
        await readiness.probe();
        return readiness.isReady;
      };
      expect(await isReady()).toBe(false);
      await first.environmentApi.start();
      await expect
        .poll(async () => (await introspect(later, own, access_token))['active'], { timeout: 15_000 })
        .toBe(false);
      await expect.poll(isReady, { timeout: 5000 }).toBe(true);
    } finally {
      await later.close();
      const { simulator, environmentApi, redis, database } = first;
      await Promise.all([simulator.close(), environmentApi.stop(), redis.close(), database.close()]);
    }
  });

  // attack: get a client's token before a replica can read what ended | ASVS 7.4.2 | guard: services/auth-api/src/records/revocation/revocations.ts
  it('is known to one that starts while Environment API is down as soon as another one says that it knows all', async () => {
    const first = await startAuthApi();
    const people = await createClient(first);
    const { refresh_token } = await passwordTokens(first, people);
    await first.environmentApi.stop();
    const later = await startAuthApi({ beside: first, env: { GATEHOUSE_REFRESH_GRACE_MS: '0' } });
    try {
      const refresh = async () =>
        (await token(later, people, { grant_type: 'refresh_token', refresh_token })).status;
      const client = await createClient(later, { contactCenterIds: [demoContactCenter.id] });
      const { status } = await token(later, client, { grant_type: 'client_credentials' });
      expect([status, await refresh(), await refresh()]).toEqual([503, 503, 503]);
      const own = async () => (await token(later, client, { grant_type: 'client_credentials' })).status;
      await expect.poll(own, { timeout: 20_000, interval: 250 }).toBe(200);
      expect(later.deps.changes.assertDeactivationsKnown()).toBeUndefined();
      await first.environmentApi.start();
      // It was not used up by what was answered 503.
      await expect.poll(refresh, { timeout: 10_000 }).toBe(200);
    } finally {
      await later.close();
      await first.close();
    }
  }, 30_000);
});
