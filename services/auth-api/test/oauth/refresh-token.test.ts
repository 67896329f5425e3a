import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import {
  changeClient,
  createClient,
  introspect,
  passwordTokens,
  type TestClient,
  token,
} from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;
let nowMs = Date.now();

beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + skewMs() });
  client = await createClient(stack);
});
afterAll(() => stack?.close());

function skewMs(): number {
  return nowMs - start;
}
const start = nowMs;

/** The process's clock goes on by so much. */
function pass(ms: number): void {
  nowMs += ms;
}

const refresh = (refreshToken: string, form: Record<string, string> = {}, by = client) =>
  token(stack, by, { grant_type: 'refresh_token', refresh_token: refreshToken, ...form });

describe('refresh', () => {
  it('rotates: the successor works, with the same rights', async () => {
    const first = await passwordTokens(stack, client);

    const second = await refresh(first.refresh_token);
    const third = await refresh(second.json().refresh_token);

    expect(second.status).toBe(200);
    expect(second.json().scope).toBe('*');
    expect(second.json().access_token).not.toBe(first.access_token);
    expect(third.status).toBe(200);
    expect((await introspect(stack, client, third.json().access_token))['username']).toBe('demo\\agent');
  });

  // attack: scope widened at refresh | RFC 6749 6 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('narrows the scope of one answer and never widens it', async () => {
    const first = await passwordTokens(stack, client, { scope: 'read write' });

    const narrowed = await refresh(first.refresh_token, { scope: 'read' });
    const widened = await refresh(narrowed.json().refresh_token, { scope: 'read admin' });
    const full = await refresh(narrowed.json().refresh_token);

    expect(narrowed.json().scope).toBe('read');
    expect([widened.status, widened.json().error]).toEqual([400, 'invalid_scope']);
    // The refusal used nothing up.
    expect(full.json().scope).toBe('read write');
  });

  it('answers an honest retry within the grace time with the very same tokens', async () => {
    const first = await passwordTokens(stack, client);

    const second = await refresh(first.refresh_token);
    const again = await refresh(first.refresh_token);

    expect(again.status).toBe(200);
    expect(again.json().access_token).toBe(second.json().access_token);
    expect(again.json().refresh_token).toBe(second.json().refresh_token);
  });

  it('stores nothing readable for the retry', async () => {
    const first = await passwordTokens(stack, client);
    const second = (await refresh(first.refresh_token)).json();
    const familyId = first.refresh_token.split('.')[0] ?? '';

    const record = await stack.deps.stores.redis.hgetall(stack.deps.core.keyspace.key('refresh', familyId));
    const everything = JSON.stringify(record);

    for (const secret of [
      second.access_token,
      second.refresh_token.split('.')[1],
      first.refresh_token.split('.')[1],
    ]) {
      expect(everything).not.toContain(secret);
    }
  });

  // attack: refresh for a disabled person | CVE-2024-47000, CVE-2025-64521 | guard: services/auth-api/src/oauth/token/grants/refresh-token.ts
  it('re-reads the person: a user who was disabled meanwhile gets nothing, and the family ends', async () => {
    const first = await passwordTokens(stack, client, {
      username: 'demo\\supervisor',
      password: 'demo-supervisor-password',
    });
    pass(60_000);
    stack.environmentApi.contactCenters.clear();
    stack.deps.contactCenters.service.applyChange({ entity: 'location', id: '/' });

    const answer = await refresh(first.refresh_token);

    const { demoContactCenter, contactCenterId } = await import('../stack/auth-api.ts');
    stack.environmentApi.contactCenters.set(contactCenterId, demoContactCenter);
    stack.deps.contactCenters.service.applyChange({ entity: 'location', id: '/' });
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect(await introspect(stack, client, first.access_token)).toEqual({ active: false });
  });

  it('is over when the lifetime of the sign-in is', async () => {
    const brief = await createClient(stack, { refreshTokenExpirationTimeout: 1 });
    const first = await passwordTokens(stack, brief);
    await stack.deps.stores.redis.pexpire(
      stack.deps.core.keyspace.key('refresh', first.refresh_token.split('.')[0] ?? ''),
      0,
    );

    expect((await refresh(first.refresh_token, {}, brief)).json().error).toBe('invalid_grant');
  });
});

