import { demoSeed, demoServiceAccount, startSimulator } from '@gatehouse/config-server-simulator';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  instance,
  startConsulStandIn,
} from '../../../packages/config-server-client/test/consul/consul-stand-in.ts';
import { startNameServerStandIn } from '../../../packages/config-server-client/test/discovery/name-server-stand-in.ts';
import { askRegistry } from '../src/checks/registry.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let consul: Awaited<ReturnType<typeof startConsulStandIn>>;

beforeAll(async () => {
  consul = await startConsulStandIn();
  api = await startApi({
    env: { GATEHOUSE_CONSUL_URL: consul.url, GATEHOUSE_CHECK_STEP_TIMEOUT_MS: '700' },
  });
});
afterAll(async () => {
  await api.close();
  await consul.close();
});

async function simulatorPort(): Promise<number> {
  const started = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
  onTestFinished(() => started.close());
  return started.port;
}

const environment = (fields: Record<string, unknown>) =>
  api.environment({
    username: demoServiceAccount.userName,
    password: demoServiceAccount.password,
    appName: demoServiceAccount.applicationName,
    tlsEnabled: false,
    configServers: [],
    ...fields,
  });
const check = async (id: string) => {
  const answer = await api.call('POST', `/environments/${id}/check`);
  expect(answer.status).toBe(200);
  return answer.body.data;
};

describe('a check of an environment that names a registry', () => {
  it('connects to what Consul lists beside the list of its own, each address once', async () => {
    const [listed, registered] = [await simulatorPort(), await simulatorPort()];
    const id = await environment({
      consulService: 'config-server',
      configServers: [{ primaryAddress: '127.0.0.1', primaryPort: listed }],
    });
    const checking = check(id);
    (await consul.query()).answer([
      instance('a', { address: '127.0.0.1', port: listed, role: 'primary' }),
      instance('b', { address: '127.0.0.1', port: registered, role: 'backup' }),
    ]);
    const { ok, discovery, servers } = await checking;
    expect([ok, discovery.step, discovery.status]).toEqual([true, 'discover', 'ok']);
    expect(discovery.message).toContain(`127.0.0.1:${registered}`);
    expect(servers.map(({ source, role, port }: Record<string, unknown>) => [source, role, port])).toEqual([
      ['list', 'primary', listed],
      ['registry', 'backup', registered],
    ]);
    expect(servers[1]).toMatchObject({ serverId: 'b', ok: true });
  });

  it.each([
    ['lists none', (answer: (body: unknown, options?: object) => void) => answer([]), /no healthy instance/],
    ['refuses', (answer: (body: unknown, options?: object) => void) => answer('no', { status: 403 }), /403/],
  ])('says that Consul %s', async (_name, respond, message) => {
    const checking = check(await environment({ consulService: 'config-server' }));
    const query = await consul.query();
    respond((body, options) => query.answer(body, options));
    const { ok, discovery, servers } = await checking;
    expect([ok, discovery.status, servers]).toEqual([false, 'failed', []]);
    expect(discovery.message).toMatch(message);
  });

  it('ends in its time when Consul does not answer', async () => {
    const checking = check(await environment({ consulService: 'config-server' }));
    await consul.query();
    const { discovery } = await checking;
    expect([discovery.status, discovery.message]).toEqual([
      'failed',
      expect.stringContaining('not answered'),
    ]);
    await expect.poll(() => consul.openConnections()).toBe(0);
  });

  it('says that this installation has no Consul, or no such record', async () => {
    const limits = { timeoutMs: 5000, signal: new AbortController().signal };
    const without = await askRegistry({ consulService: 'cs' }, { consul: undefined }, limits);
    expect(without?.step.message).toContain('GATEHOUSE_CONSUL_URL is not set');
    expect(await askRegistry({}, { consul: undefined }, limits)).toBeUndefined();

    const names = await startNameServerStandIn([{ target: 'cs-1.example', port: 8888 }]);
    onTestFinished(() => names.close());
    const registries = { consul: undefined, nameServers: [names.address] };
    const found = await askRegistry({ srvRecord: '_ocs._tcp.config.example' }, registries, limits);
    expect([found?.step.status, found?.endpoints[0]?.host]).toEqual(['ok', 'cs-1.example']);
    names.answer = 'no-such-name';
    const missing = await askRegistry({ srvRecord: '_ocs._tcp.config.example' }, registries, limits);
    expect(missing?.step.message).toMatch(/SRV record _ocs.*ENOTFOUND.*correct the name/);
  });
});
