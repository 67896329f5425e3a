import { sha256 } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowserCookies } from '../../../src/browser/cookies/browser-cookies.ts';
import type { SessionLifetimes } from '../../../src/browser/sessions/lifetimes.ts';
import { createSessionService } from '../../../src/browser/sessions/service.ts';
import { createSessionStore, sessionsPerUser } from '../../../src/browser/sessions/store.ts';
import type { Admitted } from '../../../src/people/accounts/admission.ts';
import type { UserIdentity } from '../../../src/people/identity/identity.ts';
import type { Revocable } from '../../../src/records/revocation/revocation.ts';
import type { Revocations } from '../../../src/records/revocation/revocations.ts';
import { openDoor } from '../../stack/doors.ts';
import { sessionCookie } from '../../stack/interaction.ts';
import { openRedis, type RedisForTests } from '../../stack/redis.ts';

const minuteMs = 60_000;
const lifetimes = { idleMs: 30 * minuteMs, absoluteMs: 120 * minuteMs };
const dayMs = 24 * 60 * minuteMs;
const remembered = { idleMs: 7 * dayMs, absoluteMs: 30 * dayMs };

/** Cut-offs of one replica, without the stream between replicas. */
function localRevocations(): Pick<
  Revocations,
  'revoke' | 'revokeAll' | 'settled' | 'isRevoked' | 'untilFresh'
> {
  const cuts: { kind: string; id: string; atMs: number }[] = [];
  const revokeAll: Revocations['revokeAll'] = async (orders) => {
    for (const { kind, id, atMs = Date.now() } of orders) cuts.push({ kind, id, atMs });
  };
  return {
    revokeAll,
    revoke: (order) => revokeAll([order]),
    isRevoked: ({ sub, sid, issuedAtMs }: Revocable) =>
      cuts.some(
        (cut) =>
          (cut.kind === 'sub' && cut.id === sub && issuedAtMs <= cut.atMs) ||
          (cut.kind === 'sid' && cut.id === sid),
      ),
    untilFresh: async () => undefined,
    settled: async () => undefined,
  };
}

