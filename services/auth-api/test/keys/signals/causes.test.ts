/** Everything that ends sessions or changes passwords, as a receiver of one contact centre hears of it. */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { exchangeGrant, exchangeToken } from '../../stack/exchange.ts';
import { createClient, getCode, opsCall, redeem, type TestClient } from '../../stack/oauth.ts';
import { type SignalReceiver, startSignalReceiver } from '../../stack/signal-receiver.ts';

const path = '/auth/v3/ops/signal-receivers';
const patience = { timeout: 10_000, interval: 10 };

let stack: AuthApi;
let portal: TestClient;
let gateway: TestClient;
let receiver: SignalReceiver;
let receiverId = '';
let user = { username: '', password: 'old-password', tenant: 'demo' };
let counter = 0;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
    },
  });
  portal = await createClient(stack);
  gateway = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [portal.clientId] },
  });
});
afterAll(() => stack?.close());
beforeEach(async () => {
  receiver = await startSignalReceiver();
  counter += 1;
  user = { ...user, username: `caused${counter}` };
  await stack.simulator.store.createPerson({
    tenantDbid: 101,
    userName: user.username,
    password: user.password,
  });
  const data = { endpoint: receiver.url, audience: 'causes', contactCenterIds: [contactCenterId] };
  receiverId = (await opsCall(stack, 'POST', path, { data })).json<{ data: { id: string } }>().data.id;
});
afterEach(async () => {
  await opsCall(stack, 'DELETE', `${path}/${receiverId}`);
  receiver.close();
});

async function signedIn() {
  const browser = createBrowser(stack.app);
  const code = await getCode(stack, browser, portal, { scope: 'openid' }, user);
  const tokens = (await redeem(stack, portal, code)).json();
  const { sub = '', sid } = decodeJwt(tokens.id_token) as { sub?: string; sid: string };
  return { browser, tokens, sub, sid };
}

/** What was told, each as `event subject session initiator`. */
async function told(count: number): Promise<string[]> {
  await expect.poll(() => receiver.received.length, patience).toBeGreaterThanOrEqual(count);
  return receiver.received.map(({ token }) => {
    const { sub_id, events } = decodeJwt(token) as {
      sub_id: { sub?: string; user?: { sub: string }; session?: { id: string } };
      events: Record<string, { initiating_entity: string }>;
    };
    const [[event, facts] = ['', undefined]] = Object.entries(events);
    const session = sub_id.session?.id ?? 'every';
    return [event.split('/').at(-1), sub_id.sub ?? sub_id.user?.sub, session, facts?.initiating_entity].join(
      ' ',
    );
  });
}

it('a logout that the application asked for', async () => {
  const { browser, tokens, sub, sid } = await signedIn();
  await browser.get(`/auth/v3/oauth/logout?${new URLSearchParams({ id_token_hint: tokens.id_token })}`);
  expect(await told(1)).toEqual([`session-revoked ${sub} ${sid} user`]);
});

it('a session that was ended on the account page, and a sign-out everywhere', async () => {
  const { browser, sub, sid } = await signedIn();
  await browser.request('DELETE', `/auth/v3/sessions/${sid}`, { origin: publicUrl });
  expect(await told(1)).toEqual([`session-revoked ${sub} ${sid} user`]);

  const again = await signedIn();
  await again.browser.postForm('/auth/v3/sign-out', { global: 'true' });
  expect((await told(2))[1]).toBe(`session-revoked ${sub} every user`);
});

it('one session that an administrator ended, and what a person has', async () => {
  const { sub, sid } = await signedIn();
  const query = new URLSearchParams({ user: sub, session: sid });
  expect((await opsCall(stack, 'DELETE', `/auth/v3/ops/sessions?${query}`)).status).toBe(200);
  expect(await told(1)).toEqual([`session-revoked ${sub} ${sid} admin`]);

  await opsCall(stack, 'POST', '/auth/v3/ops/revocations', { data: { user: sub } });
  expect((await told(2))[1]).toBe(`session-revoked ${sub} every admin`);
});

it('a password that an administrator changed at the Configuration Server', async () => {
  const { sub } = await signedIn();
  const person = stack.simulator.store.personNamed(user.username);
  await stack.simulator.store.updatePerson(person?.['DBID'] as number, { password: 'reset-password' });
  expect((await told(2)).sort()).toEqual([
    `credential-change ${sub} every admin`,
    `session-revoked ${sub} every admin`,
  ]);
});

it('a disabled person, also while another replica has not yet stored where that person signed in', async () => {
  const client = await stack.deps.stores.pool.connect();
  const turn = (verb: string) =>
    client.query(`SELECT pg_advisory_${verb}(hashtext('gatehouse'), hashtext('audit-drain'))`);
  await turn('lock');
  const { browser, sub } = await signedIn();
  const person = stack.simulator.store.personNamed(user.username);
  await stack.simulator.store.setEnabled(person?.['DBID'] as number, false);
  await expect.poll(async () => (await browser.get('/auth/v3/ping')).status, patience).toBe(403);
  await turn('unlock');
  client.release();
  expect(await told(1)).toEqual([`session-revoked ${sub} every admin`]);
});

it('a session that the identity provider ended', async () => {
  const { sub, sid } = await signedIn();
  await stack.deps.audit.writer.write({
    name: 'session_ended',
    outcome: 'success',
    correlationId: 'request-1',
    ...{ sub, sid, contactCenterId },
    fields: { by: 'identity provider', method: 'saml' },
  });
  expect(await told(1)).toEqual([`session-revoked ${sub} ${sid} system`]);
});

it('no token that a client got by exchange and signed out: the session of its user goes on', async () => {
  const { tokens, browser, sub, sid } = await signedIn();
  const derived = (await exchangeToken(stack, gateway, tokens.access_token)).json().access_token;
  const signOut = (text: string) =>
    stack.app.inject({
      method: 'POST',
      url: '/auth/v3/sign-out',
      headers: { authorization: `Bearer ${text}` },
    });
  expect((await signOut(derived)).statusCode).toBe(200);
  expect((await browser.get('/auth/v3/ping')).status).toBe(200);

  await signOut(tokens.access_token);
  await told(1);
  const waiting = async () => (await stack.deps.stores.pool.query('SELECT jti FROM auth.signal_outbox')).rows;
  await expect.poll(waiting, patience).toEqual([]);
  expect(await told(1)).toEqual([`session-revoked ${sub} ${sid} user`]);
});

it('what happened while PostgreSQL took no signals, once it takes them', async () => {
  const { browser, sub, sid } = await signedIn();
  const { pool } = stack.deps.stores;
  await pool.query('ALTER TABLE auth.signal_outbox RENAME TO signal_outbox_away');
  expect((await browser.postForm('/auth/v3/sign-out', {})).status).toBeLessThan(400);
  expect((await browser.get('/auth/v3/ping')).status).toBe(403);
  expect(receiver.received).toEqual([]);

  await pool.query('ALTER TABLE auth.signal_outbox_away RENAME TO signal_outbox');
  expect(await told(1)).toEqual([`session-revoked ${sub} ${sid} user`]);
}, 20_000);
