import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let path: string;

beforeAll(async () => {
  api = await startApi();
  path = `/environments/${await api.environment()}/config-servers`;
});
afterAll(() => api.close());

const password = 'sent-again-3';
const post = (data: Record<string, unknown>) =>
  api.call('POST', path, { payload: { data: { password, ...data } } });

it('adds, changes and removes a server of the list', async () => {
  const added = await post({ primaryAddress: 'cs-2', primaryPort: 2020, locations: ['/EUW1'] });
  const { id } = added.body.data;
  expect(added.body).toEqual({
    status: { code: 0 },
    path: `${path}/${id}`,
    data: { id, primaryAddress: 'cs-2', primaryPort: 2020, readOnly: false, locations: ['/EUW1'] },
  });
  const changed = await api.call('PUT', `${path}/${id}`, {
    payload: { data: { backupAddress: 'cs-3', backupPort: '2021', readOnly: 'true', password } },
  });
  expect(changed.body.data).toEqual({
    ...added.body.data,
    backupAddress: 'cs-3',
    backupPort: 2021,
    readOnly: true,
  });
  const cleared = await api.call('PUT', `${path}/${id}`, {
    payload: { data: { backupAddress: null, backupPort: null } },
  });
  expect(cleared.body.data).toEqual({ ...added.body.data, readOnly: true });
  expect((await api.call('GET', path)).body.data.map((server: { id: string }) => server.id)).toContain(id);
  expect((await api.call('DELETE', `${path}/${id}`)).body).toEqual({ status: { code: 0 } });
  expect((await api.call('GET', path)).body.data).toHaveLength(1);
});

it('gives every write a new version of the environment, and checks If-Match against it', async () => {
  const before = await api.call('GET', path);
  const added = await post({ primaryAddress: 'cs-2', primaryPort: 2020 });
  expect(added.headers['etag']).not.toBe(before.headers['etag']);
  const { id } = added.body.data;
  const stale = { 'if-match': before.headers['etag'] as string };
  const answers = [
    await api.call('POST', path, {
      headers: stale,
      payload: { data: { primaryAddress: 'a', primaryPort: 1 } },
    }),
    await api.call('PUT', `${path}/${id}`, { headers: stale, payload: { data: { primaryPort: 1 } } }),
    await api.call('DELETE', `${path}/${id}`, { headers: stale }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([412, 412, 412]);
  const conditional = await api.call('GET', path, {
    headers: { 'if-none-match': added.headers['etag'] as string },
  });
  expect(conditional.status).toBe(304);
  await api.call('DELETE', `${path}/${id}`);
});

it('keeps every one of many servers added at once', async () => {
  const own = `/environments/${await api.environment()}/config-servers`;
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      api.call('POST', own, {
        payload: { data: { primaryAddress: `cs-${index}`, primaryPort: 2020, password } },
      }),
    ),
  );
  expect((await api.call('GET', own)).body.data).toHaveLength(9);
});

it('keeps the last server, also when two writers remove the last two', async () => {
  const own = `/environments/${await api.environment()}/config-servers`;
  await api.call('POST', own, { payload: { data: { primaryAddress: 'cs-2', primaryPort: 2020, password } } });
  const servers: { id: string }[] = (await api.call('GET', own)).body.data;
  const answers = await Promise.all(servers.map(({ id }) => api.call('DELETE', `${own}/${id}`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

it('answers 404 for a server or an environment that does not exist, 409 for an id that is taken', async () => {
  const payload = { data: { primaryPort: 1 } };
  expect((await api.call('PUT', `${path}/${randomUuid()}`, { payload })).status).toBe(404);
  expect((await api.call('DELETE', `${path}/${randomUuid()}`)).status).toBe(404);
  expect((await api.call('GET', `/environments/${randomUuid()}/config-servers`)).status).toBe(404);
  const [server] = (await api.call('GET', path)).body.data;
  expect((await post({ id: server.id, primaryAddress: 'a', primaryPort: 1 })).status).toBe(409);
});

it.each([
  [{ primaryPort: 1 }, 'data.primaryAddress'],
  [{ primaryAddress: 'a' }, 'data.primaryPort'],
  [{ primaryAddress: 'a', primaryPort: 1, backupPort: 2 }, 'data.backupAddress'],
  [{ primaryAddress: 'a:8888', primaryPort: 1 }, 'data.primaryAddress'],
  [{ primaryAddress: 'a', primaryPort: 1, locations: [] }, 'data.locations'],
])('refuses %j with 400 and the name of the field', async (data, field) => {
  const answer = await post(data);
  expect(answer.status).toBe(400);
  expect(answer.body.errors[0].status.field).toBe(field);
});

it.each([
  ['::1', '::1'],
  ['[fe80::1]', 'fe80::1'],
  ['cs.example.com', 'cs.example.com'],
  ['confserv_1', 'confserv_1'],
  ['10.0.0.1', '10.0.0.1'],
])('takes the address %s and answers %s', async (primaryAddress, answered) => {
  const answer = await post({ primaryAddress, primaryPort: 8888 });
  expect(answer.body.data.primaryAddress).toBe(answered);
});
