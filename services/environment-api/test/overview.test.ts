import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

const dayMs = 86_400_000;
let api: RunningApi;
let now = Date.now();
let own: string;
let other: string;

beforeAll(async () => {
  api = await startApi({ now: () => now });
  const environmentId = await api.environment();
  const byTenant = (name: string) => ({ environmentId, membership: { by: 'tenant', names: [name] } });
  own = await api.contactCenter(byTenant('Own'));
  other = await api.contactCenter(byTenant('Other'));
});
afterAll(() => api.close());

async function overview(query = '') {
  // So that the dependencies are looked at anew.
  now += 120_000;
  const answer = await api.call('GET', `/overview${query}`);
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  const { problems, ...data } = answer.body.data;
  // The clock of this test is ahead of that of PostgreSQL.
  const found = problems.filter(({ subject }: { subject: string }) => subject !== 'PostgreSQL');
  return { ...data, problems: found, text: answer.text };
}

const key = (center: string, name: string, days: number) =>
  api.call('POST', `/contact-centers/${center}/api-keys`, {
    payload: { data: { name, expiresAt: new Date(now + days * dayMs).toISOString() } },
  });

/** Once, by the test that comes first: those of attacks are also run alone. */
let made: Promise<void> | undefined;
function keys(): Promise<void> {
  made ??= makeKeys();
  return made;
}

async function makeKeys(): Promise<void> {
  await key(own, 'ends soon', 10);
  await key(own, 'ends later', 80);
  await key(own, 'ends in a year', 365);
  await key(other, 'of the other', 5);
  const replaced = await key(other, 'replaced', 7);
  await api.call('POST', `/contact-centers/${other}/api-keys`, {
    payload: { data: { name: 'replaced', validFrom: replaced.body.data.expiresAt } },
  });
}

it('counts the installation, and says which keys end soon without a successor', async () => {
  const before = await overview();
  expect(before.problems).toEqual([]);
  expect(before.auditLag).toEqual([]);
  await keys();

  const { counts, endings, problems } = await overview();

  expect(counts).toEqual({ environments: 1, contactCenters: 2, inactiveContactCenters: 0, apiKeys: 5 });
  expect(endings.map(({ name }: { name: string }) => name)).toEqual([
    'of the other',
    'ends soon',
    'ends later',
  ]);
  expect(problems).toMatchObject([
    { severity: 'warning', runbook: 'a-certificate-ends', subject: 'of the other' },
    { severity: 'warning', runbook: 'a-certificate-ends', subject: 'ends soon' },
  ]);
});

// attack: reading what another contact centre has | CWE-639 | guard: services/environment-api/src/overview/store.ts
it('of one contact centre holds nothing of another one', async () => {
  await keys();
  const { counts, endings, text, contactCenterId, problems } = await overview(`?contactCenterId=${own}`);
  expect(contactCenterId).toBe(own);
  expect(counts).toEqual({ contactCenters: 1, inactiveContactCenters: 0, apiKeys: 3 });
  expect(endings.map(({ name }: { name: string }) => name)).toEqual(['ends soon', 'ends later']);
  expect(problems).toMatchObject([{ subject: 'ends soon' }]);
  for (const absent of [other, 'of the other', 'auditLag', 'environments'])
    expect(text).not.toContain(absent);
  const unknown = await api.call('GET', '/overview?contactCenterId=99999999-9999-4999-8999-999999999999');
  expect(unknown.status).toBe(404);
});

// attack: reading what another contact centre has, as the administrator of one | CWE-639 | guard: services/environment-api/src/access/guard.ts
it('shows who administers one contact centre that one, whatever they ask for', async () => {
  const ask = (query: string, ids = [own]) =>
    api.call('GET', `/overview${query}`, {
      headers: {
        authorization: api.authApi.token({
          contact_center_ids: ids,
          contact_center_id: own,
          authorities: ['ROLE_CONTACT_CENTER_ADMIN'],
          sub: 'person-1',
          username: 'p',
          client_id: 'gatehouse-console',
          grant_type: 'authorization_code',
        }),
      },
    });
  await keys();
  const shown = await ask('');
  expect(shown.body.data).toMatchObject({ contactCenterId: own, counts: { contactCenters: 1, apiKeys: 3 } });
  for (const absent of [other, 'of the other', 'auditLag', 'environments'])
    expect(shown.text).not.toContain(absent);
  expect((await ask(`?contactCenterId=${other}`)).status).toBe(404);
  expect((await ask('', [own, other])).status).toBe(400);
});

