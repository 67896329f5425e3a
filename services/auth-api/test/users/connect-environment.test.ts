import { createSecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { Secret } from '@gatehouse/service-kit/secret';
import { describe, expect, it } from 'vitest';
import { connectEnvironment } from '../../src/users/connect-environment.ts';
import { mapFailure } from '../../src/users/map-failure.ts';
import { createServerDiscovery } from '../../src/users/server-discovery.ts';
import { encryptionKeys, environmentOf } from '../stack/auth-api.ts';
import { silentLog } from '../stack/redis.ts';

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

  it('with a password that was copied from another environment does not open it', () => {
    const copied = { ...environmentOf(8888), id: '99999999-9999-4999-8999-999999999999' };
    expect(() => connect(copied)).toThrow();
  });
});
