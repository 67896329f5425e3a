/** What a read-only region keeps while the other one is away, and when it takes over. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuthApi } from '../stack/auth-api.ts';
import { createClient, opsCall, passwordTokens, postForm } from '../stack/oauth.ts';
import { isActive, startTwoRegions, type TwoRegions } from './two-regions.ts';

const settled = { timeout: 15_000, interval: 100 };

let regions: TwoRegions;
let readOnly: AuthApi;
beforeAll(async () => {
  regions = await startTwoRegions();
  readOnly = await regions.startReadOnly();
});
afterAll(async () => {
  await readOnly?.close();
  await regions?.close();
});

// attack: present a JWT that a region revoked while nothing could be written | ASVS 7.4.1, RFC 7009 2.2 | guard: services/auth-api/src/records/revocation/writer.ts
it('a region that is cut off revokes, and its promoted standby gets what nobody could write: revocations and events', async () => {
  const client = await createClient(regions.writable, { accessTokenFormat: 'jwt' });
  await regions.replicated();
  const [{ access_token: before }, { access_token: jwt }] = [
    await passwordTokens(readOnly, client),
    await passwordTokens(readOnly, client),
  ];
  const revoke = (text: string) => postForm(readOnly, 'revoke', { token: text }, client);
  // It reached the primary, and the primary is gone before the standby has it.
  await regions.standby.ask('pg_wal_replay_pause()');
  expect((await revoke(before)).status).toBe(200);
  await regions.primary.stop();
  await regions.standby.ask('pg_wal_replay_resume()');

  const refused = await revoke(jwt);
  expect([refused.status, await isActive(readOnly, client, jwt)]).toEqual([503, false]);

  await regions.standby.ask('pg_promote()');
  const taken = await regions.startReadOnly({
    GATEHOUSE_FORCE_WRITABLE: 'true',
    GATEHOUSE_POSTGRES_PRIMARY_HOST: new URL(regions.standby.url).hostname,
    GATEHOUSE_POSTGRES_PRIMARY_PORT: new URL(regions.standby.url).port,
  });
  try {
    expect(await isActive(taken, client, jwt)).toBe(false);
    expect((await revoke(jwt)).status).toBe(503);
    await expect.poll(async () => (await postForm(taken, 'revoke', { token: jwt }, client)).status).toBe(200);
    expect(taken.logged()).not.toContain('redis_lost_its_history');
    const data = { client_id: 'of-the-taken-over', client_secret: 'long-enough-secret', authorities: [] };
    expect((await opsCall(taken, 'POST', '/auth/v3/ops/clients', { data })).status).toBe(200);
    const events = async () =>
      (await opsCall(taken, 'GET', `/auth/v3/ops/audit?clientId=${client.clientId}`))
        .json<{ data: { name: string }[] }>()
        .data.map(({ name }) => name);
    await expect.poll(events, settled).toEqual(expect.arrayContaining(['login_succeeded', 'token_revoked']));

    // Redis is lost too: the list of the promoted server alone says what was revoked.
    await taken.deps.stores.redis.flushall();
    const late = await regions.startReadOnly({ GATEHOUSE_FORCE_WRITABLE: 'true' });
    expect(await isActive(late, client, before)).toBe(false);
    expect(await isActive(late, client, jwt)).toBe(false);
    // It writes to its own server, although the former primary is still named.
    const { access_token: fresh } = await passwordTokens(late, client);
    expect((await postForm(late, 'revoke', { token: fresh }, client)).status).toBe(200);
    await late.close();
  } finally {
    await taken.close();
  }
});
