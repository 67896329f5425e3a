/** Requests whose body, or whose lock, comes only when their caller would be refused by now. */
import {
  consoleClientId,
  contactCenterAdminAuthority,
  managementAuthority,
} from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import type { PoolClient } from '@gatehouse/service-kit/postgres';
import { holdBody } from '@gatehouse/testing/hostile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type Answer, type RunningApi, startApi } from './running-api.ts';
import { createScimCalls } from './scim-client.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({
    env: {
      GATEHOUSE_PUBLIC_URL: 'https://login.example.com',
      GATEHOUSE_POSTGRES_STATEMENT_TIMEOUT_MS: '30000',
    },
  });
});
afterAll(() => api.close());

const place = () => createPeopleStore(api);
const payload = { data: { issuer: 'https://provider.example.com', clientId: 'gatehouse' } };
const soon = { timeout: 15_000, interval: 20 };

function administratorOf(contactCenterId: string, right: string = contactCenterAdminAuthority): string {
  return api.authApi.token({
    client_id: consoleClientId,
    grant_type: 'authorization_code',
    sub: 'person-1',
    authorities: [right],
    contact_center_id: contactCenterId,
    contact_center_ids: [contactCenterId],
    auth_time: Math.floor(Date.now() / 1000),
  });
}

/** Lists somebody as an administrator, and resolves when every new request knows it. */
async function list({ contactCenterId, dbid }: { contactCenterId: string; dbid: number }): Promise<void> {
  api.authApi.administrators.push({ contactCenterId, dbid });
  const headers = { authorization: administratorOf(contactCenterId) };
  // The guard answers before the query is read.
  const request = () =>
    api.call('DELETE', `/contact-centers/${contactCenterId}/oidc?location=none`, { headers });
  await expect.poll(async () => (await request()).status, soon).toBe(403);
}

const held = (method: 'POST' | 'PUT', path: string, authorization: string, body: object) =>
  holdBody(api.app, { method, url: `/environment/v3${path}`, authorization, body });

