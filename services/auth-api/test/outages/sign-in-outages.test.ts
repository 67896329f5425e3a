import { demoSeed, startSimulator } from '@gatehouse/config-server-simulator';
import { startPostgres } from '@gatehouse/testing/postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  environmentId,
  environmentOf,
  startAuthApi,
} from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { announceChange } from '../stack/environment-api.ts';
import { agent, readView, sessionCookie, signIn, startInteraction } from '../stack/interaction.ts';

let stack: AuthApi;
beforeEach(async () => {
  stack = await startAuthApi();
});
afterEach(() => stack?.close());

const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };

const login = (at: AuthApi = stack, fields: Record<string, string> = {}) =>
  createBrowser(at.app).postJson('/auth/v3/sign-in', { data: { ...agent, ...fields } });
const statusOf = async (at?: AuthApi) => (await login(at)).status;

describe('69: Redis down', () => {
  it('is answered 503 with Retry-After in bounded time, never by letting in, and is over by itself', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const { csrf } = await readView(stack.app, browser, id);
    const signedIn = createBrowser(stack.app);
    await signedIn.postJson('/auth/v3/sign-in', agent);
    await stack.redis.stop();

    const requests = [
      () => signedIn.get('/auth/v3/ping'),
      () => signedIn.get('/auth/v3/sessions'),
      () => signedIn.get('/auth/v3/sign-out'),
      () => browser.postForm('/auth/v3/sign-in', { ...agent, interaction: id, csrf }),
      () => browser.postJson('/auth/v3/sign-in', agent),
      () =>
        browser.postJson('/auth/v3/change-password', {
          userName: 'agent',
          oldPassword: 'a',
          newPassword: 'b',
        }),
    ];
    for (const request of requests) {
      const startedAtMs = performance.now();
      const answer = await request();
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(performance.now() - startedAtMs).toBeLessThan(1000);
    }
    expect(browser.cookies.has(sessionCookie)).toBe(false);

    await stack.redis.start();
    await expect.poll(async () => (await signedIn.get('/auth/v3/ping')).status, { timeout: 5000 }).toBe(200);
    await expect.poll(() => statusOf(), { timeout: 5000 }).toBe(200);
  });
});

describe('69: PostgreSQL down', () => {
  it('logins go on, sign-outs are in force and answered 503, and their trail is complete afterwards', async () => {
    const postgres = await startPostgres();
    const own = await startAuthApi({ env: { GATEHOUSE_POSTGRES_URL: postgres.url } });
    await postgres.stop();
    const browser = createBrowser(own.app);
    for (let index = 0; index < 3; index += 1) {
      expect((await browser.postJson('/auth/v3/sign-in', agent)).status).toBe(200);
      const answer = await browser.get('/auth/v3/sign-out');
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[12]$/)]);
      expect((await browser.get('/auth/v3/ping')).status).toBe(403);
    }
    await postgres.start();
    const trail = async () => {
      const { rows } = await own.deps.stores.pool.query<{ name: string }>(
        "SELECT name FROM auth.audit_events WHERE name LIKE 'log%' ORDER BY seq",
      );
      return rows.map(({ name }) => name);
    };
    await expect
      .poll(() => trail().catch(() => []), { timeout: 10_000 })
      .toEqual(Array(3).fill(['login_succeeded', 'logout']).flat());
    await own.close();
    await postgres.close();
  }, 40_000);
});

