/** What registered receivers are told when sessions end and passwords change, and how often. */
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  otherContactCenterId,
  publicUrl,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { authorizeUrl, createClient, opsCall, responseOf } from '../../stack/oauth.ts';
import { type SignalReceiver, startSignalReceiver } from '../../stack/signal-receiver.ts';

const path = '/auth/v3/ops/signal-receivers';
const issuer = `${publicUrl}/auth/v3`;
const revoked = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
const changed = 'https://schemas.openid.net/secevent/caep/event-type/credential-change';
const audience = 'https://receiver.test';
const patience = { timeout: 10_000 };

let stack: AuthApi;
let receiver: SignalReceiver;
let registered: string[] = [];
let userName = '';
let counter = 0;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
    },
  });
});
afterAll(() => stack?.close());
beforeEach(async () => {
  receiver = await startSignalReceiver();
  counter += 1;
  userName = `listened${counter}`;
  await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password: 'old-password' });
});
afterEach(async () => {
  for (const id of registered) await opsCall(stack, 'DELETE', `${path}/${id}`);
  registered = [];
  receiver.close();
});

async function register(fields: Record<string, unknown> = {}): Promise<string> {
  const answer = await opsCall(stack, 'POST', path, {
    data: { endpoint: receiver.url, audience, ...fields },
  });
  expect(answer.status, answer.body).toBe(200);
  const { id } = answer.json<{ data: { id: string } }>().data;
  registered.push(id);
  return id;
}

async function signedIn(): Promise<{ browser: Browser; sid: string; sub: string }> {
  const browser = createBrowser(stack.app);
  const body = { username: userName, password: 'old-password', tenant: 'demo' };
  expect((await browser.postJson('/auth/v3/sign-in', body)).status).toBe(200);
  const answer = await browser.get('/auth/v3/sessions');
  const { data } = answer.json() as { data: { id: string; current: boolean }[] };
  const sid = data.find(({ current }) => current)?.id;
  return { browser, sid: sid ?? '', sub: await subOf(browser) };
}

/** The subject of the session that the browser has. */
async function subOf(browser: Browser): Promise<string> {
  const request = {
    id: 'test',
    ip: '',
    method: 'GET',
    url: '/',
    headers: {},
    cookies: Object.fromEntries(browser.cookies),
  };
  return (await stack.deps.sessions.service.find(request))?.sub ?? '';
}

const told = async (count: number) => {
  await expect
    .poll(() => receiver.received.length, { ...patience, interval: 10 })
    .toBeGreaterThanOrEqual(count);
  return receiver.received;
};
const eventsOf = (token: string) => decodeJwt(token)['events'] as Record<string, Record<string, unknown>>;
const kinds = async (count: number) =>
  (await told(count)).flatMap(({ token }) => Object.keys(eventsOf(token))).sort();
const waiting = async () =>
  (await stack.deps.stores.pool.query('SELECT jti, tries, next_try_at FROM auth.signal_outbox')).rows as {
    jti: string;
    tries: number;
    next_try_at: Date;
  }[];
const dueNow = () => stack.deps.stores.pool.query('UPDATE auth.signal_outbox SET next_try_at = now()');

