import { demoSeed, startSimulator } from '@gatehouse/config-server-simulator';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { createMetrics } from '@gatehouse/service-kit/observability';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBackendMetrics } from '../../../src/people/directories/backend-metrics.ts';
import { connectEnvironment } from '../../../src/people/directories/connect-environment.ts';
import { createServerDiscovery } from '../../../src/people/directories/server-discovery.ts';
import { encryptionKeys, environmentId, environmentOf } from '../../stack/auth-api.ts';
import { agent } from '../../stack/interaction.ts';
import { silentLog } from '../../stack/redis.ts';

function create() {
  const registry = createMetrics({ processMetrics: false });
  const metrics = createBackendMetrics(registry);
  /** Value of a series of the environment; undefined when there is none. */
  const read = async (name: string, labels = `environment="${environmentId}"`) => {
    const start = labels === '' ? `${name} ` : `${name}{${labels}} `;
    const line = (await registry.expose()).split('\n').find((candidate) => candidate.startsWith(start));
    return line === undefined ? undefined : Number(line.slice(start.length));
  };
  return { registry, metrics, read };
}

describe('metrics of a link', () => {
  it('show calls, timeouts, errors, state, queue and round trip of a real one', async () => {
    const server = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
    onTestFinished(() => server.close());
    const { registry, metrics, read } = create();
    const environment = { ...environmentOf(server.port), localTimeout: 0.05 };
    const link = connectEnvironment(environment, {
      location: '/',
      secretBox: createSecretBox(new Secret(encryptionKeys)),
      discovery: createServerDiscovery({ consul: undefined, log: silentLog, metrics: () => ({}) }),
      log: silentLog,
      metrics,
    });
    onTestFinished(() => link.close());
    const login = { userName: agent.username, password: agent.password };
    const first = link.authenticate(login);
    // It waits for the connection that is just being opened.
    expect(await read('gatehouse_config_server_waiting_requests')).toBe(1);
    expect(await read('gatehouse_config_server_open')).toBe(0);
    expect(await read('auth_cs_command_timeouts_total')).toBe(0);
    expect(await read('auth_cs_connection_timeouts_total')).toBe(0);
    expect(await read('psdk_conn_error_total', '')).toBe(0);
    await first;
    expect(await read('gatehouse_config_server_open')).toBe(1);
    expect([await read('gws_context_active', ''), await read('gws_context_opened_total', '')]).toEqual([
      1, 1,
    ]);
    expect(await read('gatehouse_config_server_waiting_requests')).toBe(0);
    expect(await registry.expose()).toMatch(
      /gatehouse_config_server_call_duration_seconds_count\{call="RequestAuthenticate",outcome="ok"\} 1/,
    );
    await expect
      .poll(() => read('gatehouse_config_server_keep_alive_seconds'), { timeout: 5_000 })
      .toBeGreaterThan(0);
    server.faults.beforeRequest = () => new Promise(() => undefined);
    await expect(link.authenticate(login, { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'RequestTimeout',
    });
    expect(await read('auth_cs_command_timeouts_total')).toBe(1);
    delete server.faults.beforeRequest;
    server.dropConnections();
    await expect.poll(() => read('psdk_conn_error_total', ''), { timeout: 5_000 }).toBe(1);
  });

  it('are those of the newer one while a link is exchanged, and end with the last', async () => {
    const { metrics, read } = create();
    const old = metrics(environmentId);
    old.stateChanged?.('open');
    old.keepAliveRoundTrip?.(2);
    const next = metrics(environmentId);
    expect(await read('gatehouse_config_server_open')).toBe(0);
    next.stateChanged?.('open');
    old.queueDepth?.(9);
    old.stateChanged?.('closed');
    expect(await read('gatehouse_config_server_open')).toBe(1);
    expect(await read('gatehouse_config_server_waiting_requests')).toBe(0);
    // What the old one counts still counts.
    old.callSettled?.('RequestAuthenticate', 'RequestTimeout', 5_000);
    old.connectionFailed?.('10.0.0.1:8888', 'ConnectTimeout');
    expect(await read('auth_cs_command_timeouts_total')).toBe(1);
    expect(await read('auth_cs_connection_timeouts_total')).toBe(1);
    next.stateChanged?.('closed');
    next.queueDepth?.(0);
    for (const name of ['open', 'keep_alive_seconds', 'waiting_requests']) {
      expect(await read(`gatehouse_config_server_${name}`)).toBeUndefined();
    }
    const contexts = ['gws_context_active', 'gws_context_opened_total', 'gws_context_closed_total'];
    expect(await Promise.all(contexts.map((name) => read(name, '')))).toEqual([0, 2, 2]);
    expect(await read('gws_context_error_total', '')).toBe(1);
  });
});