describe('Environment API down', () => {
  it('logins go on from the last known good copies', async () => {
    expect(await statusOf()).toBe(200);
    stack.deps.contactCenters.service.applyChange({ entity: 'location', id: '/' });
    await stack.environmentApi.stop();
    expect(await statusOf()).toBe(200);
    expect((await login(stack, { password: 'wrong' })).status).toBe(401);
  });

  it('logins wait once and not at every question while it accepts connections and answers nothing', async () => {
    expect(await statusOf()).toBe(200);
    stack.deps.contactCenters.service.applyChange({ entity: 'location', id: '/' });
    stack.deps.ssoSettings.service.applyChange({ entity: 'location', id: '/' });
    stack.environmentApi.hangs = true;
    for (let login = 0; login < 3; login += 1) {
      const startedAtMs = performance.now();
      expect(await statusOf()).toBe(200);
      // One time limit and a short wait; four questions would take four seconds.
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    }
    stack.environmentApi.hangs = false;
    expect(await statusOf()).toBe(200);
  }, 20_000);

  it('a replica without copies says try again, counts nothing and works once it is back', async () => {
    await stack.environmentApi.stop();
    for (let index = 0; index < 10; index += 1) {
      const answer = await login();
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ status: { name: 'try_again' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    await stack.environmentApi.start();
    await expect.poll(() => statusOf(), { timeout: 5000 }).toBe(200);
  });

  it('an operator reads why nobody can sign in, and the sign-ins count as failed', async () => {
    const metric = /gatehouse_sign_ins_total\{outcome="try_again"\} (\d+)/;
    const counted = async () => Number(metric.exec(await stack.metrics.expose())?.[1] ?? 0);
    const before = await counted();
    await stack.environmentApi.stop();
    const { headers } = await login();
    await stack.deps.audit.drained();

    const { events } = await stack.deps.audit.search.find({
      ...{ correlationId: String(headers['x-request-id']), limit: 10 },
    });
    expect(events).toMatchObject([
      {
        name: 'login_failed',
        fields: { reason: 'try_again', detail: expect.stringContaining('Environment API') },
      },
    ]);
    expect(await counted()).toBe(before + 1);
  });

  it('copies that are too old are not used', async () => {
    await stack.close();
    stack = await startAuthApi({ env: { GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS: '0' } });
    expect(await statusOf()).toBe(200);
    stack.deps.contactCenters.service.applyChange({ entity: 'location', id: '/' });
    await stack.environmentApi.stop();
    await expect.poll(() => statusOf()).toBe(503);
  });
});

describe('changed environment data', () => {
  it('a disabled contact centre lets nobody in within a second, and one that comes back does', async () => {
    expect(await statusOf()).toBe(200);
    for (const [status, expected] of [
      ['disabled', 401],
      ['active', 200],
    ] as const) {
      const version = (stack.environmentApi.contactCenters.get(contactCenterId)?.version ?? 0) + 1;
      stack.environmentApi.contactCenters.set(contactCenterId, { ...demoContactCenter, status, version });
      await announceChange(stack, { entity: 'contact-center', id: contactCenterId });
      await expect.poll(() => statusOf(), { timeout: 1000 }).toBe(expected);
    }
  });

  it('copies are confirmed by their tag instead of being sent again', async () => {
    expect(await statusOf()).toBe(200);
    stack.deps.contactCenters.service.applyChange({ entity: 'location', id: '/' });
    stack.environmentApi.asked.length = 0;
    expect(await statusOf()).toBe(200);
    expect(stack.environmentApi.asked.map(({ status }) => status)).toEqual([304, 304, 304]);
    expect(await statusOf()).toBe(200);
    expect(stack.environmentApi.asked).toHaveLength(3);
  });

  it('another Configuration Server is used at once, and a login under way on the old one still succeeds', async () => {
    expect(await statusOf()).toBe(200);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    stack.simulator.faults.beforeRequest = async ({ name }) => {
      if (name !== 'RequestAuthenticate') return;
      reached.resolve();
      await gate.promise;
    };
    const underWay = statusOf();
    await reached.promise;

    const second = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
    stack.environmentApi.environments.set(environmentId, environmentOf(second.port, 2));
    await announceChange(stack, { entity: 'environment', id: environmentId });
    await expect.poll(() => second.sessionCount(), { timeout: 3000 }).toBe(1);
    expect((await login(stack, { username: 'admin', password: 'demo-admin-password' })).status).toBe(200);

    gate.resolve();
    expect(await underWay).toBe(200);
    await expect.poll(() => stack.simulator.sessionCount(), { timeout: 3000 }).toBe(0);
    await second.store.setEnabled(101, false);
    expect(await statusOf()).toBe(401);
    await second.close();
  });
});

describe('Configuration Server down', () => {
  it('is a clear "try again" on the page, and costs nobody an attempt', async () => {
    expect(await statusOf()).toBe(200);
    const { port } = stack.simulator;
    await stack.simulator.close();
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    for (let index = 0; index < 6; index += 1) {
      const answer = await signIn(stack, browser, id, agent);
      expect([answer.status, answer.location]).toEqual([302, expect.stringContaining('?error')]);
      const view = await readView(stack.app, browser, id);
      expect(view).toMatchObject({ error: 'try_again', retryAfterSeconds: expect.any(Number) });
    }
    const revived = await startSimulator({ port, seed: demoSeed, hash: 'test' });
    await expect.poll(() => statusOf(), { timeout: 10_000, interval: 200 }).toBe(200);
    await revived.close();
  }, 40_000);

  // attack: lock-out by an outage | ASVS 6.3.1 | guard: services/auth-api/src/people/directories/map-failure.ts
  it('in the middle of logins is "try again" as well: each password is sent once, and none counts as wrong', async () => {
    await stack.close();
    stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '3' } });
    expect(await statusOf()).toBe(200);
    let asked = 0;
    stack.simulator.faults.beforeRequest = ({ name }) => {
      if (name !== 'RequestAuthenticate') return;
      asked += 1;
      if (asked <= 3) stack.simulator.dropConnections();
    };
    for (let index = 0; index < 3; index += 1) {
      const answer = await login();
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ status: { name: 'try_again' } });
      await expect
        .poll(() => stack.deps.accounts.service.links()[0]?.state, { timeout: 10_000 })
        .toBe('open');
    }
    expect(asked).toBe(3);
    expect(await statusOf()).toBe(200);
    expect(asked).toBe(4);
  }, 40_000);

  it('does not end the sessions that there are', async () => {
    const browser = createBrowser(stack.app);
    await browser.postJson('/auth/v3/sign-in', agent);
    await stack.simulator.close();
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  });
});

