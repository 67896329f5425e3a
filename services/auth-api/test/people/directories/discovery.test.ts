import { consulAccessOf, consulProblems } from '@gatehouse/config-server-client/consul';
import { silentLogger } from '@gatehouse/config-server-client/surroundings';
import { loadConfig } from '@gatehouse/service-kit/config';
import { afterEach, describe, expect, it } from 'vitest';
import { configuration } from '../../../src/config.ts';
import { createServerDiscovery } from '../../../src/people/directories/server-discovery.ts';
import { encryptionKeys, environmentId, ops, publicUrl, serviceClient } from '../../stack/auth-api.ts';
import { type ConsulStandIn, startConsulStandIn } from './consul-stand-in.ts';
import { login, renewLink, serviceName, startWithConsul } from './discovered-servers.ts';

let consul: ConsulStandIn | undefined;
afterEach(() => consul?.die().catch(() => undefined));

describe('an environment whose servers are in Consul alone', () => {
  it('lets people in, and goes on when Consul dies, over a new link too', async () => {
    consul = await startConsulStandIn(serviceName);
    const stack = await startWithConsul(consul.url);
    expect(await login(stack)).toBe(503);
    expect(stack.logged()).toContain('no Configuration Server is known: Consul');
    consul.list(stack.simulator.port);
    await expect.poll(() => login(stack), { timeout: 10_000 }).toBe(200);
    expect(consul.asked[0]).toContain(`/v1/health/service/${serviceName}?`);

    await consul.die();
    const metrics = () => stack.deps.kit.metrics.expose();
    // The watch has seen that Consul is gone.
    await expect
      .poll(metrics, { timeout: 10_000 })
      .toMatch(/gatehouse_config_server_discovery_failures_total\{.*reason="\S+"\} [1-9]/);
    expect(await metrics()).toContain(`gatehouse_config_server_discovered{environment="${environmentId}"} 1`);
    expect(await login(stack)).toBe(200);
    await renewLink(stack);
    // Only the watch of the former link has the list that the new one needs.
    expect(await login(stack)).toBe(200);
  }, 30_000);
});

const endpoint = { host: '127.0.0.1', port: 8888 };

describe('finding the servers of an environment', () => {
  const warnings: string[] = [];
  const discovery = () =>
    createServerDiscovery({
      consul: undefined,
      log: { ...silentLogger, warn: (_fields: object, message: string) => warnings.push(message) },
      metrics: () => ({}),
    });

  it('without a Consul takes the fixed list of an environment that names a service, and warns once', () => {
    const { find } = discovery();
    const named = { id: environmentId, consulService: serviceName };
    expect(find(named, [endpoint])?.current()).toEqual([endpoint]);
    expect(find(named, [])).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('GATEHOUSE_CONSUL_URL is not set')]);
  });

  it('from an SRV record begins with the fixed list as it is now, which may be empty, and shares the watch', async () => {
    const { find, close } = discovery();
    const named = { id: environmentId, srvRecord: '_ocs._tcp.config.invalid' };
    const first = find(named, [endpoint]);
    expect(first?.current()).toEqual([endpoint]);
    // A list that was corrected while the registry does not answer counts at once.
    const corrected = { host: '127.0.0.1', port: 9999 };
    expect(find(named, [corrected])?.current()).toEqual([corrected]);
    expect(find(named, [])?.current()).toEqual([]);
    await close();
    const alone = discovery();
    expect(alone.find(named, [])?.current()).toEqual([]);
    await alone.close();
  });

  it('without a server and without a name finds nothing', () => {
    expect(discovery().find({ id: environmentId }, [])).toBeUndefined();
  });
});

describe('the settings of Consul', () => {
  const none = {
    url: undefined,
    token: undefined,
    datacenter: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    serverName: undefined,
    allowPlaintext: false,
  };

  it('without an address mean that there is no Consul', () => {
    expect(consulAccessOf(none)).toBeUndefined();
  });

  it.each([
    ['plain HTTP to another machine', { url: 'http://consul.example' }, 'explicit permission'],
    ['credentials in the address', { url: 'https://user:word@consul.example' }, 'credentials'],
    ['a certificate without its key', { url: 'https://consul.example', cert: 'PEM' }, 'needs its key'],
  ])('with %s are a configuration mistake that names the variable', (_case, fields, reason) => {
    expect(consulProblems({ ...none, ...fields })).toEqual([
      expect.stringMatching(`^GATEHOUSE_CONSUL_URL \\(consul\\.url\\): .*${reason}`),
    ]);
  });

  it('are checked with the configuration, before anything is connected', () => {
    const env = {
      GATEHOUSE_PUBLIC_URL: publicUrl,
      GATEHOUSE_ENCRYPTION_KEYS: encryptionKeys,
      GATEHOUSE_OPS_USERNAME: ops.username,
      GATEHOUSE_OPS_PASSWORD: ops.password,
      GATEHOUSE_SERVICE_CLIENT_ID: serviceClient.id,
      GATEHOUSE_SERVICE_CLIENT_SECRET: serviceClient.secret,
      GATEHOUSE_CONSUL_URL: 'http://consul.example:8500',
    };
    expect(() => loadConfig(configuration, { env })).toThrow('needs explicit permission');
    const permitted = { ...env, GATEHOUSE_CONSUL_ALLOW_PLAINTEXT: 'true' };
    expect(loadConfig(configuration, { env: permitted }).consul.allowPlaintext).toBe(true);
  });

  it('are what the discovery takes, without TLS settings that nobody gave', () => {
    expect(consulAccessOf({ ...none, url: 'http://127.0.0.1:8500' })).toEqual({
      url: 'http://127.0.0.1:8500',
      allowPlaintext: false,
    });
    expect(
      consulAccessOf({ ...none, url: 'https://consul.example', serverName: 'server.dc1.consul' }),
    ).toMatchObject({ tls: { serverName: 'server.dc1.consul' } });
  });
});
