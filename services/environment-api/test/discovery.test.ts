import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = (fields: object) =>
  api.call('POST', '/environments', { payload: { data: { ...environmentBody(), ...fields } } });
const change = (id: string, data: object) =>
  api.call('PUT', `/environments/${id}`, { payload: { data: { password: 'sent-again-5', ...data } } });
const complaints = (body: { errors: { status: { field: string } }[] }) =>
  body.errors.map(({ status }) => status.field);

describe('an environment whose servers are in a registry', () => {
  it.each([{ consulService: 'config-server' }, { srvRecord: '_ocs._tcp.config.example' }])(
    'needs no server of its own: %o',
    async (name) => {
      const created = await create({ ...name, configServers: [] });
      expect([created.status, created.body.data]).toEqual([
        200,
        expect.objectContaining({ ...name, configServers: [] }),
      ]);
      const { id } = created.body.data;
      const authorization = api.authApi.token({ internal_client: true });
      const seen = await api.call('GET', `/internal/environments/${id}`, { headers: { authorization } });
      expect(seen.body.data).toMatchObject({ ...name, configServers: [] });
      const without = await create({ ...name, configServers: undefined });
      expect(without.body.data.configServers).toEqual([]);
    },
  );

  it('keeps the name when others change, and gets a new version when it changes', async () => {
    const { id } = (await create({ consulService: 'config-server' })).body.data;
    expect((await change(id, { appName: 'other' })).body.data.consulService).toBe('config-server');
    const before = (await api.call('GET', `/environments/${id}`)).headers['etag'];
    const after = await change(id, { consulService: 'config-server-2' });
    expect(after.body.data.consulService).toBe('config-server-2');
    expect(after.headers['etag']).not.toBe(before);
    const moved = await change(id, { consulService: null, srvRecord: '_ocs._tcp.config.example' });
    expect(moved.body.data).toMatchObject({ srvRecord: '_ocs._tcp.config.example' });
    expect(moved.body.data).not.toHaveProperty('consulService');
  });

  it('may lose its last server, but then not its name', async () => {
    const { id, configServers } = (await create({ consulService: 'config-server' })).body.data;
    const removed = await api.call('DELETE', `/environments/${id}/config-servers/${configServers[0].id}`);
    expect(removed.status).toBe(200);
    const refused = await change(id, { consulService: null });
    expect([refused.status, complaints(refused.body)]).toEqual([400, ['data.configServers']]);
  });

  it('has one registry, not two', async () => {
    const both = await create({ consulService: 'a', srvRecord: '_ocs._tcp.config.example' });
    expect([both.status, complaints(both.body)]).toEqual([400, ['data.srvRecord']]);
    const { id } = (await create({ consulService: 'a' })).body.data;
    expect((await change(id, { srvRecord: '_ocs._tcp.config.example' })).status).toBe(400);
  });

  it.each([
    ['consulService', ''],
    ['consulService', 'a\nb'],
    ['srvRecord', 'tcp://config.example'],
    ['srvRecord', '-'],
  ])('is refused with %s %j', async (field, value) => {
    const answer = await create({ [field]: value });
    expect([answer.status, complaints(answer.body)]).toEqual([400, [`data.${field}`]]);
  });

  it('travels with an export, and an import without the name takes it away', async () => {
    const put = (environments: object[]) =>
      api.call('PUT', '/import', {
        payload: { formatVersion: 1, environments, contactCenters: [] },
        headers: { 'if-match': '*' },
      });
    const environment = { id: randomUuid(), ...environmentBody(), consulService: 'config-server' };
    expect((await put([environment])).status).toBe(200);
    const exported = async () => (await api.call('GET', '/export')).body.environments[0];
    expect(await exported()).toMatchObject({ consulService: 'config-server' });
    const { consulService: _consulService, ...rest } = environment;
    expect((await put([rest])).status).toBe(200);
    expect(await exported()).not.toHaveProperty('consulService');
  });
});