describe('the user behind a refresh', () => {
  const who = { sub: 's', environmentId, contactCenterId, dbid: 101 };

  it('is read again, and refused when gone or disabled', async () => {
    expect(await stack.deps.accounts.service.refresh(who, Date.now())).toMatchObject({
      loginName: 'agent',
      dbid: 101,
    });
    await stack.simulator.store.updatePerson(101, { firstName: 'Adele' });
    expect((await stack.deps.accounts.service.refresh(who, Date.now())).firstName).toBe('Adele');
    await stack.simulator.store.setEnabled(101, false);
    await expect(stack.deps.accounts.service.refresh(who, Date.now())).rejects.toMatchObject({
      name: 'user_gone',
      status: 403,
    });
    for (const gone of [{ dbid: 999 }, { contactCenterId: 'none' }, { environmentId: 'other' }]) {
      await expect(
        stack.deps.accounts.service.refresh({ ...who, ...gone }, Date.now()),
      ).rejects.toMatchObject({
        name: 'user_gone',
      });
    }
  });

  it('is refused when the password is another one than that by which they came in', async () => {
    const hourAgo = Date.now() - 3_600_000;
    expect(await stack.deps.accounts.service.refresh(who, hourAgo)).toMatchObject({ dbid: 101 });
    await stack.simulator.store.updatePerson(101, { password: 'reset' });

    await expect(stack.deps.accounts.service.refresh(who, hourAgo)).rejects.toMatchObject({
      name: 'user_gone',
    });
    expect(await stack.deps.accounts.service.refresh(who, Date.now())).toMatchObject({ dbid: 101 });
  });

  it('is neither alive nor gone while nobody can tell', async () => {
    await stack.deps.accounts.service.refresh(who, Date.now());
    await stack.simulator.close();
    await expect(stack.deps.accounts.service.refresh(who, Date.now())).rejects.toMatchObject({
      name: 'try_again',
      status: 503,
    });
  });
});

describe('a fresh process', () => {
  it('listens to the persons of the environments in use before anybody signs in there', async () => {
    const browser = createBrowser(stack.app);
    await browser.postJson('/auth/v3/sign-in', agent);
    const fresh = await startAuthApi({ beside: stack });
    await expect.poll(() => fresh.deps.accounts.service.links()[0]?.state, { timeout: 3000 }).toBe('open');
    await fresh.close();
  });

  it('ends what persons hold who were disabled while none was running, and does so once', async () => {
    const { store } = stack.simulator;
    const first = await startAuthApi({ beside: stack });
    const [agentsBrowser, supervisorsBrowser] = [createBrowser(first.app), createBrowser(first.app)];
    await agentsBrowser.postJson('/auth/v3/sign-in', agent);
    await supervisorsBrowser.postJson('/auth/v3/sign-in', supervisor);
    await first.close();
    const { keyspace } = stack.deps.core;
    const raised = () => stack.deps.stores.redis.xlen(keyspace.name('cutoffs'));
    const isNoted = () =>
      stack.deps.stores.redis.sismember(keyspace.key('disabled-persons', environmentId), 101);
    const isIn = async ({ app }: AuthApi, { cookies }: Browser) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return (await app.inject({ url: '/auth/v3/ping', headers: { cookie } })).statusCode === 200;
    };
    await store.setEnabled(101, false);

    const second = await startAuthApi({ beside: stack });
    await expect.poll(() => isIn(second, agentsBrowser), { timeout: 5000 }).toBe(false);
    expect(await isIn(second, supervisorsBrowser)).toBe(true);
    // A replica that stops between ending and noting leaves both to the next one.
    await expect.poll(isNoted, { timeout: 5000 }).toBe(1);
    await second.close();
    const before = await raised();
    await store.setEnabled(102, false);

    const third = await startAuthApi({ beside: stack });
    await expect.poll(() => isIn(third, supervisorsBrowser), { timeout: 5000 }).toBe(false);
    await third.close();
    expect(await raised()).toBe(before + 1);
  });
});