describe.each([{ cluster: false }, { cluster: true }])('sessions, cluster mode: $cluster', ({ cluster }) => {
  let redis: RedisForTests;
  beforeAll(async () => {
    redis = await openRedis({ cluster });
  });
  afterAll(() => redis?.close());

  let nowMs = 0;
  let revocations = localRevocations();
  let counter = 0;
  beforeEach(() => {
    nowMs = Date.now();
    revocations = localRevocations();
    counter += 1;
  });

  const announced: unknown[] = [];
  const open = (lifetimesOf: SessionLifetimes = lifetimes) =>
    createSessionService({
      store: createSessionStore(redis.redis, redis.keyspace),
      cookies: createBrowserCookies('https://login.test'),
      revocations,
      revokePerson: ({ sub }) => revocations.revoke({ kind: 'sub', id: sub }),
      isShared: async () => false,
      contactCenterStatus: { holds: async () => true },
      lifetimes: lifetimesOf,
      ended: {
        async announce(ended, reach) {
          announced.push(...ended.map(({ sid, clientIds }) => ({ sid, clientIds, reach })));
        },
      },
      now: () => nowMs,
    });
  const user = (name = 'user'): UserIdentity => ({
    sub: `${name} ${cluster} ${counter}`,
    environmentId: 'e',
    contactCenterId: 'c',
    dbid: 1,
    tenantDbid: 1,
    username: 'demo\\agent',
    loginName: 'agent',
    cmeUserName: 'agent',
    authorities: [],
    properties: {},
  });
  const newcomer = (identity = user()) => ({
    admitted: { identity, proofs: [{ factor: 'password', atMs: nowMs }] } as unknown as Admitted,
  });

  // attack: session cookie kept over a login | ASVS 7.2.4, CVE-2022-25896 | guard: services/auth-api/src/browser/sessions/service.ts
  it('46: get a new cookie at every login, and the former one of the browser is dead', async () => {
    const sessions = open();
    const door = openDoor();
    door.cookies[sessionCookie] = 'F'.repeat(43); // planted by somebody else
    const first = await sessions.create(door, newcomer());
    const firstCookie = door.cookies[sessionCookie] ?? '';
    expect(firstCookie).toMatch(/^[\w-]{43}$/);
    expect(firstCookie).not.toBe('F'.repeat(43));

    await sessions.recordClient(door.request, first, 'workspace');
    const second = await sessions.create(door, newcomer());
    // The same user goes on with the session that clients know; another one begins a new session.
    expect(second).toMatchObject({ sid: first.sid, clientIds: ['workspace'] });
    expect(await sessions.find(door.request)).toMatchObject({ sid: first.sid, clientIds: ['workspace'] });
    const thief = openDoor();
    thief.cookies[sessionCookie] = firstCookie;
    expect(await sessions.find(thief.request)).toBeUndefined();
  });

  it('are one per browser: the login of another user replaces the first', async () => {
    const sessions = open();
    const door = openDoor();
    const first = await sessions.create(door, newcomer(user('first')));
    const second = await sessions.create(door, newcomer(user('second')));
    expect(second.sid).not.toBe(first.sid);
    expect((await sessions.find(door.request))?.sub).toBe(user('second').sub);
    expect(await sessions.list(user('first'))).toEqual([]);
  });

  // attack: session that nobody uses | ASVS 7.3.1 | guard: services/auth-api/src/browser/sessions/lifetimes.ts
  it('end when nobody uses them', async () => {
    const sessions = open();
    const door = openDoor();
    await sessions.create(door, newcomer());
    nowMs += 29 * minuteMs;
    expect(await sessions.find(door.request)).toBeDefined();
    nowMs += 29 * minuteMs;
    expect(await sessions.find(door.request)).toBeDefined();
    nowMs += 30 * minuteMs;
    expect(await sessions.find(door.request)).toBeUndefined();
  });

  // attack: session kept alive for ever | ASVS 7.3.2 | guard: services/auth-api/src/browser/sessions/lifetimes.ts
  it('end at their absolute age although they are used', async () => {
    const sessions = open();
    const door = openDoor();
    await sessions.create(door, newcomer());
    for (let used = 20; used < 120; used += 20) {
      nowMs += 20 * minuteMs;
      expect(await sessions.find(door.request)).toBeDefined();
    }
    nowMs += 20 * minuteMs;
    expect(await sessions.find(door.request)).toBeUndefined();
  });

  it('that are remembered live on by lifetimes of their own, and end by the plain ones once nobody may be remembered', async () => {
    const offering = open({ ...lifetimes, remembered });
    const door = openDoor();
    await offering.create(door, { ...newcomer(), remember: true });
    expect(door.maxAgeSeconds).toBe(30 * 24 * 3600);

    nowMs += 6 * dayMs;
    expect(await offering.find(door.request)).toMatchObject({ isRemembered: true });
    expect(await open().find(door.request)).toBeUndefined();
  });

  it('that are remembered end when nobody uses them for long, and at their absolute age', async () => {
    const sessions = open({ ...lifetimes, remembered });
    const [idle, used] = [openDoor(), openDoor()];
    for (const door of [idle, used]) {
      await sessions.create(door, { ...newcomer(), remember: true });
    }
    for (let day = 0; day < 28; day += 4) {
      nowMs += 4 * dayMs;
      expect(await sessions.find(used.request)).toBeDefined();
    }
    expect(await sessions.find(idle.request)).toBeUndefined();
    nowMs += 2 * dayMs;
    expect(await sessions.find(used.request)).toBeUndefined();
  });

  it('are remembered only where that is offered, and only for who asked', async () => {
    const [asked, silent] = [openDoor(), openDoor()];
    const refused = await open().create(asked, { ...newcomer(), remember: true });
    const plain = await open({ ...lifetimes, remembered }).create(silent, newcomer());

    expect([refused.isRemembered, plain.isRemembered]).toEqual([false, false]);
    expect([asked.maxAgeSeconds, silent.maxAgeSeconds]).toEqual([undefined, undefined]);
  });

  it('leave nothing in Redis when their time is over', async () => {
    const sessions = open({ ...lifetimes, idleMs: 30 });
    const door = openDoor();
    await sessions.create(door, newcomer());
    const key = redis.keyspace.key('session', sha256(door.cookies[sessionCookie] ?? ''));
    await expect.poll(() => redis.redis.exists(key)).toBe(0);
  });

  // attack: sessions read from the store | ASVS 13.3.1 | guard: services/auth-api/src/browser/sessions/store.ts
  it('are stored under the hash of their cookie and never with it', async () => {
    const sessions = open();
    const door = openDoor();
    await sessions.create(door, newcomer());
    const cookie = door.cookies[sessionCookie] ?? '';
    const stored = await redis.redis.hgetall(redis.keyspace.key('session', sha256(cookie)));
    expect(stored).toHaveProperty('data');
    expect(JSON.stringify(stored)).not.toContain(cookie);
    expect(await redis.redis.exists(redis.keyspace.key('session', cookie))).toBe(0);
  });

  it('remember the clients that they let in', async () => {
    const sessions = open();
    const door = openDoor();
    const session = await sessions.create(door, newcomer());
    await Promise.all(
      ['one', 'two'].map((clientId) => sessions.recordClient(door.request, session, clientId)),
    );
    expect((await sessions.find(door.request))?.clientIds.sort()).toEqual(['one', 'two']);
  });

  it('are listed for their user, newest first, and ended one by one with their tokens', async () => {
    const sessions = open();
    const laptop = openDoor({ 'user-agent': 'Laptop' });
    const phone = openDoor({ 'user-agent': 'Phone' });
    const first = await sessions.create(laptop, newcomer());
    nowMs += 1000;
    await sessions.create(phone, newcomer());
    const person = user();

    expect((await sessions.list(person)).map(({ userAgent }) => userAgent)).toEqual(['Phone', 'Laptop']);
    expect(await sessions.endOne(person, first.sid)).toBe(true);
    expect(await sessions.endOne(person, first.sid)).toBe(false);
    expect(await sessions.find(laptop.request)).toBeUndefined();
    expect(revocations.isRevoked({ sid: first.sid, issuedAtMs: nowMs + 1 })).toBe(true);
    expect(announced).toContainEqual({ sid: first.sid, clientIds: [], reach: 'session' });
    expect((await sessions.list(person)).map(({ userAgent }) => userAgent)).toEqual(['Phone']);
  });

  // attack: session ended by another person | CVE-2024-39683 | guard: services/auth-api/src/browser/sessions/store.ts
  it('57: cannot be ended by another user', async () => {
    const sessions = open();
    const door = openDoor();
    const { sid } = await sessions.create(door, newcomer());
    expect(await sessions.endOne(user('other'), sid)).toBe(false);
    expect(await sessions.find(door.request)).toBeDefined();
  });

  // attack: session after sign-out everywhere | ASVS 7.4.2, CVE-2025-29928 | guard: services/auth-api/src/browser/sessions/session-ends.ts
  it('end all at once by one cut-off, and a later login is not affected', async () => {
    const sessions = open();
    const doors = [openDoor(), openDoor(), openDoor()];
    for (const door of doors) await sessions.create(door, newcomer());
    await sessions.endAll(user());
    for (const door of doors) expect(await sessions.find(door.request)).toBeUndefined();
    expect(await sessions.list(user())).toEqual([]);

    const [door] = doors as [ReturnType<typeof openDoor>];
    await sessions.create(door, { ...newcomer(), provedAtMs: Date.now() + 1 });
    expect(await sessions.find(door.request)).toBeDefined();
  });

  it('are not brought back by a use that was under way', async () => {
    const store = createSessionStore(redis.redis, redis.keyspace);
    await store.touch('gone', nowMs, nowMs + minuteMs, 'client');
    expect(await store.find('gone')).toBeUndefined();
  });

  it('are listed up to a bound', async () => {
    const store = createSessionStore(redis.redis, redis.keyspace);
    const person = user();
    for (let index = 0; index < sessionsPerUser + 5; index += 1) {
      await store.save(`cookie ${index}`, storedSession(person, index), nowMs + minuteMs);
    }
    expect(await store.entries(person, nowMs)).toHaveLength(sessionsPerUser);
  });

  function storedSession(identity: UserIdentity, index: number) {
    return {
      ...{ sid: `sid ${index}`, sub: identity.sub, identity, authTimeMs: nowMs, amr: [], createdAtMs: nowMs },
      ...{ endsAtMs: nowMs + minuteMs + index, isRemembered: false, lastSeenAtMs: nowMs, clientIds: [] },
    };
  }
});