/** Runs a change that waits for a lock of `lock`; `meanwhile` runs before the lock is free. */
async function whileWaiting(
  lock: (client: PoolClient) => Promise<unknown>,
  change: () => Promise<Answer>,
  meanwhile: () => Promise<unknown>,
): Promise<Answer> {
  const client = await api.pool.connect();
  try {
    await client.query('BEGIN');
    await lock(client);
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const answer = change();
    // By another connection: a transaction sees the activity as of its first look.
    const waiting = () =>
      api.pool.query('SELECT 1 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))', [rows[0].pid]);
    await expect.poll(async () => (await waiting()).rowCount, soon).toBe(1);
    await meanwhile();
    await client.query('ROLLBACK');
    return await answer;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const lockPlace = (id: string) => (client: PoolClient) =>
  client.query('SELECT 1 FROM environment.contact_centers WHERE id = $1 FOR UPDATE', [id]);

describe('a request whose body comes late', () => {
  // attack: request held open by an administrator of a contact centre until an administrator of the installation is listed there | CWE-367, ASVS 8.2.1 | guard: services/environment-api/src/access/admission.ts
  it('gives a place of administrators no provider and no key', async () => {
    const { contactCenterId, add } = await place();
    const { dbid } = await add();
    const own = administratorOf(contactCenterId);
    const path = `/contact-centers/${contactCenterId}`;
    const provider = await held('PUT', `${path}/oidc`, own, payload);
    const key = await held('POST', `${path}/api-keys`, administratorOf(contactCenterId), {
      data: { name: 'k', purpose: 'scim' },
    });
    await list({ contactCenterId, dbid });
    expect([await provider(), await key()]).toEqual([403, 403]);
    const { rows } = await api.pool.query(
      `SELECT 1 FROM environment.single_sign_on WHERE contact_center_id = $1
        UNION ALL SELECT 1 FROM environment.api_keys WHERE contact_center_id = $1`,
      [contactCenterId],
    );
    expect(rows).toEqual([]);
  });

  // attack: request held open until the right of its caller is gone | CWE-367, ASVS 8.3.1 | guard: services/environment-api/src/access/admission.ts
  it('does nothing by a token that was revoked since, also where nothing is written here', async () => {
    const { contactCenterId } = await place();
    const managing = { authorities: [managementAuthority] };
    for (const [method, path, body] of [
      ['POST', '/audit/retention/confirm', {}],
      ['POST', '/settings', { data: { name: 'x-n', value: 'v' } }],
      ['PUT', `/contact-centers/${contactCenterId}/oidc`, payload],
    ] as const) {
      const authorization = api.authApi.token(managing);
      const finish = await held(method, path, authorization, body);
      api.authApi.revoke(authorization);
      const newRequest = () => api.call('GET', '/locations', { headers: { authorization } });
      await expect.poll(async () => (await newRequest()).status, soon).toBe(401);
      expect([path, await finish()]).toEqual([path, 401]);
    }
  });
});

describe('a change that waits for a lock', () => {
  // attack: change that waits for a lock until its caller would be refused | CWE-367, ASVS 8.3.1 | guard: services/environment-api/src/changes/writer.ts
  it('is not kept where an administrator of the installation is listed meanwhile', async () => {
    const { contactCenterId, add } = await place();
    const { dbid } = await add();
    const headers = { authorization: administratorOf(contactCenterId) };
    const change = () => api.call('PUT', `/contact-centers/${contactCenterId}/oidc`, { headers, payload });
    const answer = await whileWaiting(lockPlace(contactCenterId), change, () =>
      list({ contactCenterId, dbid }),
    );
    expect([answer.status, answer.body.status.reason]).toEqual([403, 'place_of_administrators']);
  });

  it('is not kept by a token that was revoked, or whose rights became others', async () => {
    const { contactCenterId } = await place();
    const cases: [{ authorities: string[] } | undefined, number][] = [
      [undefined, 401],
      [{ authorities: [installationAdminAuthority] }, 403],
    ];
    for (const [fields, status] of cases) {
      const authorization = administratorOf(contactCenterId);
      const change = () =>
        api.call('PUT', `/contact-centers/${contactCenterId}/oidc`, { headers: { authorization }, payload });
      const answer = await whileWaiting(lockPlace(contactCenterId), change, async () => {
        if (fields === undefined) api.authApi.revoke(authorization);
        else api.authApi.change(authorization, fields);
        const list = () => api.call('GET', '/environments', { headers: { authorization } });
        await expect
          .poll(async () => (fields ? (await list()).body.data.length > 0 : (await list()).status), soon)
          .toBe(fields ? true : 401);
      });
      expect(answer.status).toBe(status);
    }
  });

  it('is not kept by a SCIM key that was withdrawn', async () => {
    const { contactCenterId, add } = await place();
    const { id } = await add();
    const scim = await createScimCalls(api, contactCenterId);
    const answer = await whileWaiting(
      (client) => client.query('SELECT 1 FROM environment.people WHERE id = $1 FOR UPDATE', [id]),
      () => scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: 'Lead' }]),
      () =>
        api.pool.query('DELETE FROM environment.api_keys WHERE contact_center_id = $1', [contactCenterId]),
    );
    expect(answer.status).toBe(401);
  });

  // attack: change of a person that waits until the person is listed as an administrator | CWE-367, ASVS 8.2.1 | guard: services/environment-api/src/changes/writer.ts
  it('is not kept for a person who is listed after the question', async () => {
    const { contactCenterId, environmentId, add } = await place();
    const { id, dbid } = await add();
    const scim = await createScimCalls(api, contactCenterId);
    const name = `taken-${dbid}`;
    const answer = await whileWaiting(
      // The new name is taken by a transaction that has not ended: the change has asked by then.
      (client) =>
        client.query(
          `WITH number AS (INSERT INTO environment.person_numbers (environment_id, external_id)
              VALUES ($1, $2) RETURNING dbid)
            INSERT INTO environment.people (id, environment_id, dbid, user_name, user_name_key, is_active)
              SELECT gen_random_uuid(), $1, dbid, $2, $2, true FROM number`,
          [environmentId, name],
        ),
      () => scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'userName', value: name }]),
      () => list({ contactCenterId, dbid }),
    );
    expect(answer.status).toBe(403);
  });
});
