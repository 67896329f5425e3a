import { demoSeed, startSimulator } from '@gatehouse/config-server-simulator';
import { tlsKeyPlace } from '@gatehouse/contracts/environment-api';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectEnvironment } from '../../../src/people/directories/connect-environment.ts';
import { mapFailure } from '../../../src/people/directories/map-failure.ts';
import { createServerDiscovery } from '../../../src/people/directories/server-discovery.ts';
import { encryptionKeys, environmentOf } from '../../stack/auth-api.ts';
import { agent } from '../../stack/interaction.ts';
import { silentLog } from '../../stack/redis.ts';

const connect = (environment: ReturnType<typeof environmentOf>, location = '/', keys = encryptionKeys) =>
  connectEnvironment(environment, {
    location,
    secretBox: createSecretBox(new Secret(keys)),
    discovery: createServerDiscovery({ consul: undefined, log: silentLog, metrics: () => ({}) }),
    log: silentLog,
    metrics: () => ({}),
  });

describe('connecting an environment', () => {
  it('without a server for this location says which locations are served, in the log alone', () => {
    const environment = environmentOf(8888);
    const [server] = environment.configServers;
    if (server === undefined) throw new Error('there is no server');
    environment.configServers = [{ ...server, locations: ['/EUC1', '/APS1'] }];
    expect(() => connect(environment, '/USW1')).toThrow(
      expect.objectContaining({
        failure: 'try_again',
        message: 'Signing in is not possible right now; try again',
        detail: expect.stringContaining(
          'no Configuration Server for location /USW1; its servers are given for: /APS1, /EUC1',
        ),
      }),
    );
  });

  it('with a password that another key sealed is an outage of that environment, without its password anywhere', () => {
    const otherKeys = `k1:${Buffer.alloc(32, 9).toString('base64')}`;
    let failure: unknown;
    try {
      connect(environmentOf(8888), '/', otherKeys);
    } catch (error) {
      failure = error;
    }
    const { error, counts } = mapFailure(failure);
    expect([error.failure, counts]).toEqual(['try_again', false]);
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect(error.cause).toBe(failure);
  });

  it('trusts its authority, shows its client certificate under its server name, and opens the key with its seal', async () => {
    const authority = createAuthority();
    const server = await startSimulator({
      port: 0,
      seed: demoSeed,
      hash: 'test',
      tls: { ...authority.issue({ names: ['config.example.com'] }), clientCa: authority.cert },
    });
    onTestFinished(() => server.close());
    const identity = authority.issue({ names: ['gatehouse'] });
    const environment = { ...environmentOf(server.port), tlsEnabled: true };
    const mutual = {
      cert: identity.cert,
      keyEnvelope: createSecretBox(new Secret(encryptionKeys)).seal(
        identity.key,
        tlsKeyPlace(environment.id),
      ),
    };
    const tls = { ca: authority.cert, serverName: 'config.example.com', mutual };
    const signIn = async (given: typeof tls | Omit<typeof tls, 'mutual'>) => {
      const link = connect({ ...environment, tls: given });
      onTestFinished(() => link.close());
      return link.authenticate({ userName: agent.username, password: agent.password });
    };
    await expect(signIn(tls)).resolves.toBeDefined();
    await expect(signIn({ ca: tls.ca, serverName: tls.serverName })).rejects.toThrow();
    await expect(signIn({ ...tls, serverName: 'other.example.com' })).rejects.toThrow();
    await expect(signIn({ ...tls, ca: createAuthority('another').cert })).rejects.toThrow();
    const other = tlsKeyPlace('99999999-9999-4999-8999-999999999999');
    const keyEnvelope = createSecretBox(new Secret(encryptionKeys)).seal(identity.key, other);
    const copied = { ...environment, tls: { ...tls, mutual: { ...mutual, keyEnvelope } } };
    expect(() => connect(copied)).toThrow();
  });

  it('with a password that was copied from another environment does not open it', () => {
    const copied = { ...environmentOf(8888), id: '99999999-9999-4999-8999-999999999999' };
    expect(() => connect(copied)).toThrow();
  });
});
