import {
  demoSeed,
  demoServiceAccount,
  type Simulator,
  startSimulator,
} from '@gatehouse/config-server-simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let simulator: Simulator;

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_REACHABILITY_TIMEOUT_MS: '400' } });
  simulator = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
});
afterAll(async () => {
  await api.close();
  await simulator.close();
});

const reachable = () => ({ primaryAddress: '127.0.0.1', primaryPort: simulator.port });
const unreachable = { primaryAddress: 'no-such-host.invalid', primaryPort: 8888 };
const account = {
  username: demoServiceAccount.userName,
  password: demoServiceAccount.password,
  appName: demoServiceAccount.applicationName,
  tenant: 'demo',
};
const create = (configServers: object[]) =>
  api.call('POST', '/environments', {
    payload: { data: environmentBody({ ...account, configServers }) },
  });

it('a write that names a server which cannot be reached is done, with a warning that names field, value and fix', async () => {
  const answer = await create([
    reachable(),
    { ...reachable(), backupAddress: '127.0.0.1', backupPort: 1 },
    unreachable,
  ]);
  expect(answer.status).toBe(200);
  expect(answer.body.status).toEqual({ code: 0 });
  expect(answer.body.warnings).toMatchObject([
    {
      field: 'data.configServers.1.backupAddress',
      value: '127.0.0.1:1',
      message: expect.stringContaining('check the address'),
      sentences: [{ key: 'warning.server.noConnection', parameters: expect.objectContaining({ port: 1 }) }],
      step: 'tcp',
    },
    {
      field: 'data.configServers.2.primaryAddress',
      value: 'no-such-host.invalid:8888',
      message: expect.any(String),
      step: 'tcp',
    },
  ]);
});

const createAt = (fields: object) =>
  api.call('POST', '/environments', {
    payload: {
      data: environmentBody({
        ...account,
        configServers: [{ primaryAddress: '127.0.0.1', primaryPort: simulator.port }],
        ...fields,
      }),
    },
  });

it.each([
  [
    'a tenant that the server does not have',
    { tenant: 'nowhere' },
    'data.tenant',
    'nowhere',
    /no tenant named "nowhere"/,
    'tenant',
  ],
  [
    'a service account that the server refuses',
    { password: 'wrong' },
    'data.username',
    'gatehouse',
    /refuses the service account/,
    'register',
  ],
  [
    'TLS that the server does not speak',
    { tlsEnabled: true },
    'data.tlsEnabled',
    'true',
    /tlsEnabled to false/,
    'tls',
  ],
])(
  'a write that makes every login fail, by %s, is done with a warning',
  async (_name, fields, field, value, message, step) => {
    const answer = await createAt(fields);
    expect(answer.status).toBe(200);
    expect(answer.body.warnings).toMatchObject([
      { field, value, message: expect.stringMatching(message), step },
    ]);
  },
);

it('a change is warned about when it touches what logins need, and only then', async () => {
  const created = await createAt({});
  expect(created.body.warnings).toBeUndefined();
  const change = (data: object) =>
    api.call('PATCH', `/environments/${created.body.data.id}`, { payload: { data } });
  expect((await change({ tenant: 'nowhere' })).body.warnings).toMatchObject([{ field: 'data.tenant' }]);
  expect((await change({ localTimeout: 9 })).body.warnings).toBeUndefined();
  expect((await change({ tenant: 'demo' })).body.warnings).toBeUndefined();
});

it('a change is answered as done also where the stored password does not open, as after the loss of a key', async () => {
  const { id } = (await createAt({})).body.data;
  await api.pool.query('UPDATE environment.environments SET password = $2 WHERE id = $1', [
    id,
    `v1.lost-key.${'A'.repeat(16)}.${'A'.repeat(22)}`,
  ]);
  const changed = await api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'demo2' } } });
  expect(changed.status).toBe(200);
  expect(changed.body.warnings).toEqual([
    {
      field: 'data.password',
      value: '[secret]',
      message: expect.stringContaining('send the password again'),
      sentences: [{ key: 'warning.secrets.unreadable', parameters: {} }],
    },
  ]);
});

it('a server that does not answer in time delays a write no longer than that, and gives no warning', async () => {
  simulator.faults.beforeRequest = () => new Promise(() => undefined);
  const startedMs = performance.now();
  const answer = await createAt({ tenant: 'nowhere' });
  expect(performance.now() - startedMs).toBeLessThan(2000);
  simulator.faults.beforeRequest = () => undefined;
  expect(answer.status).toBe(200);
  expect(answer.body.warnings).toBeUndefined();
});

it('a write that names no servers has no warnings', async () => {
  const { id } = (await create([unreachable])).body.data;
  const patched = await api.call('PATCH', `/environments/${id}`, { payload: { data: { localTimeout: 9 } } });
  expect(patched.body.warnings).toBeUndefined();
});

it('a single server that is added or changed is warned about too', async () => {
  const { id } = (await create([reachable()])).body.data;
  const added = await api.call('POST', `/environments/${id}/config-servers`, {
    payload: { data: { ...unreachable, password: 'sent-again-6' } },
  });
  expect(added.body.warnings[0].field).toBe('data.primaryAddress');
  const changed = await api.call('PUT', `/environments/${id}/config-servers/${added.body.data.id}`, {
    payload: { data: { ...reachable(), password: 'sent-again-6' } },
  });
  expect(changed.body.warnings).toBeUndefined();
});
