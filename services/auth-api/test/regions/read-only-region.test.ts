/** What a region does whose PostgreSQL is the standby of another region. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRevocationTable } from '../../src/records/revocation/table.ts';
import type { AuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { addAdministrator, consoleToken, removeAdministrator } from '../stack/console.ts';
import { createClient, getCode, opsCall, passwordTokens, postForm, redeem, token } from '../stack/oauth.ts';
import { isActive, startTwoRegions, type TwoRegions } from './two-regions.ts';

/** Replicas read the list every five seconds. */
const replicated = { timeout: 10_000, interval: 100 };

let regions: TwoRegions;
let writable: AuthApi;
let readOnly: AuthApi;
beforeAll(async () => {
  regions = await startTwoRegions();
  writable = regions.writable;
  readOnly = await regions.startReadOnly();
});
afterAll(async () => {
  await readOnly?.close();
  await regions?.close();
});

const eventsOf = async (stack: AuthApi, query: string): Promise<string[]> =>
  (await opsCall(stack, 'GET', `/auth/v3/ops/audit?${query}`))
    .json<{ data: { name: string }[] }>()
    .data.map(({ name }) => name);

it('it starts without an alarm, and again; users sign in, and JWTs are valid in both regions', async () => {
  const client = await createClient(writable, { accessTokenFormat: 'jwt' });
  const opaque = await createClient(writable);
  await regions.replicated();
  const browser = createBrowser(readOnly.app);
  const code = await getCode(readOnly, browser, client);
  const { access_token: jwt, refresh_token: refresh } = (await redeem(readOnly, client, code)).json();
  expect(await isActive(readOnly, client, jwt)).toBe(true);
  expect(await isActive(writable, client, jwt)).toBe(true);
  const form = { grant_type: 'refresh_token', refresh_token: refresh };
  expect((await token(readOnly, client, form)).status).toBe(200);

  const { access_token: regional } = await passwordTokens(readOnly, opaque);
  expect(await isActive(readOnly, opaque, regional)).toBe(true);
  expect(await isActive(writable, opaque, regional)).toBe(false);

  const second = await regions.startReadOnly();
  expect(await isActive(second, client, jwt)).toBe(true);
  await second.close();
  expect(readOnly.logged() + second.logged()).not.toContain('redis_lost_its_history');
});

it('administrators are refused with 403, and told which region writes', async () => {
  for (const [method, path, body] of [
    ['POST', '/clients', { client_id: 'of-europe', client_secret: 'long-enough-secret', authorities: [] }],
    ['POST', '/signing-keys/rotate', {}],
    ['POST', '/audit/erase', { user: 'somebody' }],
    ['POST', '/administrators', { user: randomUuid(), contactCenter: 'demo' }],
    ['DELETE', `/administrators/${randomUuid()}`, {}],
  ] as const) {
    const answer = await opsCall(readOnly, method, `/auth/v3/ops${path}`, { data: body });
    expect([path, answer.status]).toEqual([path, 403]);
    expect(answer.json()).toMatchObject({
      status: { name: 'read_only_region', message: expect.stringContaining('/USW1') },
    });
  }
});

it('an administrator who is added or removed in the writable region counts so within a second of the copy', async () => {
  const sub = randomUuid();
  // An entry counts for sign-ins since it was made: each question has a new one.
  const status = async () => {
    const authorization = await consoleToken(readOnly, { sub });
    return (await opsCall(readOnly, 'GET', '/auth/v3/ops/signing-keys', undefined, authorization)).status;
  };
  expect(await status()).toBe(403);
  for (const [change, expected] of [
    [() => addAdministrator(writable, { user: sub }), 200],
    [() => removeAdministrator(writable, sub), 403],
  ] as const) {
    expect((await change()).status).toBe(200);
    await regions.replicated();
    await expect.poll(status, { timeout: 1_000, interval: 20 }).toBe(expected);
  }
});

// attack: go on with a JWT in one region that was revoked in the other | RFC 7009 2.1, ASVS 7.4.1 | guard: services/auth-api/src/core/open-core.ts
it('what is revoked in one region ends in the other', async () => {
  const client = await createClient(writable, { accessTokenFormat: 'jwt' });
  await regions.replicated();
  const [here, there] = [readOnly, writable];
  for (const [by, elsewhere] of [
    [here, there],
    [there, here],
  ] as const) {
    const { access_token: jwt } = await passwordTokens(by, client);
    expect(await isActive(elsewhere, client, jwt)).toBe(true);
    expect((await postForm(by, 'revoke', { token: jwt }, client)).status).toBe(200);
    await expect.poll(() => isActive(elsewhere, client, jwt), replicated).toBe(false);
  }
});

it('its security events are in the one trail, which the writable region chains', async () => {
  const client = await createClient(writable);
  await regions.replicated();
  await passwordTokens(readOnly, client);
  const query = `clientId=${client.clientId}`;
  await expect.poll(() => eventsOf(writable, query), replicated).toContain('login_succeeded');
});

// attack: use a JWT in a region whose database got its revocation late | RFC 7009 2.1 | guard: services/auth-api/src/records/revocation/table.ts
it('a revocation that comes late is read: what is new is asked by the clock of the primary', async () => {
  const { pool: primary } = writable.deps.stores;
  const { pool: standby } = readOnly.deps.stores;
  await regions.standby.ask('pg_wal_replay_pause()');
  try {
    const late = { kind: 'sub' as const, id: 'late', atMs: Date.now() };
    await createRevocationTable({ pool: primary, lifeMs: 1_000_000 }).save([late]);
    const table = createRevocationTable({ pool: standby, lifeMs: 1_000_000 });
    const { at } = await table.moment();
    const { rows } = await primary.query(
      `SELECT written_at > $1::timestamptz AS is_found FROM auth.revocations WHERE id = 'late'`,
      [at],
    );
    expect(rows).toEqual([{ is_found: true }]);
  } finally {
    await regions.standby.ask('pg_wal_replay_resume()');
  }
});