describe('refresh tokens that are not used', () => {
  const idleMs = 1_209_600_000;

  it('end after the idle time, while each use begins it anew', async () => {
    const patient = await createClient(stack, { refreshTokenExpirationTimeout: 7_776_000 });
    const first = await passwordTokens(stack, patient);
    pass(idleMs - 60_000);
    const second = await refresh(first.refresh_token, {}, patient);
    pass(idleMs - 60_000);
    const third = await refresh(second.json().refresh_token, {}, patient);
    expect([second.status, third.status]).toEqual([200, 200]);

    pass(idleMs + 1);
    expect((await refresh(third.json().refresh_token, {}, patient)).json().error).toBe('invalid_grant');
  });

  it('end after the idle time of their client, where it is registered with one', async () => {
    const hasty = await createClient(stack, { refreshTokenIdleTimeout: 600 });
    const { refresh_token } = await passwordTokens(stack, hasty);

    pass(599_000);
    const second = (await refresh(refresh_token, {}, hasty)).json();
    pass(599_000);
    const third = (await refresh(second.refresh_token, {}, hasty)).json();
    pass(601_000);
    const fourth = await refresh(third.refresh_token, {}, hasty);

    expect([fourth.status, fourth.json().error]).toEqual([400, 'invalid_grant']);
  });

  it('follow their client from the next use on, when it is given another idle time', async () => {
    const hasty = await createClient(stack, { refreshTokenIdleTimeout: 600 });
    const { refresh_token } = await passwordTokens(stack, hasty);

    await changeClient(stack, hasty, { refreshTokenIdleTimeout: null });
    const second = (await refresh(refresh_token, {}, hasty)).json();
    pass(601_000);

    expect((await refresh(second.refresh_token, {}, hasty)).status).toBe(200);
  });

  it('of a release that knew no idle time go on, and end when they would have', async () => {
    const first = await passwordTokens(stack, client);
    const key = stack.deps.core.keyspace.key('refresh', first.refresh_token.split('.')[0] ?? '');
    const endsAtMs = Number(await stack.deps.stores.redis.hget(key, 'expires'));
    await stack.deps.stores.redis.hdel(key, 'issued', 'ends', 'expires');

    expect((await refresh(first.refresh_token)).status).toBe(200);
    const ends = Number(await stack.deps.stores.redis.hget(key, 'ends'));
    expect(Math.abs(ends - endsAtMs)).toBeLessThan(60_000);
  });

  // attack: refresh token without an absolute end | ASVS 10.4.8 | guard: services/auth-api/src/tokens/families.ts
  it('end at their absolute end however much they are used', async () => {
    const brief = await createClient(stack, { refreshTokenExpirationTimeout: 1000 });
    const first = await passwordTokens(stack, brief);
    pass(900_000);
    const second = await refresh(first.refresh_token, {}, brief);
    pass(100_001);
    expect((await refresh(second.json().refresh_token, {}, brief)).json().error).toBe('invalid_grant');
  });
});

describe('reuse of a refresh token', () => {
  // attack: stolen refresh token used after its rotation | RFC 9700 4.14.2, ASVS 10.4.5 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('after the successor was used ends the family: every token of it is dead', async () => {
    const first = await passwordTokens(stack, client);
    const second = (await refresh(first.refresh_token)).json();
    const third = (await refresh(second.refresh_token)).json();

    const replay = await refresh(first.refresh_token);

    expect([replay.status, replay.json().error]).toEqual([400, 'invalid_grant']);
    expect((await refresh(third.refresh_token)).json().error).toBe('invalid_grant');
    for (const { access_token } of [first, second, third]) {
      expect(await introspect(stack, client, access_token)).toEqual({ active: false });
    }
  });

  // attack: rotated refresh token used after the grace time | RFC 9700 4.14.2 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('after the grace time ends the family', async () => {
    const first = await passwordTokens(stack, client);
    const second = (await refresh(first.refresh_token)).json();
    pass(11_000);

    expect((await refresh(first.refresh_token)).json().error).toBe('invalid_grant');
    expect((await refresh(second.refresh_token)).json().error).toBe('invalid_grant');
    expect(await introspect(stack, client, second.access_token)).toEqual({ active: false });
  });

  it('is recorded as a security event', async () => {
    const first = await passwordTokens(stack, client);
    await refresh((await refresh(first.refresh_token)).json().refresh_token);
    await refresh(first.refresh_token);

    const entries = await stack.deps.stores.redis.xrange(stack.deps.core.keyspace.name('audit'), '-', '+');
    const { rows } = await stack.deps.stores.pool.query(
      "SELECT 1 FROM auth.audit_events WHERE name = 'refresh_reused'",
    );
    expect(JSON.stringify(entries).includes('refresh_reused') || rows.length > 0).toBe(true);
  });
});

describe('a registration that changes meanwhile', () => {
  // attack: refresh beyond a narrowed registration | CVE-2024-46999 | guard: services/auth-api/src/tokens/user-token-issuer.ts
  it('narrows what a refresh gives, and ends it where the client left the contact centre', async () => {
    const changing = await createClient(stack, { scope: ['read', 'write'] });
    const first = await passwordTokens(stack, changing);
    const put = (data: Record<string, unknown>) => changeClient(stack, changing, data);

    await put({ scope: ['read'] });
    const narrowed = await refresh(first.refresh_token, {}, changing);
    expect(narrowed.json().scope).toBe('read');

    await put({ contactCenterIds: [otherContactCenterId] });
    const refused = await refresh(narrowed.json().refresh_token, {}, changing);
    expect([refused.status, refused.json().error]).toEqual([400, 'invalid_grant']);
  });
});