describe('47: cookies (RFC 6265bis section 4.1.3.2)', () => {
  it('that we cannot have set are not looked up', async () => {
    const cookies = createBrowserCookies('https://login.test');
    for (const value of ['', 'short', 'x'.repeat(5000), `${'A'.repeat(42)}*`, `${'A'.repeat(44)}`]) {
      expect(
        cookies.readSession({ ...openDoor().request, cookies: { [sessionCookie]: value } }),
      ).toBeUndefined();
    }
  });

  // attack: cookie set by a sibling host | CVE-2024-28197, ASVS 3.3.1 | guard: services/auth-api/src/browser/cookies/browser-cookies.ts
  it('without the prefix are ignored under https, where a sibling host could set them', () => {
    const cookies = createBrowserCookies('https://login.test');
    const request = { ...openDoor().request, cookies: { 'gatehouse-session': 'A'.repeat(43) } };
    expect(cookies.readSession(request)).toBeUndefined();
  });

  it('have plain names and no Secure on http and loopback only', () => {
    const set: [string, unknown][] = [];
    const reply = {
      setCookie: (name: string, _value: string, options: unknown) => set.push([name, options]),
    };
    createBrowserCookies('http://localhost:8080').setSession({ reply }, 'A');
    expect(set).toEqual([
      ['gatehouse-session', { path: '/', httpOnly: true, secure: false, sameSite: 'lax' }],
    ]);
  });
});