async function verified(token: string) {
  const keys = createLocalJWKSet((await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>());
  return (await jwtVerify(token, keys, { issuer, audience, typ: 'secevent+jwt' })).payload;
}

describe('a receiver', () => {
  it('is told within a second of a session that its user ended, by a token that our keys verify', async () => {
    await register({ bearerToken: 'a-token-of-the-receiver' });
    const { browser, sid, sub } = await signedIn();

    const startedMs = Date.now();
    expect((await browser.postForm('/auth/v3/sign-out', {})).status).toBeLessThan(400);
    const [signal] = await told(1);

    expect((signal?.atMs ?? 0) - startedMs).toBeLessThan(1000);
    expect(signal).toMatchObject({
      contentType: 'application/secevent+jwt',
      authorization: 'Bearer a-token-of-the-receiver',
    });
    expect(await verified(signal?.token ?? '')).toEqual({
      iss: issuer,
      aud: audience,
      iat: expect.any(Number),
      jti: expect.any(String),
      txn: expect.any(String),
      sub_id: {
        format: 'complex',
        user: { format: 'iss_sub', iss: issuer, sub },
        session: { format: 'opaque', id: sid },
        tenant: { format: 'opaque', id: contactCenterId },
      },
      events: { [revoked]: { event_timestamp: expect.any(Number), initiating_entity: 'user' } },
    });
    await expect.poll(waiting, patience).toEqual([]);
    expect(stack.logged()).not.toContain('a-token-of-the-receiver');
    expect(await stack.metrics.registry.metrics()).toMatch(/auth_signals_total\{outcome="delivered"\} [1-9]/);
  });

  it('is told of a changed password and that every session of its user ended', async () => {
    await register();
    const { browser, sub } = await signedIn();

    const startedMs = Date.now();
    const data = { oldPassword: 'old-password', newPassword: 'new-password' };
    expect((await browser.postJson('/auth/v3/change-password', { data })).status).toBe(200);

    expect(await kinds(2)).toEqual([changed, revoked]);
    for (const { atMs, token } of receiver.received) {
      expect(atMs - startedMs).toBeLessThan(1000);
      expect(decodeJwt(token)['sub_id']).toEqual({ format: 'iss_sub', iss: issuer, sub });
    }
    const change = receiver.received.map(({ token }) => eventsOf(token)[changed]).find(Boolean);
    expect(change).toMatchObject({
      credential_type: 'password',
      change_type: 'update',
      initiating_entity: 'user',
    });
  });

  it('is told who did it: an administrator who ends sessions or a contact centre', async () => {
    await register();
    const { sub } = await signedIn();
    const user = encodeURIComponent(sub);
    expect((await opsCall(stack, 'DELETE', `/auth/v3/ops/sessions?user=${user}`)).status).toBe(200);
    const order = { data: { contactCenter: otherContactCenterId } };
    expect((await opsCall(stack, 'POST', '/auth/v3/ops/revocations', order)).status).toBe(200);

    const claims = (await told(2)).map(({ token }) => decodeJwt(token));
    expect(claims.map((claim) => claim['sub_id'])).toEqual(
      expect.arrayContaining([
        { format: 'iss_sub', iss: issuer, sub },
        { format: 'complex', tenant: { format: 'opaque', id: otherContactCenterId } },
      ]),
    );
    expect(receiver.received.map(({ token }) => eventsOf(token)[revoked]?.['initiating_entity'])).toEqual([
      'admin',
      'admin',
    ]);
  });

  it('is told of a person who was disabled, also where it listens to one contact centre alone', async () => {
    await register({ contactCenterIds: [contactCenterId] });
    const { sub } = await signedIn();
    const person = stack.simulator.store.personNamed(userName);

    await stack.simulator.store.setEnabled(person?.['DBID'] as number, false);

    const [signal] = await told(1);
    expect(decodeJwt(signal?.token ?? '')['sub_id']).toEqual({ format: 'iss_sub', iss: issuer, sub });
    expect(eventsOf(signal?.token ?? '')[revoked]).toMatchObject({ initiating_entity: 'admin' });
  });

  it('is told within a second while another one hangs with many signals', async () => {
    const hanging = await startSignalReceiver();
    hanging.answers.push(...Array.from({ length: 200 }, () => 'hang' as const));
    const stuck = await register({ endpoint: hanging.url });
    await stack.deps.stores.pool.query(
      `INSERT INTO auth.signal_outbox (jti, receiver_id, claims, created_at, next_try_at)
        SELECT 'stuck-' || number, $1, '{}', now(), now() FROM generate_series(1, 200) AS number`,
      [stuck],
    );
    await register();
    const people = [await signedIn(), await signedIn(), await signedIn()];

    for (const [index, { browser }] of people.entries()) {
      const startedMs = Date.now();
      await browser.postForm('/auth/v3/sign-out', {});
      await told(index + 1);
      expect((receiver.received[index]?.atMs ?? 0) - startedMs).toBeLessThan(1000);
    }
    hanging.close();
  });

  it('gets only the events that it asked for', async () => {
    await register({ events: ['credential-change'] });
    const { browser } = await signedIn();
    const data = { oldPassword: 'old-password', newPassword: 'new-password' };
    await browser.postJson('/auth/v3/change-password', { data });
    await told(1);
    await expect.poll(waiting, patience).toEqual([]);
    expect(await kinds(1)).toEqual([changed]);
  });

  // attack: learn of the people of another contact centre by signals | OWASP API1:2023, OpenID SSF 1.0 section 9 | guard: services/auth-api/src/keys/signals/known-receivers.ts
  it('of another contact centre is told nothing', async () => {
    const other = await startSignalReceiver();
    await register({ endpoint: other.url, contactCenterIds: [otherContactCenterId] });
    await register({ contactCenterIds: [contactCenterId] });
    const { browser } = await signedIn();
    await browser.postForm('/auth/v3/sign-out', {});
    await told(1);
    await expect.poll(waiting, patience).toEqual([]);
    expect(other.received).toEqual([]);
    other.close();
  });

  it('is told once of a user who signs out twice', async () => {
    await register();
    const { browser } = await signedIn();
    await browser.postForm('/auth/v3/sign-out', {});
    await browser.postForm('/auth/v3/sign-out', {});
    await told(1);
    await expect.poll(waiting, patience).toEqual([]);
    expect(receiver.received).toHaveLength(1);
  });
});

describe('a signal', () => {
  const signOut = async () => (await signedIn()).browser.postForm('/auth/v3/sign-out', {});
  const jtis = () => receiver.received.map(({ token }) => decodeJwt(token).jti);

  it('that was not answered or answered 503 is sent again under its id', async () => {
    await register();
    receiver.answers.push('break', 503);
    await signOut();
    for (const tries of [1, 2]) {
      await expect.poll(async () => (await waiting()).map((row) => row.tries), patience).toEqual([tries]);
      await told(tries);
      await expect
        .poll(async () => {
          const [row] = await waiting();
          return Number(row?.next_try_at ?? 0) - Date.now();
        }, patience)
        .toBeLessThan(10_000);
      await dueNow();
    }
    await told(3);
    await expect.poll(waiting, { timeout: 15_000 }).toEqual([]);
    expect(new Set(jtis()).size).toBe(1);
  }, 30_000);

  it('that a replica sent and could not strike out before it died is sent again under its id by another', async () => {
    await register();
    const { pool } = stack.deps.stores;
    // What a crash between the answer and the deletion leaves behind: the row, claimed.
    await pool.query(`CREATE RULE crashed AS ON DELETE TO auth.signal_outbox DO INSTEAD NOTHING`);
    await signOut();
    await told(1);
    const other = await startAuthApi({
      beside: stack,
      env: { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' },
    });
    await pool.query('DROP RULE crashed ON auth.signal_outbox');
    await dueNow();
    await told(2);
    await expect.poll(waiting, patience).toEqual([]);
    expect(new Set(jtis()).size).toBe(1);
    await other.close();
  }, 30_000);

  it('that was refused for good is not repeated, and the trail says why', async () => {
    const id = await register();
    receiver.answers.push({ err: 'invalid_request' });
    await signOut();
    await told(1);
    await expect.poll(waiting, patience).toEqual([]);
    const undelivered = async () => {
      await stack.deps.audit.drained();
      const { rows } = await stack.deps.stores.pool.query(
        "SELECT fields FROM auth.audit_events WHERE name = 'signal_undelivered' AND fields->>'receiver' = $1",
        [id],
      );
      return rows;
    };
    await expect
      .poll(undelivered, patience)
      .toEqual([{ fields: { receiver: id, attempts: 1, reason: 'answered 400: invalid_request' } }]);
  });

  it('waits while the receiver refuses our authorization, and is given up after a day', async () => {
    await register();
    receiver.answers.push({ err: 'authentication_failed' }, 503);
    await signOut();
    await told(1);
    await expect.poll(async () => (await waiting()).length, patience).toBe(1);
    await stack.deps.stores.pool.query(
      "UPDATE auth.signal_outbox SET created_at = now() - interval '1 day', next_try_at = now()",
    );
    await told(2);
    await expect.poll(waiting, patience).toEqual([]);
    expect(stack.logged()).toContain('a shared signal was not delivered');
  }, 20_000);

  // attack: present a security event token as ID token, access token or subject token | RFC 8417 4.1, RFC 8725 3.11 | guard: services/auth-api/src/keys/signals/security-event-token.ts
  it('passes neither for an ID token nor for an access token', async () => {
    const client = await createClient(stack);
    await register({ audience: client.clientId });
    const { browser } = await signedIn();
    await browser.postForm('/auth/v3/sign-out', {});
    const [signal] = await told(1);
    const token = signal?.token ?? '';

    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({
      typ: 'secevent+jwt',
    });
    const hint = await browser.get(authorizeUrl(client, { id_token_hint: token }));
    const info = await stack.app.inject({
      url: '/auth/v3/openid/userinfo',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(responseOf(hint).get('error')).toBe('invalid_request');
    expect(info.statusCode).toBe(401);
  });
});

it('nothing is stored where nobody listens', async () => {
  const { browser } = await signedIn();
  await browser.postForm('/auth/v3/sign-out', {});
  expect(await waiting()).toEqual([]);
});