it('says when certificates of environments end, and follows their change', async () => {
  const authority = createAuthority();
  const mutual = authority.issue({ names: ['gatehouse'] });
  const id = await api.environment({ tls: { ca: authority.cert, mutual } });
  const kinds = async () =>
    (await overview()).endings
      .filter(({ environmentId }: { environmentId?: string }) => environmentId === id)
      .map(({ kind }: { kind: string }) => kind)
      .toSorted();
  // Those of the tests are short-lived.
  expect(await kinds()).toEqual(['certificate-authority', 'config-server-certificate']);
  await api.call('PATCH', `/environments/${id}`, { payload: { data: { tls: { mutual: null } } } });
  expect(await kinds()).toEqual(['certificate-authority']);
  await api.call('DELETE', `/environments/${id}`);
  expect(await kinds()).toEqual([]);
});

it('names what is down with its runbook, and what goes on without it as a warning', async () => {
  await api.redis.stop();
  const { problems } = await overview();
  await api.redis.start();
  expect(problems).toContainEqual(
    expect.objectContaining({ severity: 'warning', runbook: 'a-dependency-is-down', subject: 'Redis' }),
  );
  await expect
    .poll(async () => (await overview()).problems.map(({ subject }: { subject: string }) => subject))
    .not.toContain('Redis');
});

it('tells deletions that wait for a confirmation, and no more once an installation writer has given it', async () => {
  await api.pool.query(
    `INSERT INTO environment.deletion_bounds (name, waiting_from, waiting_to) VALUES ('audit', '2026-01-01', '2027-02-05')
      ON CONFLICT (name) DO UPDATE SET waiting_from = excluded.waiting_from, waiting_to = excluded.waiting_to`,
  );
  const told = async () =>
    (await overview()).problems.filter(({ runbook }: { runbook: string }) => runbook === 'deletions-wait');
  expect(await told()).toHaveLength(1);
  const reader = { authorization: api.authApi.token({ contact_center_ids: [own] }) };
  expect((await api.call('POST', '/audit/retention/confirm', { headers: reader })).status).toBe(403);
  const { body } = await api.call('POST', '/audit/retention/confirm');
  expect(body.data).toEqual([
    { name: 'audit', from: '2026-01-01T00:00:00.000Z', to: '2027-02-05T00:00:00.000Z' },
  ]);
  expect(await told()).toEqual([]);
  expect((await api.call('GET', '/audit/retention')).body.data).toEqual([]);
});

it('tells from whose documents the installation differs, and no more once they are applied, to nobody of one contact centre', async () => {
  const documents = [
    { apiVersion: 'gatehouse/v1', kind: 'Location', metadata: { name: '/EUW1' } },
    { apiVersion: 'gatehouse/v1', kind: 'Setting', metadata: { name: 'x-theme' }, spec: { value: 'dark' } },
  ];
  const apply = (more: object) =>
    api.call('POST', '/apply', { payload: { owner: 'platform/git', documents, ...more } });
  const told = async (query = '') =>
    (await overview(query)).problems.filter(({ subject }: { subject: string }) => subject === 'platform/git');
  await apply({});
  expect(await told()).toEqual([]);
  await api.call('DELETE', `/locations?location=${encodeURIComponent('/EUW1')}`);
  expect((await apply({ check: true })).body.data.isDifferent).toBe(true);
  expect(await told()).toMatchObject([
    {
      severity: 'warning',
      runbook: 'the-installation-differs-from-its-documents',
      message: '1 thing is not as the documents of platform/git say.',
    },
  ]);
  expect(await told(`?contactCenterId=${own}`)).toEqual([]);
  await apply({});
  expect(await told()).toEqual([]);
});
