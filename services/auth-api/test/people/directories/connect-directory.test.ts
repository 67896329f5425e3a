/** Which LDAP servers an environment is connected to. */
import {
  type Endpoint,
  type EndpointSource,
  staticEndpoints,
} from '@gatehouse/config-server-client/discovery';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accountKey } from '../../../src/people/accounts/account.ts';
import { connectDirectory } from '../../../src/people/directories/connect-directory.ts';
import { createPersonNumbers } from '../../../src/people/directories/person-numbers.ts';
import type { RegistryNames } from '../../../src/people/directories/server-discovery.ts';
import { demoContactCenter, encryptionKeys } from '../../stack/auth-api.ts';
import { ldapEnvironment } from '../../stack/ldap-environment.ts';
import { silentLog } from '../../stack/redis.ts';

const environment = ldapEnvironment({ ca: createAuthority().cert, tlsPort: 1 });
const at = (address: string, ...locations: string[]) => ({ address, port: 636, locations });
const withServers = (...servers: ReturnType<typeof at>[]) => ({
  ...environment,
  ldap: environment.ldap && { ...environment.ldap, servers },
});

const nobody = { knownNumbers: async () => [], personNumbers: async () => [] };

function connect(of: typeof environment, location = '/') {
  const asked: { names: RegistryNames; fixed: readonly Endpoint[] }[] = [];
  const find = (names: RegistryNames, fixed: readonly Endpoint[]): EndpointSource | undefined => {
    asked.push({ names, fixed });
    if (names.srvRecord !== undefined) return staticEndpoints([{ host: '127.0.0.1', port: 1 }]);
    return fixed.length === 0 ? undefined : staticEndpoints(fixed);
  };
  const numbers = createPersonNumbers({ ...nobody, numberPeople: async () => [] });
  const backend = connectDirectory(of, {
    location,
    secretBox: createSecretBox(new Secret(encryptionKeys)),
    discovery: { find, close: async () => undefined },
    log: silentLog,
    metrics: () => ({}),
    numbers,
    now: Date.now,
  });
  onTestFinished(() => backend.close());
  return asked[0];
}

describe('an environment with an LDAP directory', () => {
  it('is connected to the servers of the most precise location, in their order', () => {
    const of = withServers(at('far', '/'), at('second', '/USW1'), at('first', '/USW1', '/EUC1'));

    expect(connect(of, '/USW1/DC2')?.fixed.map(({ host, port }) => [host, port])).toEqual([
      ['second', 636],
      ['first', 636],
    ]);
    expect(connect(of)?.fixed.map(({ host }) => host)).toEqual(['far']);
  });

  it('without a server for this location says which locations are served, in the log alone', () => {
    expect(() => connect(withServers(at('one', '/EUC1')), '/USW1')).toThrow(
      expect.objectContaining({
        failure: 'try_again',
        message: 'Signing in is not possible right now; try again',
        detail: expect.stringContaining(
          'no LDAP server for location /USW1; its servers are given for: /EUC1',
        ),
      }),
    );
  });

  it('has its servers named by a DNS SRV record', () => {
    const of = { ...withServers(), srvRecord: '_ldap._tcp.example.test' };

    expect(connect(of)).toMatchObject({ names: { srvRecord: '_ldap._tcp.example.test' }, fixed: [] });
  });

  it('shares the attempts on an account with every environment of the same servers', async () => {
    const keyOf = (servers: ReturnType<typeof withServers>) =>
      accountKey({ userName: 'Anna' }, demoContactCenter, { environment: async () => servers });

    expect(await keyOf(withServers(at('a', '/'), at('b', '/')))).toBe(await keyOf(withServers(at('A', '/'))));
    expect(await keyOf(withServers(at('c', '/')))).not.toBe(await keyOf(withServers(at('a', '/'))));
  });
});

describe('numbers of people', () => {
  it('are asked for once, because they never change', async () => {
    const asked: string[][] = [];
    const numbers = createPersonNumbers({
      ...nobody,
      numberPeople: async (_environment, externalIds) => {
        asked.push(externalIds);
        return externalIds.map((externalId, index) => ({ externalId, dbid: 100 + index }));
      },
    })(environment.id);

    expect(await numbers.of(['a', 'b'])).toEqual(
      new Map([
        ['a', 100],
        ['b', 101],
      ]),
    );
    expect((await numbers.of(['b'])).get('b')).toBe(101);
    expect(await numbers.idOf(100)).toBe('a');
    expect(await numbers.idOf(999)).toBeUndefined();
    expect(asked).toEqual([['a', 'b']]);
  });

  it('are looked up without giving any, and are remembered, too', async () => {
    const asked: string[][] = [];
    const numbers = createPersonNumbers({
      ...nobody,
      numberPeople: () => Promise.reject(new Error('a number was given')),
      knownNumbers: async (_environment, externalIds) => {
        asked.push(externalIds);
        return [{ externalId: 'a', dbid: 100 }];
      },
    })(environment.id);

    expect(await numbers.given(['a', 'b'])).toEqual(new Map([['a', 100]]));
    await numbers.given(['a', 'b']);
    expect(asked).toEqual([['a', 'b'], ['b']]);
  });

  it('are asked for in pieces of a thousand, and a failure is one of the directory', async () => {
    const sizes: number[] = [];
    const numbers = createPersonNumbers({
      ...nobody,
      numberPeople: async (_environment, externalIds) => {
        sizes.push(externalIds.length);
        return [];
      },
      personNumbers: () => Promise.reject(new Error('away')),
    })(environment.id);
    await numbers.of(Array.from({ length: 2_100 }, (_id, index) => String(index)));

    expect(sizes).toEqual([1_000, 1_000, 100]);
    await expect(numbers.idOf(100)).rejects.toMatchObject({ code: 'Overloaded', name: 'ConfigServerError' });
  });
});
