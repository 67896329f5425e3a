import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
const listener = createServer((socket) => socket.destroy());
let port: number;

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_REACHABILITY_TIMEOUT_MS: '400' } });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  port = (listener.address() as AddressInfo).port;
});
afterAll(async () => {
  listener.close();
  await api.close();
});

const reachable = () => ({ primaryAddress: '127.0.0.1', primaryPort: port });
const unreachable = { primaryAddress: 'no-such-host.invalid', primaryPort: 8888 };
const create = (configServers: object[]) =>
  api.call('POST', '/environments', { payload: { data: environmentBody({ configServers }) } });

it('a write that names a server which cannot be reached is done, with a warning that names field, value and fix', async () => {
  const answer = await create([
    reachable(),
    { ...reachable(), backupAddress: '127.0.0.1', backupPort: 1 },
    unreachable,
  ]);
  expect(answer.status).toBe(200);
  expect(answer.body.status).toEqual({ code: 0 });
  expect(answer.body.warnings).toEqual([
    {
      field: 'data.configServers.1.backupAddress',
      value: '127.0.0.1:1',
      message: expect.stringContaining('check the address'),
    },
    {
      field: 'data.configServers.2.primaryAddress',
      value: 'no-such-host.invalid:8888',
      message: expect.any(String),
    },
  ]);
});

it('a write that names reachable servers, or none, has no warnings', async () => {
  const answer = await create([reachable()]);
  expect(answer.body.warnings).toBeUndefined();
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
